"""Wood texture: the picture inlaid in woods of several tones, its lines burnt in."""

from __future__ import annotations

import cv2
import numpy as np
from scipy import stats

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    blur,
    close_canvas,
    color_ramp,
    feature_scale,
    flatten,
    luminance,
    open_canvas,
    pixel_grid,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.lines import ink_lines
from pipelines.stylemini.teachers.textures import lit_relief, smooth_noise, streaks

# Dark and light grain of walnut, mahogany, cherry, oak and maple.
WOODS = (
    ((0.10, 0.045, 0.02), (0.30, 0.16, 0.08)),
    ((0.26, 0.11, 0.05), (0.50, 0.26, 0.13)),
    ((0.42, 0.21, 0.09), (0.70, 0.43, 0.22)),
    ((0.56, 0.35, 0.16), (0.84, 0.62, 0.36)),
    ((0.70, 0.50, 0.27), (0.97, 0.83, 0.58)),
)


def wood_texture(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3): each level of luminance a wood with a grain of its own, carved and burnt along the edges."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    color = stretch_contrast(open_canvas(pixels))
    level = wood_levels(luminance(flatten(color, 10, 0.12)))
    lean = float(rng.uniform(-10, 10))
    canvas = np.zeros((SIDE, SIDE, 3), np.float32)
    for index, wood in enumerate(WOODS):
        share = (1 - np.abs(level - index)).clip(0, 1)[..., None]
        canvas += share * color_ramp(grain(rng, lean + float(rng.uniform(-14, 14)), scale), wood)
    burnt = ink_lines(luminance(color), 1.5 * scale, 18, 0.012)[..., None]
    light = lit_relief(blur(level, 1.0 * scale) * 4)[..., None]
    canvas = canvas * (1 + 0.3 * light) * (1 - 0.75 * burnt)
    return close_canvas(canvas, pixels.shape[0])


def wood_levels(gray: Floats) -> Floats:
    """Return which wood (256, 256), 0 to 4, a luminance gets, with short passages from one to the next."""
    even = 0.5 * gray + 0.5 * stats.rankdata(gray.round(3)).reshape(gray.shape) / gray.size
    level = even * (len(WOODS) - 1)
    below = np.floor(level)
    return np.asarray(below + smoothstep(level - below, 0.38, 0.62), np.float32)


def grain(rng: np.random.Generator, angle: float, scale: float) -> Floats:
    """Return the grain (256, 256) of a plank, 0 in late wood and 1 in early wood.

    Args:
        rng: of the rings and fibres.
        angle: of the fibres from the horizontal, in degrees.
        scale: of the rings' widths.
    """
    y, x = (ticks / SIDE for ticks in pixel_grid())
    turn = np.deg2rad(angle)
    across = y * np.cos(turn) + x * np.sin(turn)
    rings = across * 13 / scale + 0.9 * smooth_noise(rng, 3, 1.5) + 0.12 * smooth_noise(rng, 14, 4)
    phase = rings % 1
    # Early wood darkens slowly to late wood, then the next year begins at once.
    year = np.minimum((1 - phase) ** 0.8, phase * 7)
    fibres = streaks(rng, 44, 1.3 * scale, angle)
    pores = (streaks(rng, 16, 1.4 * scale, angle) > 1.7).astype(np.float32)
    plank = 0.6 * year + 0.28 + 0.13 * fibres - 0.45 * cv2.blur(pores, (2, 2))
    return np.asarray(plank.clip(0, 1), np.float32)
