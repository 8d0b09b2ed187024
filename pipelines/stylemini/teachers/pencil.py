"""Pencil sketch: graphite lines and hatching on paper."""

from __future__ import annotations

import numpy as np

from pipelines.stylemini.teachers.canvas import (
    Floats,
    Pixels,
    blur,
    close_canvas,
    feature_scale,
    luminance,
    open_canvas,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.lines import ink_lines
from pipelines.stylemini.teachers.textures import displaced, paper_grain, smooth_noise, streaks

# Direction of a layer of hatching in degrees, and the tone under which it is laid.
HATCHING = ((48.0, 0.8), (40.0, 0.5), (-46.0, 0.28))
PAPER, GRAPHITE = 0.975, 0.2


def pencil_sketch(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3), grey: contours, a little smudged tone, and hatching that crosses in the shadows."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    gray = stretch_contrast(luminance(open_canvas(pixels)))
    wobble = [1.1 * scale * smooth_noise(rng, 14) for _ in range(2)]
    lines = displaced(ink_lines(gray, 1.4 * scale, 16, 0.006), *wobble)
    tooth = paper_grain(rng, 1.6)
    ink = 0.95 * lines * (1 + 0.12 * tooth)
    tone = blur(gray, 2.0)
    for angle, level in HATCHING:
        ink = np.maximum(ink, hatching(rng, tone, level, angle + float(rng.uniform(-6, 6)), scale))
    smudge = 0.28 * (1 - tone) ** 1.5
    ink = (ink + smudge * (1 - ink)) * (1 + 0.07 * tooth)
    page = PAPER - (PAPER - GRAPHITE) * ink.clip(0, 1) + 0.008 * tooth
    return close_canvas(np.repeat(page[..., None], 3, axis=-1).astype(np.float32), pixels.shape[0])


def hatching(rng: np.random.Generator, tone: Floats, level: float, angle: float, scale: float) -> Floats:
    """Return strokes (256, 256) in [0, 1] along ``angle``, denser the darker the tone is below ``level``."""
    strokes = streaks(rng, 34 * scale, 1.5 * scale, angle)
    depth = ((level - tone) / level).clip(0, 1)
    return (0.35 + 0.4 * depth) * smoothstep(strokes + depth, 0.7, 1.4) * smoothstep(depth, 0.0, 0.15)
