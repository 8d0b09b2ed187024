from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipelines.data import synthetic
from pipelines.metrics import report
from pipelines.metrics.kernel import frechet_distance, kernel_distance
from pipelines.metrics.pretrained import efficientnet_lite0
from pipelines.metrics.report import Reference, compare_samples


class Means:
    """Sees the mean colours of an even grid's cells, from -5 to 5."""

    def __init__(self, name: str = "means", cells: int = 2) -> None:
        self.name, self.sha256, self.cells = name, "0" * 12, cells
        self.calls = 0

    def features(self, pictures: object) -> np.ndarray:
        self.calls += 1
        stack = np.stack(list(pictures)).astype(np.float64) / 25.5 - 5  # type: ignore[call-overload]
        n, side, _, _ = stack.shape
        cell = side // self.cells
        return np.asarray(stack.reshape(n, self.cells, cell, self.cells, cell, 3).mean(axis=(2, 4)).reshape(n, -1))


class Brightness(Means):
    """Tells dark from bright too."""

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        bright = features.mean(axis=1, keepdims=True) / 10 + 0.5
        return np.concatenate([1 - bright, bright], axis=1)


def stripes(seed: int, count: int, side: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    colors = rng.integers(0, 256, (count, 1, side, 3))
    return np.repeat(colors, side, axis=1).astype(np.uint8)


def noise(seed: int, count: int, side: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def test_each_extractors_figures_stand_between_a_floor_and_a_ceiling() -> None:
    extractors = [Means("coarse", 16), Means("fine", 32)]
    real, train, made, worse = stripes(1, 60, 32), stripes(2, 60, 32), stripes(3, 60, 32), noise(4, 60, 32)
    found = compare_samples(made, real, train, extractors)
    for name in ("coarse", "fine"):
        assert {f"{kind}_{name}" for kind in ("precision", "recall", "density", "coverage")} <= found.keys()
        near = max(abs(found[f"kid_{name}"]), abs(found[f"kid_{name}_floor"]))
        assert near < found[f"kid_{name}_ceiling"] / 3 < compare_samples(worse, real, train, extractors)[f"kid_{name}"]
    assert found["n"] == 60 == found["n_real"] and not [key for key in found if key.startswith(("fd_", "fid"))]


def test_a_frechet_distance_asks_for_enough_and_is_fid_with_inception_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert report.FEWEST_FOR_FD == 5000
    monkeypatch.setattr(report, "FEWEST_FOR_FD", 50)
    made, real, train = (stripes(seed, 50) for seed in (1, 2, 3))
    found = compare_samples(made, real, train, [Means("inception"), Means("means")])
    bounds = {f"{key}{suffix}" for key in ("fid", "fd_means") for suffix in ("", "_floor", "_ceiling")}
    assert bounds | {"kid_inception"} <= found.keys()
    assert "fd_inception" not in found and found["fid"] == found["fd_means"] > 0
    few = compare_samples(made[:49], real, train, [Means("inception")])
    assert "fid" not in few and "fid_floor" in few and "kid_inception" in few


def test_the_inception_score_carries_its_extractors_name_beside_the_real_pictures() -> None:
    clear = np.where(np.arange(40)[:, None, None, None] % 2, 255, 0) * np.ones((1, 8, 8, 3))
    found = compare_samples(clear.astype(np.uint8), stripes(1, 90), stripes(2, 90), [Brightness("brightness"), Means()])
    assert found["inception_score_brightness"] > 1.5 > 1.2 > found["inception_score_brightness_real"]
    assert "inception_score_brightness_std" in found and "inception_score_means" not in found


def test_an_extractor_that_trained_the_generator_is_not_the_only_one_to_measure_it() -> None:
    with pytest.raises(ValueError, match="did not train the generator"):
        Reference(stripes(1, 9), stripes(2, 9), [Means()], taught_by={"means"})
    with pytest.raises(ValueError, match="extractors"):
        Reference(stripes(1, 9), stripes(2, 9), [])
    both = Reference(stripes(1, 9), stripes(2, 9), [Means(), Means("other")], taught_by={"means"})
    assert both.hashes().keys() == {"sha256_means", "sha256_other"}


def test_real_pictures_are_seen_once_for_many_comparisons() -> None:
    extractor = Means()
    reference = Reference(stripes(1, 20), stripes(2, 20), [extractor])
    before = extractor.calls
    assert reference.compare(stripes(3, 20)) == reference.compare(stripes(3, 20))
    assert extractor.calls == before + 2


@pytest.mark.parametrize("count", [1, 2, 4, 6])
def test_what_a_few_pictures_cannot_say_is_left_out(count: int) -> None:
    found = compare_samples(stripes(1, count), stripes(2, count), stripes(3, count), [Brightness("b")])
    assert np.isfinite(list(found.values())).all() and found["n"] == count
    assert ("kid_b" in found, "recall_b" in found, "coverage_b" in found) == (count > 1, count > 3, count > 5)


def test_blurred_drawings_are_farther_than_drawings_and_noise_farther_still() -> None:
    pictures = [np.asarray(synthetic.draw(number).convert("RGB").resize((64, 64))) for number in range(32)]
    real, made = pictures[:16], pictures[16:]
    shown = [made, [cv2.GaussianBlur(one, (0, 0), 1.5) for one in made], list(noise(1, 16, 64))]
    extractor = efficientnet_lite0()
    of_real, of_shown = extractor.features(real), [extractor.features(one) for one in shown]
    for distance in (kernel_distance, frechet_distance):
        sharp, soft, worst = (distance(of_real, one) for one in of_shown)
        assert sharp < soft < worst, distance.__name__


def test_classes_that_are_swapped_are_seen_class_by_class_alone() -> None:
    def bright(seed: int, low: int) -> np.ndarray:
        return stripes(seed, 40) // 2 + np.uint8(low)

    labels = [0] * 40 + [1] * 40
    real, train, made = (np.concatenate([bright(seed, 0), bright(seed + 1, 127)]) for seed in (1, 3, 5))
    reference = Reference(real, train, [Means()], labels=labels)
    right, swapped = reference.compare(made, labels), reference.compare(made, labels[::-1])
    assert right["kid_means"] == swapped["kid_means"]
    assert right["intra_class_kid_means"] < 0.2 * swapped["intra_class_kid_means"]
    halved = np.concatenate([part // 2 + np.uint8(part.mean() / 2) for part in (made[:40], made[40:])])
    assert 0.8 < right["intra_class_diversity_means"] < 1.2
    assert reference.compare(halved, labels)["intra_class_diversity_means"] < 0.6
    assert "intra_class_kid_means" not in reference.compare(made)
    assert "intra_class_kid_means" not in reference.compare(made, [2, *labels[1:]]), "one picture has no distribution"
