"""Kernel distance of two sets of features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def kernel_distance(real: NDArray[np.float64], made: NDArray[np.float64]) -> float:
    """Return the unbiased squared maximum mean discrepancy under the kernel (x.y / d + 1)^3.

    The kernel inception distance (Binkowski et al., 2018) where the features are Inception's; with others it carries
    their name, such as ``kid_efficientnet_lite0``. Around zero for two samples of one distribution.

    Args:
        real: (N, D).
        made: (M, D).
    """
    dimension = real.shape[1]
    of_real, of_made, across = (
        (one.astype(np.float64) @ other.T.astype(np.float64) / dimension + 1) ** 3
        for one, other in ((real, real), (made, made), (real, made))
    )
    n, m = len(real), len(made)
    within = (of_real.sum() - np.trace(of_real)) / (n * (n - 1)) + (of_made.sum() - np.trace(of_made)) / (m * (m - 1))
    return float(within - 2 * across.mean())


def frechet_distance(real: NDArray[np.float64], made: NDArray[np.float64]) -> float:
    """Return the squared Frechet distance of the two Gaussians with the features' means and covariances.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Heusel et al., 2017, equation 6). Biased upwards for few samples, and
    the more so the longer the features: compare only at equal N. Called FID with Inception's features alone.

    Args:
        real: (N, D), N at least 2.
        made: (M, D).
    """
    means = real.mean(axis=0), made.mean(axis=0)
    # tr (C1 C2)^(1/2) is the sum of the singular values of X1 X2^T for C = X^T X: no D x D root is needed.
    roots = [(x - mean) / np.sqrt(len(x) - 1) for x, mean in zip((real, made), means, strict=True)]
    traces = sum(float((root**2).sum()) for root in roots)
    across = float(np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum())
    return float(((means[0] - means[1]) ** 2).sum() + traces - 2 * across)
