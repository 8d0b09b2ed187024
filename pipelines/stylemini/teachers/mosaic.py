"""Mosaic: small square stones laid along the edges, with pale grout between."""

from __future__ import annotations

import numpy as np

from pipelines.stylemini.teachers.canvas import (
    Pixels,
    blur,
    close_canvas,
    feature_scale,
    luminance,
    open_canvas,
    saturate,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.orientation import edge_directions
from pipelines.stylemini.teachers.regions import mean_colors, square_tiles
from pipelines.stylemini.teachers.textures import lit_relief, paper_grain

SPACING = 13.0  # between stones on the canvas, in pixels
CONTRAST = 1.2  # of the stones, which the grout dulls
GROUT = np.array([0.52, 0.49, 0.45], np.float32)


def mosaic(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) in stones of one colour each, bevelled, in rows along the picture's directions."""
    rng = np.random.default_rng(seed)
    spacing = SPACING * feature_scale(pixels)
    color = saturate(stretch_contrast(open_canvas(pixels)), 1.65)
    angles = edge_directions(luminance(color), 12.0, rng)
    labels, local, lead = square_tiles(angles, spacing, rng)
    stones = 0.5 + CONTRAST * (mean_colors(color, labels) - 0.5)
    stones = stones + rng.normal(0, 0.045, (len(stones), 1)) + rng.normal(0, 0.02, stones.shape)
    half = spacing / 2
    # The border of a stone is where its square ends or its neighbour's begins.
    room = np.minimum(half * 1.02 - np.abs(local).max(axis=-1), lead / 2)
    joint = 0.065 * spacing
    stone = smoothstep(room, joint - 0.7, joint + 0.7)[..., None]
    lit = lit_relief(blur(room.clip(joint, joint + 0.13 * spacing), 0.7))
    canvas = stones[labels] * (1 + 0.5 * lit)[..., None]
    canvas = canvas * (1 + 0.03 * paper_grain(rng, 2.0))[..., None]
    grout = GROUT * (1 + 0.05 * paper_grain(rng, 1.5))[..., None]
    return close_canvas(grout + stone * (canvas - grout), pixels.shape[0])
