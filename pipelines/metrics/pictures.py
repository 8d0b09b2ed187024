"""Distances between a picture and the one it should be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from pipelines.metrics.means import means

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


def psnr(made: Pixels, real: Pixels) -> float:
    """Return the peak signal-to-noise ratio over all three channels, dB; infinite for equal pictures."""
    error = float(((made.astype(np.float64) - real.astype(np.float64)) ** 2).mean())
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def colorfulness(pixels: Pixels) -> float:
    """Return how colourful a picture looks: 0 for a grey one, about 33 moderately, 80 and more very much so.

    The measure M3 of Hasler and Suesstrunk, Measuring colourfulness in natural images, 2003: spread and mean of the
    opponent channels red - green and yellow - blue.
    """
    red, green, blue = (pixels[..., channel].astype(np.float64) for channel in range(3))
    red_green, yellow_blue = red - green, 0.5 * (red + green) - blue
    deviation = np.hypot(red_green.std(), yellow_blue.std())
    return float(deviation + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def pair_metrics(made: Iterable[Pixels], real: Iterable[Pixels]) -> dict[str, float]:
    """Return ``psnr`` (dB), ``ssim`` and ``n``, means over pairs of pictures (H, W, 3)."""
    return means([{"psnr": psnr(one, other), "ssim": ssim(one, other)} for one, other in zip(made, real, strict=True)])
