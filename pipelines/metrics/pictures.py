"""Distances between a picture and the one it should be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

Pixels = NDArray[np.uint8]  # (H, W, 3)


def mean_l1(made: Pixels, real: Pixels) -> float:
    """Return the mean absolute difference, 0 to 1."""
    return float(np.abs(made.astype(np.float32) - real.astype(np.float32)).mean() / 255)


def ssim(made: Pixels, real: Pixels) -> float:
    """Return the structural similarity with the settings of Wang et al., 2004 (Gaussian window of 1.5), -1 to 1."""
    value = structural_similarity(
        made, real, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return float(value)
