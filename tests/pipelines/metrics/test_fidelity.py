from __future__ import annotations

import math

import numpy as np
import pytest

from pipelines.metrics import fidelity
from pipelines.metrics.fidelity import density_coverage, precision_recall


def samples(seed: int, count: int = 40, shift: float = 0.0, dim: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (count, dim))


def radius(x: np.ndarray, i: int, k: int) -> float:
    return sorted(math.dist(x[i], x[j]) for j in range(len(x)) if j != i)[k - 1]


@pytest.mark.parametrize("elements", [1, 100, 2**22])
@pytest.mark.parametrize(("count", "shift", "k"), [(30, 0.0, 1), (17, 1.0, 3), (50, 2.0, 5)])
def test_they_are_the_papers_loops(
    elements: int, count: int, shift: float, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fidelity, "ELEMENTS", elements)
    real, made = samples(1), samples(2, count, shift)
    of_real, of_made = ([radius(x, i, k) for i in range(len(x))] for x in (real, made))
    hits = [[math.dist(x, y) <= reach for x, reach in zip(real, of_real, strict=True)] for y in made]
    recalled = [any(math.dist(x, y) <= reach for y, reach in zip(made, of_made, strict=True)) for x in real]
    assert precision_recall(real, made, k=k) == pytest.approx((np.mean([any(row) for row in hits]), np.mean(recalled)))
    covered = [any(row[i] for row in hits) for i in range(len(real))]
    assert density_coverage(real, made, k=k) == pytest.approx((np.sum(hits) / (k * count), np.mean(covered)))


def test_a_set_agrees_with_itself() -> None:
    assert precision_recall(samples(1), samples(1)) == (1, 1)
    assert density_coverage(samples(1), samples(1)) == (1, 1)


def test_what_is_far_away_agrees_in_nothing() -> None:
    assert precision_recall(samples(1), samples(2, shift=100)) == (0, 0)
    assert density_coverage(samples(1), samples(2, shift=100)) == (0, 0)


def test_samples_that_are_all_alike_are_precise_and_miss_the_rest() -> None:
    real, collapsed = samples(1, 200), samples(2, 200) * 0.01
    precision, recall = precision_recall(real, collapsed)
    density, coverage = density_coverage(real, collapsed)
    assert precision == 1 and density > 0.5 and recall < 0.05 and coverage < 0.3


def test_samples_of_which_half_are_noise_are_half_precise() -> None:
    made = np.concatenate([samples(2, 200), samples(3, 200, shift=50)])
    precision, recall = precision_recall(samples(1, 200), made)
    assert 0.4 < precision <= 0.5 and recall > 0.8


def test_one_outlier_spoils_precision_but_not_density() -> None:
    clean, made = samples(1, 200), samples(2, 200, shift=3)
    spoilt = np.concatenate([clean, np.full((1, 3), 6.0)])  # its ball reaches over all that was made
    assert precision_recall(spoilt, made)[0] > 0.9 > 0.1 > precision_recall(clean, made)[0]
    assert density_coverage(spoilt, made)[0] < 0.25, "a ball counts for a fifth"


def test_of_one_distribution_they_are_what_the_paper_expects() -> None:
    n, m, k = 60, 45, 5
    found = [density_coverage(samples(2 * seed, n), samples(2 * seed + 1, m), k=k) for seed in range(60)]
    density, coverage = np.mean(found, axis=0)
    expected = 1 - math.prod((n - i) / (m + n - i) for i in range(1, k + 1))
    assert density == pytest.approx(1, abs=0.05) and coverage == pytest.approx(expected, abs=0.01)


def test_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 2"):
        precision_recall(samples(1, 3), samples(2))
    with pytest.raises(ValueError, match="got 5"):
        density_coverage(samples(1, 5), samples(2))
