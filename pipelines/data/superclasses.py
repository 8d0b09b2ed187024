"""CIFAR-100's twenty superclasses and the five classes of each (Krizhevsky, 2009)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SUPERCLASSES: dict[str, tuple[str, ...]] = {
    "aquatic_mammals": ("beaver", "dolphin", "otter", "seal", "whale"),
    "fish": ("aquarium_fish", "flatfish", "ray", "shark", "trout"),
    "flowers": ("orchid", "poppy", "rose", "sunflower", "tulip"),
    "food_containers": ("bottle", "bowl", "can", "cup", "plate"),
    "fruit_and_vegetables": ("apple", "mushroom", "orange", "pear", "sweet_pepper"),
    "household_electrical_devices": ("clock", "keyboard", "lamp", "telephone", "television"),
    "household_furniture": ("bed", "chair", "couch", "table", "wardrobe"),
    "insects": ("bee", "beetle", "butterfly", "caterpillar", "cockroach"),
    "large_carnivores": ("bear", "leopard", "lion", "tiger", "wolf"),
    "large_man_made_outdoor_things": ("bridge", "castle", "house", "road", "skyscraper"),
    "large_natural_outdoor_scenes": ("cloud", "forest", "mountain", "plain", "sea"),
    "large_omnivores_and_herbivores": ("camel", "cattle", "chimpanzee", "elephant", "kangaroo"),
    "medium_mammals": ("fox", "porcupine", "possum", "raccoon", "skunk"),
    "non_insect_invertebrates": ("crab", "lobster", "snail", "spider", "worm"),
    "people": ("baby", "boy", "girl", "man", "woman"),
    "reptiles": ("crocodile", "dinosaur", "lizard", "snake", "turtle"),
    "small_mammals": ("hamster", "mouse", "rabbit", "shrew", "squirrel"),
    "trees": ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
    "vehicles_1": ("bicycle", "bus", "motorcycle", "pickup_truck", "train"),
    "vehicles_2": ("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
}
FINE = tuple(sorted(name for names in SUPERCLASSES.values() for name in names))


def superclass_numbers(classes: Sequence[str]) -> list[int] | None:
    """Return the number of each class's superclass, in the order of ``SUPERCLASSES``.

    Args:
        classes: names; a superclass belongs to itself.

    Returns:
        None where one of them is not CIFAR-100's.
    """
    numbers = {fine: number for number, names in enumerate(SUPERCLASSES.values()) for fine in names}
    numbers |= {name: number for number, name in enumerate(SUPERCLASSES)}
    if not set(classes) <= set(numbers):
        return None
    return [numbers[name] for name in classes]


def summed_by_superclass(probabilities: Tensor, classes: Sequence[str]) -> Tensor:
    """Return the probabilities (B, 20) of superclasses: those (B, C) of their classes, summed.

    Raises:
        ValueError: classes that are not CIFAR-100's.
    """
    numbers = superclass_numbers(classes)
    if numbers is None:
        raise ValueError(f"no class of CIFAR-100: {classes}")
    sums = probabilities.new_zeros(len(probabilities), len(SUPERCLASSES))
    return sums.index_add_(1, probabilities.new_tensor(numbers).long(), probabilities)
