"""Stained glass: pieces of glowing coloured glass that follow the picture, between thick dark lead."""

from __future__ import annotations

import numpy as np
from skimage.segmentation import slic

from pipelines.stylemini.teachers.canvas import (
    Floats,
    Pixels,
    blur,
    close_canvas,
    feature_scale,
    flatten,
    from_lab,
    open_canvas,
    smoothstep,
    stretch_contrast,
    to_lab,
)
from pipelines.stylemini.teachers.regions import Labels, distance_inside, mean_colors
from pipelines.stylemini.teachers.textures import cloudy_noise, lit_relief, smooth_noise

PIECES = 90
LEAD = np.array([0.055, 0.05, 0.06], np.float32)


def stained_glass(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) as superpixels (SLIC, Achanta et al. 2012) of jewel colours, leaded, lit from behind."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    color = stretch_contrast(open_canvas(pixels))
    labels = pieces(color, round(PIECES / scale), rng)
    inside = distance_inside(labels)
    glass = jewel_colors(mean_colors(color, labels), rng)[labels]
    glow = 0.78 + 0.4 * smoothstep(inside, 2.0, 12.0 * scale)
    ripples = 1 + 0.07 * cloudy_noise(rng, 14, 3)
    canvas = glass * (glow * ripples)[..., None]
    width = 2.2 * scale
    leading = 1 - smoothstep(inside, width - 0.8, width + 0.8)
    shine = lit_relief(blur(leading, 1.2) * 4).clip(0)[..., None]
    lead = LEAD + 0.22 * shine
    return close_canvas(canvas + leading[..., None] * (lead - canvas), pixels.shape[0])


def pieces(color: Floats, count: int, rng: np.random.Generator) -> Labels:
    """Return labels (256, 256) of about ``count`` pieces whose borders follow the edges."""
    smooth = flatten(color, 12, 0.12)
    # A faint tint of its own gives each place an irregular piece where the picture is flat.
    tint = np.stack([smooth_noise(rng, 11) for _ in range(3)], axis=-1)
    labels = slic(smooth + 0.045 * tint, count, compactness=12, sigma=2.0, start_label=0)
    return np.asarray(labels, np.int64)


def jewel_colors(colors: Floats, rng: np.random.Generator) -> Floats:
    """Return glass (N, 3) of colours (N, 3): far more saturated; greys take blue where dark, amber where light."""
    lab = to_lab(colors)
    lightness = lab[:, 0].copy()
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.arctan2(lab[:, 2], lab[:, 1])
    tint = np.where(lightness > 82, 1.35, -1.1) + rng.normal(0, 0.15, len(lab))
    gray = np.exp(-((chroma / 13) ** 2))
    x = (1 - gray) * np.cos(hue) + gray * np.cos(tint)
    y = (1 - gray) * np.sin(hue) + gray * np.sin(tint)
    turned = np.arctan2(y, x) + rng.normal(0, 0.12, len(lab))
    vivid = (2.2 * chroma + 16).clip(30, 85)
    lifted = 18 + 0.78 * lightness + rng.normal(0, 4, len(lab))
    return from_lab(np.stack([lifted, vivid * np.cos(turned), vivid * np.sin(turned)], axis=-1).astype(np.float32))
