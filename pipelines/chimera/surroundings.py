"""What lies around each pixel of an animal, and how many lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.edges.cutouts import SIZE, Floats

COARSE = 14  # pixels at 256: finer than that, colours are the fur's
CROWD = 9  # pixels at 256: radius within which lines are counted
FEW, MANY = 0.18, 0.30  # share of pixels on a line: where they begin to crowd, and where they are a thicket


def surroundings(x: Floats, weight: Floats, radius: float) -> Floats:
    """Return the weighted mean around each pixel: (H, W, C), weights (H, W, 1), a Gaussian of this many pixels."""
    shrinking = 4 if radius >= 8 else 1  # what is so smooth is the same, and ten times as fast

    def blurred(x: Floats) -> Floats:
        small = cv2.resize(x, None, fx=1 / shrinking, fy=1 / shrinking, interpolation=cv2.INTER_AREA)
        wide = cv2.GaussianBlur(small, (0, 0), radius / shrinking)
        return np.asarray(cv2.resize(wide, x.shape[:2], interpolation=cv2.INTER_LINEAR), np.float32).reshape(x.shape)

    return np.asarray(blurred(x * weight) / np.maximum(blurred(weight), 0.02), np.float32)


def crowds(lines: NDArray[np.uint8], size: int) -> Floats:
    """Return where lines (256, 256) crowd, (size, size, 1): 0 where a pen may have drawn as many, 1 in a thicket."""
    on = resized((lines[..., None] > 0).astype(np.float32), size)
    density = surroundings(on, np.ones_like(on), CROWD * size / SIZE)
    return np.asarray(((density - FEW) / (MANY - FEW)).clip(0, 1), np.float32)


def resized(x: Floats, size: int) -> Floats:
    """Return (S, S, C) at another size."""
    if x.shape[0] == size:
        return x
    method = cv2.INTER_AREA if size < x.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(x, (size, size), interpolation=method), np.float32).reshape(size, size, -1)
