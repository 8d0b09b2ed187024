"""Cutting a canvas into pieces that follow the picture: superpixels and oriented square tiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from pipelines.stylemini.teachers.canvas import SIDE, Floats, pixel_grid

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


def square_tiles(
    angles: Floats, spacing: float, rng: np.random.Generator, rounds: int = 12
) -> tuple[Labels, Floats, Floats]:
    """Lay square tiles along directions: centroidal Voronoi regions of a turned maximum norm (Hausner 2001).

    Args:
        angles: (256, 256), in radians.
        spacing: between centres, in pixels.
        rng: of the first places, far enough from a grid for rows to turn.
        rounds: of moving centres to their regions' means, by every fifth pixel of the canvas.

    Returns:
        The tile (256, 256) of each pixel; its place (256, 256, 2) in the tile's own axes, in pixels; and how much
        nearer (256, 256) its centre is than the next, in pixels.
    """
    ticks = np.arange(spacing / 2, SIDE + spacing / 2, spacing)
    y, x = np.meshgrid(ticks, ticks, indexing="ij")
    centres = np.stack([y.ravel(), x.ravel()], axis=-1) + rng.uniform(-0.8, 0.8, (x.size, 2)) * spacing
    for _ in range(rounds):
        rough = (places(5) + rng.uniform(0, 5, 2)).astype(np.float32)
        owner = nearest_tile(rough, centres, angles)[0]
        counts = np.bincount(owner, minlength=len(centres))
        sums = [np.bincount(owner, rough[:, axis], len(centres)) for axis in range(2)]
        means = np.stack(sums, axis=-1) / np.maximum(counts, 1)[:, None]
        centres = np.where(counts[:, None] > 0, means, centres)
    owner, local, lead = nearest_tile(places(1), centres, angles)
    shape = (SIDE, SIDE)
    return owner.reshape(shape), local.reshape(*shape, 2), lead.reshape(shape)


def places(step: int) -> Floats:
    """Return (N, 2), y and x of every ``step``-th pixel of the canvas."""
    y, x = pixel_grid()
    return np.stack([y[::step, ::step].ravel(), x[::step, ::step].ravel()], axis=-1)


def nearest_tile(points: Floats, centres: Floats, angles: Floats) -> tuple[Labels, Floats, Floats]:
    """Return for points (N, 2) the nearest centre, the place in its turned axes, and the lead over the next one."""
    _, near = cKDTree(centres).query(points, k=4)
    rows, columns = centres.clip(0, SIDE - 1).astype(int).T
    turn = angles[rows, columns]
    away = points[:, None] - centres[near]
    cos, sin = np.cos(turn)[near], np.sin(turn)[near]
    local = np.stack([cos * away[..., 1] + sin * away[..., 0], cos * away[..., 0] - sin * away[..., 1]], axis=-1)
    far = np.abs(local).max(axis=-1)
    order = far.argsort(axis=1)[:, :2]
    pairs = np.take_along_axis(far, order, axis=1)
    each = np.arange(len(points))
    first = order[:, 0]
    lead = (pairs[:, 1] - pairs[:, 0]).astype(np.float32)
    return near[each, first].astype(np.int64), local[each, first].astype(np.float32), lead
