"""Watercolor: transparent washes with darker rims on white, grained paper."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    blur,
    close_canvas,
    feature_scale,
    flatten,
    luminance,
    open_canvas,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.textures import (
    cloudy_noise,
    displaced,
    lit_relief,
    paper_grain,
    slopes,
    smooth_noise,
)

PAPER = np.array([0.985, 0.975, 0.95], np.float32)


def watercolor(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) as washes of pigment that absorb light (Bousseau et al. 2006), with unpainted paper about."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    color = flatten(stretch_contrast(open_canvas(pixels)), 10, 0.12)
    wobble = [1.0 * scale * smooth_noise(rng, 26) + 1.6 * scale * smooth_noise(rng, 8) for _ in range(2)]
    color = displaced(color, *wobble)
    density = pigment(color)
    # The rim is as dark as the darker of the two washes that meet, and more.
    darker = cv2.dilate(density, np.ones((3, 3), np.uint8), iterations=round(1.5 * scale))
    density = density + 0.55 * rims(color, scale)[..., None] * darker
    grain = paper_grain(rng, 2.2 * scale)
    flow = 1 + 0.26 * cloudy_noise(rng, 5) + 0.1 * grain
    density *= flow.clip(0.35, 1.9)[..., None]
    density *= painted_area(rng, scale)[..., None]
    light = 1 + 0.05 * lit_relief(grain * scale)[..., None]
    return close_canvas(PAPER * np.exp(-density) * light, pixels.shape[0])


def pigment(color: Floats) -> Floats:
    """Return the optical density (256, 256, 3) of washes: light colours become bare paper, dark ones stay airy."""
    density = -np.log(color.clip(0.05, 1))
    mean = density.mean(axis=-1, keepdims=True)
    vivid = (mean + 1.7 * (density - mean)).clip(0)
    return np.asarray(0.62 * np.maximum(vivid - 0.12, 0), np.float32)


def rims(color: Floats, scale: float) -> Floats:
    """Return where (256, 256), in [0, 1], pigment has dried at the edges of washes."""
    right, down = slopes(blur(luminance(color), 1.0 * scale))
    return smoothstep(np.hypot(right, down), 0.006, 0.06)


def painted_area(rng: np.random.Generator, scale: float) -> Floats:
    """Return how much paint (256, 256), in [0, 1], there is: none along an uneven margin."""
    ticks = np.minimum(np.arange(SIDE), np.arange(SIDE)[::-1]).astype(np.float32)
    margin = np.minimum(ticks[:, None], ticks[None]) + 5 * smooth_noise(rng, 7) + 2 * smooth_noise(rng, 24)
    inside = smoothstep(margin, 10.0, 10.0 + 5 * scale)
    rim = smoothstep(margin, 10.0, 16.0) * (1 - smoothstep(margin, 16.0, 24.0))
    return inside * (1 + 0.35 * rim)
