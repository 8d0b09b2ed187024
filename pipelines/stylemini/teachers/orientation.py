"""Along which direction a picture runs at each pixel, and textures drawn out along it."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.stylemini.teachers.canvas import SIDE, Floats, blur
from pipelines.stylemini.teachers.textures import displaced, slopes, smooth_noise, standardized


def edge_directions(gray: Floats, sigma: float, rng: np.random.Generator, calm: float = 0.008) -> Floats:
    """Return the angle (256, 256), in radians, that runs along the edges of a luminance.

    It is the minor eigenvector of the smoothed structure tensor (Bigun and Granlund 1987). Flat places follow slow
    swirls.

    Args:
        gray: (256, 256) in [0, 1].
        sigma: of the tensor's smoothing, in pixels.
        rng: of the swirls.
        calm: the slope, per pixel, under which the swirls decide.
    """
    right, down = slopes(blur(gray, 1.5))
    xx, yy, xy = (spread(product, sigma) for product in (right * right, down * down, right * down))
    swirl = smooth_noise(rng, 2) * 0.9
    xx_yy = xx - yy + calm**2 * np.cos(2 * swirl + np.pi)
    double = np.arctan2(2 * xy + calm**2 * np.sin(2 * swirl + np.pi), xx_yy)
    return np.asarray(double / 2 + np.pi / 2, np.float32)


def spread(product: Floats, sigma: float) -> Floats:
    """Return an entry of the tensor (256, 256) blurred, and faintly four times as wide for places far from edges."""
    small = np.asarray(cv2.resize(product, (SIDE // 4, SIDE // 4), interpolation=cv2.INTER_AREA), np.float32)
    wide = cv2.resize(blur(small, sigma), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(blur(product, sigma) + 0.15 * wide, np.float32)


def bristles(rng: np.random.Generator, angles: Floats, length: int, width: float) -> Floats:
    """Return noise (256, 256) of deviation 1 smeared along directions: line integral convolution (Cabral 1993).

    Args:
        rng: of the noise.
        angles: (256, 256), in radians.
        length: of a hair, in pixels.
        width: of a hair, in pixels.
    """
    noise = blur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), width / 2)
    right, down = np.cos(angles), np.sin(angles)
    # Each pass averages three places; passes three times as long cover the length in few of them.
    reach = 1.0
    while reach < length:
        ahead = displaced(noise, right * reach, down * reach)
        behind = displaced(noise, -right * reach, -down * reach)
        noise = np.asarray((noise + ahead + behind) / 3, np.float32)
        reach *= 2.2
    return standardized(noise)
