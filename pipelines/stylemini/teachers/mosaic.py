"""Mosaic: square stones of one colour each with pale grout between, small ones where the picture is rich in detail."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.stylemini.teachers.canvas import (
    LATENT,
    SIDE,
    Floats,
    Pixels,
    blur,
    close_canvas,
    latents_abreast,
    open_canvas,
    pixel_grid,
    saturate,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.textures import lit_relief, paper_grain

TILE = LATENT  # side of a large stone with its grout, in the picture's pixels; small ones have half of it
DETAIL = 0.045  # how far a quarter's colour lies from the square's, above which four small stones are laid
CONTRAST = 1.2  # of the stones, which the grout dulls
GROUT = np.array([0.52, 0.49, 0.45], np.float32)


def mosaic(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) in bevelled stones, on the latents' grid; the seed decides each stone's shade."""
    rng = np.random.default_rng(seed)
    count = latents_abreast(pixels)
    color = saturate(stretch_contrast(open_canvas(pixels)), 1.65)
    small, large = averaged(color, 2 * count), averaged(color, count)
    split = averaged(np.abs(small - repeated(large, 2 * count)).mean(axis=-1), count) > DETAIL
    stones = [tiles + rng.normal(0, 0.045, (*tiles.shape[:2], 1)) for tiles in (small, large)]
    is_small = repeated(split, SIDE)
    stone_colors = np.where(is_small[..., None], *(repeated(0.5 + CONTRAST * (one - 0.5), SIDE) for one in stones))
    pitch = SIDE / count
    side = np.where(is_small, pitch / 2, pitch)
    places = [(ticks + 0.5) % side for ticks in pixel_grid()]
    room = np.min([np.minimum(place, side - place) for place in places], axis=0)
    joint = 0.065 * pitch
    stone = smoothstep(room, joint - 0.7, joint + 0.7)[..., None]
    lit = lit_relief(blur(room.clip(joint, joint + 0.13 * side).astype(np.float32), 0.7))
    canvas = stone_colors * (1 + 0.5 * lit)[..., None] * (1 + 0.03 * paper_grain(rng, 2.0))[..., None]
    grout = GROUT * (1 + 0.05 * paper_grain(rng, 1.5))[..., None]
    return close_canvas((grout + stone * (canvas - grout)).astype(np.float32), pixels.shape[0])


def averaged(values: Floats, count: int) -> Floats:
    """Return the means (count, count, ...) of a canvas's squares."""
    return np.asarray(cv2.resize(values, (count, count), interpolation=cv2.INTER_AREA), np.float32)


def repeated(values: NDArray[Any], side: int) -> NDArray[Any]:
    """Return a table (N, N, ...) as a picture (side, side, ...) of N x N squares."""
    places = np.arange(side) * len(values) // side
    return values[places[:, None], places]
