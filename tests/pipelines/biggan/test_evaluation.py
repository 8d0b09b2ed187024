from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.backbones.wide_resnet import WideResNet
from pipelines.biggan import evaluation
from pipelines.biggan.config import WATCHED
from pipelines.biggan.evaluation import evaluate_samples, independent_kid, open_reference
from pipelines.data.superclasses import FINE, SUPERCLASSES
from pipelines.weights import hub, live


@pytest.fixture
def bundled_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A classifier that knows red from blue: red is a trout, a fish, and blue an oak, one of the trees."""
    torch.manual_seed(1)
    network = WideResNet(FINE, width=1, blocks=1)
    folder = tmp_path / "weights" / "classifier"
    shown = torch.stack([torch.full((32, 32), 1.0), torch.full((32, 32), -1.0), torch.full((32, 32), -1.0)])
    with torch.inference_mode():
        red, blue = network.eval().pooled(torch.stack([shown, shown.flip(0)]))
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias.fill_(-100)
        for name, difference in (("trout", red - blue), ("oak_tree", blue - red)):
            network.head.weight[FINE.index(name)] = 100 * difference / difference.norm()
            network.head.bias[FINE.index(name)] = -100 * float(difference @ (red + blue)) / 2 / float(difference.norm())
    hub.save_model(network, folder)
    (tmp_path / "weights" / "efficientnet-lite0").symlink_to(hub.BUNDLED / "efficientnet-lite0")
    monkeypatch.setattr(hub, "BUNDLED", tmp_path / "weights")


def flat(color: tuple[int, int, int], count: int) -> np.ndarray:
    return np.full((count, 32, 32, 3), color, np.uint8)


@pytest.mark.usefixtures("bundled_classifier")
def test_the_classifier_says_how_often_the_superclass_is_right() -> None:
    made = np.concatenate([flat((255, 0, 0), 3), flat((0, 0, 255), 1)])
    classes = tuple(SUPERCLASSES)
    reference = open_reference(made, made, classes)
    assert set(reference.hashes()) == {"sha256_efficientnet_lite0", "sha256_classifier"}
    fish, trees = classes.index("fish"), classes.index("trees")
    found = evaluate_samples(made, [fish, fish, trees, trees], classes, reference)
    assert found["superclass_accuracy"] == 0.75 and found["n"] == 4
    assert {"kid_efficientnet_lite0", "kid_classifier", "kid_classifier_floor"} <= found.keys()
    assert "superclass_accuracy_real" not in found, "nobody said what is on the real pictures"
    known = open_reference(made, made, classes, labels=[fish, trees, trees, trees])
    found = evaluate_samples(made, [fish, fish, trees, trees], classes, known)
    assert (found["superclass_accuracy"], found["superclass_accuracy_real"]) == (0.75, 0.5)
    assert (found["superclass_accuracy_fish"], found["superclass_accuracy_trees"]) == (1.0, 0.5)
    assert (found["superclass_accuracy_fish_real"], found["superclass_accuracy_trees_real"]) == (1.0, 1 / 3)
    assert not any("people" in name for name in found)


@pytest.mark.usefixtures("bundled_classifier")
def test_where_the_classifier_knows_none_of_the_classes_scattering_takes_its_place() -> None:
    made = flat((255, 0, 0), 2)
    reference = open_reference(made, made, ("unicorn", "griffin"))
    found = evaluate_samples(made, [0, 1], ("unicorn", "griffin"), reference)
    assert "kid_scattering_32" in found and not {"superclass_accuracy", "kid_classifier"} & found.keys()


@pytest.mark.usefixtures("bundled_classifier")
def test_a_promoted_classifier_of_other_classes_measures_none_of_cifars(tmp_path: Path) -> None:
    hub.save_model(WideResNet(("cat", "lynx"), width=1, blocks=1), tmp_path / "other")
    live.promote("classifier", tmp_path / "other", "a run")
    made = flat((9, 9, 9), 2)
    reference = open_reference(made, made, tuple(SUPERCLASSES))
    assert set(reference.hashes()) == {"sha256_efficientnet_lite0", "sha256_scattering_32"}
    assert "kid_scattering_32" in evaluate_samples(made, [0, 1], tuple(SUPERCLASSES), reference)


def test_lite0_which_may_have_trained_the_generator_is_never_alone() -> None:
    made = flat((9, 9, 9), 2)
    assert len(evaluation.open_reference(made, made, tuple(SUPERCLASSES)).extractors) == 2


@pytest.mark.usefixtures("bundled_classifier")
@pytest.mark.parametrize(
    ("classes", "judge"), [(tuple(SUPERCLASSES), "classifier"), (("unicorn", "griffin"), "scattering_32")]
)
def test_one_distance_can_be_watched_on_any_classes(classes: tuple[str, ...], judge: str) -> None:
    real, made = (
        np.random.default_rng(seed).integers(0, high, (6, 32, 32, 3), np.uint8) for seed, high in ((1, 256), (2, 99))
    )
    reference = open_reference(real, real, classes)
    found = evaluate_samples(made, [0, 1] * 3, classes, reference)
    assert independent_kid(found, reference) == {WATCHED: found[f"kid_{judge}"]}
    alone = evaluate_samples(made[:1], [0], classes, reference)
    assert independent_kid(alone, reference) == {}, "of one picture there is no distance"
