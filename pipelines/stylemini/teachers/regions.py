"""Colours and borders of the pieces that a canvas is cut into."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.stylemini.teachers.canvas import Floats

Labels = NDArray[np.int64]


def mean_colors(color: Floats, labels: Labels) -> Floats:
    """Return (N, 3), the mean colour of each label of (H, W); black of labels without a pixel."""
    flat = labels.ravel()
    counts = np.bincount(flat)
    sums = [np.bincount(flat, color[..., channel].ravel(), len(counts)) for channel in range(3)]
    return (np.stack(sums, axis=-1) / np.maximum(counts, 1)[:, None]).astype(np.float32)


def distance_inside(labels: Labels) -> Floats:
    """Return how far (H, W) each pixel lies from the nearest other label, in pixels."""
    edge = np.zeros(labels.shape, bool)
    edge[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    edge[:-1] |= labels[:-1] != labels[1:]
    return np.asarray(ndimage.distance_transform_edt(~edge), np.float32)
