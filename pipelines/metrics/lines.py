"""Agreement of two line images."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Lines = NDArray[np.uint8]  # (H, W), 255 on a line


def edge_f1(found: Lines, wanted: Lines, tolerance: float = 2.0) -> float:
    """Return the F1 score of lines against lines, a point counting as hit within ``tolerance`` pixels.

    Precision is the share of found points near a wanted one, recall the share of wanted points near a found one
    (as in boundary benchmarks, Martin et al., 2004, without their one-to-one matching). Two empty images agree.
    """
    if not found.any() or not wanted.any():
        return 1.0 if not found.any() and not wanted.any() else 0.0
    precision = float((distance_to(wanted)[found > 0] <= tolerance).mean())
    recall = float((distance_to(found)[wanted > 0] <= tolerance).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def distance_to(lines: Lines) -> NDArray[np.float32]:
    """Return each pixel's distance to the nearest line, in pixels."""
    distance = cv2.distanceTransform((lines == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance, np.float32)
