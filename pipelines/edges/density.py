"""Lines denser than any pen's, thinned out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.data.edges import Lines, thinned, without_specks

WINDOW = 21  # pixels at 256 over which density is measured
DENSEST = 0.2  # share of a window that a pen's lines cover at most: parallel strokes five pixels apart
LEAST_PIECE = 8  # pixels of a piece that stays where lines are dense


def density(lines: Lines) -> NDArray[np.float32]:
    """Return the share of the pixels around each one that lie on a line, (H, W)."""
    return np.asarray(cv2.boxFilter((lines > 0).astype(np.float32), -1, (WINDOW, WINDOW)), np.float32)


def without_crowds(lines: Lines) -> Lines:
    """Join what runs side by side where lines are too dense, and drop the crumbs; the rest stays as it is.

    An edge detector traces both sides of every stroke of an illustration, and every hair of a fur: two lines two
    pixels apart, which no pen would draw.
    """
    dense = (density(lines) > DENSEST).astype(np.uint8)
    if not dense.any():
        return lines
    crowd = cv2.dilate(dense, np.ones((WINDOW // 2, WINDOW // 2), np.uint8)) > 0
    closed = cv2.morphologyEx((lines > 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    joined = np.where(crowd, thinned(closed > 0), lines)
    return np.asarray(np.where(crowd, without_specks(joined.astype(np.uint8), LEAST_PIECE), joined), np.uint8)
