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
