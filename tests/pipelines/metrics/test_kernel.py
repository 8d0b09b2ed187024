from __future__ import annotations

import numpy as np
import pytest
import torch
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

from pipelines.metrics.kernel import frechet_distance, kernel_distance


def samples(seed: int, count: int = 60, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (count, 32))


def test_it_is_torchmetrics_figure() -> None:
    real, made = samples(1), samples(2, shift=0.3)
    theirs = poly_mmd(torch.from_numpy(real), torch.from_numpy(made)).item()
    assert kernel_distance(real, made) == pytest.approx(theirs, rel=1e-6)


def test_two_samples_of_one_distribution_are_near_zero_on_average() -> None:
    values = [kernel_distance(samples(2 * seed), samples(2 * seed + 1)) for seed in range(40)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))
    assert kernel_distance(samples(1), samples(2, shift=0.5)) > 5 * np.abs(values).max()


def test_the_order_does_not_matter() -> None:
    one, other = samples(1, 20), samples(2, 35, 0.2)
    assert kernel_distance(one, other) == pytest.approx(kernel_distance(other, one))


def test_the_frechet_distance_is_torchmetrics_figure() -> None:
    real, made = samples(1), samples(2, 45, shift=0.3) * 1.5
    gaussians = [(one.mean(0), torch.cov(one.T)) for one in map(torch.from_numpy, (real, made))]
    assert frechet_distance(real, made) == pytest.approx(_compute_fid(*gaussians[0], *gaussians[1]).item(), rel=1e-4)
