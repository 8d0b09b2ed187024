"""Metallic texture: the picture embossed in chrome or gold."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    blur,
    close_canvas,
    color_ramp,
    feature_scale,
    luminance,
    open_canvas,
    pixel_grid,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.lines import ink_lines
from pipelines.stylemini.teachers.textures import lit_relief, slopes, smooth_noise, streaks

# From the darkest reflection to the brightest.
CHROME = ((0.03, 0.035, 0.05), (0.29, 0.31, 0.35), (0.66, 0.69, 0.74), (0.98, 0.99, 1.0))
GOLD = ((0.10, 0.055, 0.0), (0.53, 0.35, 0.03), (0.93, 0.71, 0.17), (1.0, 0.97, 0.68))
CHROME_SHARE = 0.6  # of seeds
# What a polished surface mirrors, from straight down to straight up: ground, horizon, sky, cloud, sky.
ENVIRONMENT = (0.02, 0.22, 0.5, 0.12, 0.02, 0.55, 0.95, 0.75, 0.45, 0.8, 1.0)


def metallic_texture(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3): luminance as the height of polished metal; the seed chooses the metal and its brushing."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    metal = CHROME if rng.random() < CHROME_SHARE else GOLD
    gray = stretch_contrast(luminance(open_canvas(pixels)))
    smooth = np.asarray(cv2.bilateralFilter(gray, 11, 0.2, 4 * scale), np.float32)
    height = 30 * blur(smooth, 1.3 * scale) + 50 * blur(smooth, 4.0 * scale)
    right, down = slopes(height)
    tilt = (0.8 * down + 0.6 * right) / np.sqrt(1 + right**2 + down**2)
    brushing = streaks(rng, 110, 1.4 * scale, 0.0)
    level = blur(smooth, 2.5 * scale) - 0.5
    facing = 0.5 + 0.42 * tilt + 0.22 * level + 0.09 * sheen(rng) + 0.012 * brushing
    mirrored = np.interp(facing, np.linspace(0, 1, len(ENVIRONMENT)), ENVIRONMENT).astype(np.float32)
    engraved = ink_lines(gray, 1.2 * scale, 16, 0.01)
    # Some of the picture's own tone is kept, so that it is still told what it shows.
    tone = (0.46 * mirrored + 0.54 * smooth + 0.045 * brushing + glints(height)) * (1 - 0.6 * engraved)
    return close_canvas(color_ramp(tone.clip(0, 1), metal), pixels.shape[0])


def sheen(rng: np.random.Generator) -> Floats:
    """Return the broad slanting bands (256, 256) in [-1, 1] that a lamp leaves on a nearly flat sheet."""
    y, x = (ticks / SIDE for ticks in pixel_grid())
    angle, phase = rng.uniform(0.5, 1.1), rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x + np.sin(angle) * y + 0.03 * smooth_noise(rng, 3)
    return np.asarray(np.sin(2 * np.pi * 1.7 * along + phase), np.float32)


def glints(height: Floats) -> Floats:
    """Return the highlights (256, 256) of slopes that face the lamp."""
    return 0.5 * smoothstep(lit_relief(height), 0.45, 0.8)
