"""Comic: flat bright colours, halftone dots in the shades, bold black lines."""

from __future__ import annotations

import numpy as np

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    close_canvas,
    feature_scale,
    flatten,
    from_lab,
    latents_abreast,
    luminance,
    open_canvas,
    pixel_grid,
    smoothstep,
    stretch_contrast,
    to_lab,
)
from pipelines.stylemini.teachers.lines import ink_lines

INK = np.array([0.05, 0.04, 0.07], np.float32)


def comic(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) as printed comics are: few bright colours, Ben-Day dots, ink; the seed decides its strength.

    The screen of dots repeats with the latents' squares.
    """
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    color = stretch_contrast(open_canvas(pixels))
    flat = flatten(color, 14, 0.16)
    tone = luminance(flat)
    light, shade = bright_colors(flat)
    dots = halftone(tone, SIDE / latents_abreast(pixels) / np.sqrt(2))[..., None]
    canvas = light + dots * (shade - light)
    strength = float(rng.uniform(18, 26))
    ink = np.maximum(ink_lines(luminance(color), 2.0 * scale, strength, 0.014), 1 - smoothstep(tone, 0.1, 0.16))
    return close_canvas(canvas + ink[..., None] * (INK - canvas), pixels.shape[0])


def bright_colors(flat: Floats) -> tuple[Floats, Floats]:
    """Return the paper's and the dots' colours (256, 256, 3) of flat ones: few lightnesses, high chroma."""
    lab = to_lab(flat)
    steps = np.array([30.0, 52.0, 74.0, 95.0], np.float32)
    level = np.abs(lab[..., :1] - steps).argmin(axis=-1)
    chroma = np.hypot(lab[..., 1], lab[..., 2]) + 1e-3
    wanted = np.where(chroma < 7, chroma, (2.1 * chroma).clip(34, 85))
    factor = (wanted / chroma)[..., None]
    light = np.concatenate([(steps[level] + 8).clip(0, 98)[..., None], lab[..., 1:] * factor], axis=-1)
    shade = np.concatenate([(steps[level] - 20).clip(0)[..., None], lab[..., 1:] * factor], axis=-1)
    return from_lab(light.astype(np.float32)), from_lab(shade.astype(np.float32))


def halftone(tone: Floats, pitch: float) -> Floats:
    """Return dots (256, 256) in [0, 1] on a grid turned by 45 degrees, larger where the tone is darker."""
    y, x = pixel_grid()
    u, v = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
    du, dv = u % pitch - pitch / 2, v % pitch - pitch / 2
    radius = pitch * 0.52 * np.sqrt((1.05 * (0.86 - tone)).clip(0, 1))
    return smoothstep(radius - np.hypot(du, dv), -0.8, 0.8)
