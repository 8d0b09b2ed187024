"""Frames around what is drawn: boxes of straight lines that belong to a picture's making and not to its animal."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.edges.finding import Lines, without_specks

LONG = 20  # pixels at 256 of a straight run that may belong to a frame
SHORT = 8  # of those that go on from it around a corner
LEAST = 64  # pixels that such runs must cover both across and down
LEAST_TOGETHER = 256  # and together
SPECK = 8  # pixels: what is left of a frame in smaller pieces goes, too


def without_frames(lines: Lines) -> Lines:
    """Take frames out of an edge map: runs that are straight to the pixel, if there are many both across and down.

    Cuttings of pages and empty margins leave steps and boxes around an animal, which then would be a body of it. A
    ground or a neck that is cut off has lines one way only, and stays.

    Args:
        lines: (256, 256), 255 on lines one pixel wide.

    Returns:
        The same array where there is no frame.
    """
    on = (lines > 0).astype(np.uint8)
    across, down = (straight_runs(on, LONG, axis) for axis in (1, 0))
    lengths = int(across.sum()), int(down.sum())
    if min(lengths) < LEAST or sum(lengths) < LEAST_TOGETHER:
        return lines
    runs = straight_runs(on, SHORT, 1) | straight_runs(on, SHORT, 0)
    _, groups = cv2.connectedComponents(cv2.dilate(runs, np.ones((5, 5), np.uint8)))
    framing = np.isin(groups, np.unique(groups[(across | down) > 0])) & (runs > 0)
    return without_specks(np.where(framing, 0, lines).astype(np.uint8), SPECK)


def straight_runs(on: Lines, length: int, axis: int) -> Lines:
    """Return (H, W), 1 where at least ``length`` pixels of 1 stand in a row along an axis, else 0."""
    kernel = np.ones((length, 1) if axis == 0 else (1, length), np.uint8)
    return np.asarray(cv2.morphologyEx(on, cv2.MORPH_OPEN, kernel), np.uint8)
