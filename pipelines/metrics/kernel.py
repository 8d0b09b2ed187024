"""Distances of two sets of features: kernel distance and Frechet distance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROWS = 1024  # of a kernel matrix that are in memory at a time


def kernel_distance(real: Floats, made: Floats) -> float:
    """Return the unbiased squared maximum mean discrepancy under the kernel (x.y / d + 1)^3.

    The kernel inception distance (Binkowski et al., Demystifying MMD GANs, 2018) where the features are Inception's;
    with others it carries their name, such as ``kid_efficientnet_lite0``. Around zero for two samples of one
    distribution.

    Args:
        real: (N, D), N at least 2.
        made: (M, D), M at least 2.
    """
    n, m = len(real), len(made)
    within = _without_diagonal(real) / (n * (n - 1)) + _without_diagonal(made) / (m * (m - 1))
    return float(within - 2 * sum(kernel.sum() for kernel in _kernels(real, made)) / (n * m))


def frechet_distance(real: Floats, made: Floats) -> float:
    """Return the squared Frechet distance of the two Gaussians with the features' means and covariances.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Heusel et al., 2017, equation 6). Biased upwards for few samples, and
    the more so the longer the features: compare only at equal N. Called FID with Inception's features alone.

    Args:
        real: (N, D), N at least 2.
        made: (M, D), M at least 2.
    """
    means = real.mean(axis=0), made.mean(axis=0)
    # tr (C1 C2)^(1/2) is the sum of the singular values of X1 X2^T for C = X^T X: no root of a matrix is needed.
    roots = [_triangle((x - mean) / np.sqrt(len(x) - 1)) for x, mean in zip((real, made), means, strict=True)]
    traces = sum(float((root**2).sum()) for root in roots)
    across = float(np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum())
    return float(((means[0] - means[1]) ** 2).sum() + traces - 2 * across)


def _triangle(x: Floats) -> Floats:
    """Return R of X = Q R, at most (D, D): R^T R is X^T X, in fewer rows."""
    return np.asarray(np.linalg.qr(x, mode="r"), np.float64)


def _without_diagonal(x: Floats) -> float:
    diagonal = (x**2).sum(axis=1) / x.shape[1] + 1
    return float(sum(kernel.sum() for kernel in _kernels(x, x)) - (diagonal**3).sum())


def _kernels(one: Floats, other: Floats) -> Iterator[Floats]:
    for start in range(0, len(one), ROWS):
        inner = one[start : start + ROWS] @ other.T / one.shape[1] + 1
        yield inner * inner * inner
