from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pipelines.metrics.intra_class import intra_class_distance, intra_class_diversity
from pipelines.metrics.kernel import frechet_distance, kernel_distance


def of_classes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.repeat([0, 1, 2], 40)
    return np.random.default_rng(seed).normal(0, 1, (120, 5)) + 4 * labels[:, None], labels


def test_it_is_the_mean_of_each_classs_distance() -> None:
    (real, wanted), (made, given) = of_classes(1), of_classes(2)
    by_class = [frechet_distance(real[wanted == label], made[given == label]) for label in range(3)]
    assert intra_class_distance(frechet_distance, real, wanted, made, given) == pytest.approx(np.mean(by_class))


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_a_generator_that_mixes_classes_up_is_found_out(distance: object) -> None:
    (real, wanted), (made, given) = of_classes(1), of_classes(2)
    right = intra_class_distance(distance, real, wanted, made, given)  # type: ignore[arg-type]
    mixed = intra_class_distance(distance, real, wanted, made, (given + 1) % 3)  # type: ignore[arg-type]
    assert mixed > 10 * abs(right), "though all samples together look as before"


def test_a_class_that_was_never_made_is_named() -> None:
    (real, wanted), (made, given) = of_classes(1), of_classes(2)
    with pytest.raises(ValueError, match="class 2 has 40 real and 0 made"):
        intra_class_distance(frechet_distance, real, wanted, made[given < 2], given[given < 2])


def test_diversity_is_the_distance_of_two_of_a_class_beside_that_of_two_real_ones() -> None:
    (real, wanted), (made, given) = of_classes(1), of_classes(2)

    def squared(x: np.ndarray, labels: np.ndarray) -> float:
        pairs = [list(combinations(x[labels == label], 2)) for label in range(3)]
        return float(np.mean([[((one - other) ** 2).sum() for one, other in of_class] for of_class in pairs]))

    found = intra_class_diversity(real, wanted, made, given)
    assert found == pytest.approx(np.sqrt(squared(made, given) / squared(real, wanted)))


def test_a_class_of_one_picture_has_no_diversity_however_far_classes_are_apart() -> None:
    (real, wanted), (made, given) = of_classes(1), of_classes(2)
    centres = np.stack([made[given == label].mean(axis=0) for label in range(3)])
    assert intra_class_diversity(real, wanted, centres[given], given) == pytest.approx(0, abs=1e-6)
    near = centres[given] + (made - centres[given]) / 2
    assert intra_class_diversity(real, wanted, near, given) == pytest.approx(
        intra_class_diversity(real, wanted, made, given) / 2
    )
    assert intra_class_diversity(real, wanted, made, (given + np.arange(120)) % 3) > 2, "classes that are mixed up"
