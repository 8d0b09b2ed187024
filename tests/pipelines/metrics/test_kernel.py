from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import torch
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

from pipelines.metrics import kernel
from pipelines.metrics.kernel import frechet_distance, kernel_distance


def samples(seed: int, count: int = 60, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (count, 32))


def whitened(seed: int, count: int, dim: int) -> np.ndarray:
    """Return features whose mean is zero and whose covariance is the identity, but for rounding."""
    x = np.random.default_rng(seed).normal(0, 1, (count, dim))
    x -= x.mean(axis=0)
    return x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T


def test_it_is_torchmetrics_figure() -> None:
    real, made = samples(1), samples(2, shift=0.3)
    theirs = poly_mmd(torch.from_numpy(real), torch.from_numpy(made)).item()
    assert kernel_distance(real, made) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("rows", [1, 7, 1024])
def test_it_is_the_sum_over_pairs_in_blocks_of_any_size(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "ROWS", rows)
    real, made = samples(1, 9), samples(2, 13, shift=0.4)

    def mean(one: np.ndarray, other: np.ndarray, alike: bool) -> float:
        pairs = [(x, y) for i, x in enumerate(one) for j, y in enumerate(other) if not (alike and i == j)]
        return float(np.mean([(x @ y / 32 + 1) ** 3 for x, y in pairs]))

    expected = mean(real, real, True) + mean(made, made, True) - 2 * mean(real, made, False)
    assert kernel_distance(real, made) == pytest.approx(expected, rel=1e-10)


def test_two_samples_of_one_distribution_are_near_zero_on_average() -> None:
    values = [kernel_distance(samples(2 * seed), samples(2 * seed + 1)) for seed in range(40)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))
    assert kernel_distance(samples(1), samples(2, shift=0.5)) > 5 * np.abs(values).max()


def test_the_order_does_not_matter() -> None:
    one, other = samples(1, 20), samples(2, 35, 0.2)
    assert kernel_distance(one, other) == pytest.approx(kernel_distance(other, one))
    assert frechet_distance(one, other) == pytest.approx(frechet_distance(other, one))


def test_the_frechet_distance_is_torchmetrics_figure() -> None:
    real, made = samples(1), samples(2, 45, shift=0.3) * 1.5
    gaussians = [(one.mean(0), torch.cov(one.T)) for one in map(torch.from_numpy, (real, made))]
    assert frechet_distance(real, made) == pytest.approx(_compute_fid(*gaussians[0], *gaussians[1]).item(), rel=1e-4)


@pytest.mark.parametrize("counts", [(200, 150), (200, 9), (10, 8)])
def test_the_frechet_distance_is_that_of_scipys_matrix_root(counts: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    real, made = (rng.normal(0, 1, (count, 12)) @ rng.normal(0, 1, (12, 12)) + rng.normal(0, 1, 12) for count in counts)
    of_real, of_made = np.cov(real.T), np.cov(made.T)
    root = scipy.linalg.sqrtm(scipy.linalg.sqrtm(of_real) @ of_made @ scipy.linalg.sqrtm(of_real)).real
    means = ((real.mean(axis=0) - made.mean(axis=0)) ** 2).sum()
    expected = means + np.trace(of_real) + np.trace(of_made) - 2 * np.trace(root)
    assert frechet_distance(real, made) == pytest.approx(expected, rel=1e-5)


def test_the_frechet_distance_of_gaussians_along_the_axes_by_hand() -> None:
    real, made = whitened(1, 100, 4), whitened(2, 80, 4)
    stretched = made * [1, 2, 3, 0.5] + [1, 0, 0, -2]
    by_hand = (1 + 4) + (0 + 1 + 4 + 0.25)  # squared differences of the means, then of the standard deviations
    assert frechet_distance(real, stretched) == pytest.approx(by_hand)
    assert frechet_distance(real, made) == pytest.approx(0, abs=1e-9)


def test_the_frechet_distance_of_many_samples_nears_the_gaussians_own() -> None:
    rng = np.random.default_rng(5)
    real, made = rng.normal(0, 1, (20_000, 3)), rng.normal(0.5, 2, (20_000, 3))
    assert frechet_distance(real, made) == pytest.approx(3 * (0.25 + 1), rel=0.03)
