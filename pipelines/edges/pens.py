"""How a person's pen differs from an edge detector: it draws the outline, shakes, and leaves gaps."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.edges.cutouts import Floats
from pipelines.edges.finding import Lines, thinned


def with_border(lines: Lines, alpha: Floats) -> Lines:
    """Draw the mask's border around a cut-out, which a person would never leave out, in place of what was found there.

    Args:
        lines: (H, W), 255 on a line.
        alpha: (H, W) in [0, 1].
    """
    if not 0 < alpha.mean() < 1:
        return lines
    mask = (alpha > 0.5).astype(np.uint8)
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8))
    near_border = cv2.dilate(mask - inside, np.ones((5, 5), np.uint8))
    within = np.where((near_border > 0) | (mask == 0), 0, lines)  # a second trace of the border would double it
    return np.asarray(within | (mask - inside) * np.uint8(255), np.uint8)


def random_bend(rng: np.random.Generator, side: int, *, amplitude: float, cells: int) -> tuple[Floats, Floats]:
    """Return where each pixel of a bent picture comes from, as ``cv2.remap`` takes it: x and y, (side, side) each.

    Args:
        rng: of the bend.
        side: of the picture, pixels.
        amplitude: standard deviation of the shift, pixels.
        cells: of the coarse grid between which the shift is interpolated; more bend more quickly.
    """
    coarse = rng.normal(0, amplitude, (2, cells, cells)).astype(np.float32)
    dy, dx = (cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC) for field in coarse)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    return x + dx, y + dy


def wobble(lines: Lines, rng: np.random.Generator) -> Lines:
    """Shake the pen: bend all lines by up to two pixels, slowly along their way, and thin them again."""
    bent = cv2.remap(lines, *random_bend(rng, lines.shape[0], amplitude=1.2, cells=12), cv2.INTER_LINEAR)
    return thinned(bent > 80)


def leave_gaps(lines: Lines, rng: np.random.Generator, *, most: int = 8, widest: int = 12) -> Lines:
    """Interrupt lines in a few places, outlines too, as a hurried pen does: an open shape is still to be filled.

    Args:
        lines: (H, W), 255 on a line.
        rng: of the places.
        most: number of gaps at most; at least one.
        widest: radius of a gap at most, pixels; at least 2.
    """
    lines, points = lines.copy(), np.argwhere(lines)
    for _ in range(int(rng.integers(1, most + 1)) if len(points) else 0):
        y, x = points[rng.integers(len(points))]
        cv2.circle(lines, (int(x), int(y)), int(rng.integers(2, widest + 1)), 0, -1)
    return lines
