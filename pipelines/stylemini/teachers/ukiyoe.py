"""Ukiyo-e print: flat areas of a few traditional pigments, indigo lines, a graded sky, washi paper."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    close_canvas,
    feature_scale,
    flatten,
    luminance,
    open_canvas,
    saturate,
    smoothstep,
    stretch_contrast,
    to_lab,
)
from pipelines.stylemini.teachers.lines import ink_lines
from pipelines.stylemini.teachers.textures import paper_grain, smooth_noise, streaks

PIGMENTS = np.array(
    [
        (0.93, 0.87, 0.72),  # bare paper
        (0.85, 0.74, 0.53),  # sand
        (0.76, 0.57, 0.27),  # ochre
        (0.77, 0.30, 0.19),  # vermilion
        (0.88, 0.62, 0.50),  # pale red
        (0.50, 0.57, 0.38),  # moss
        (0.26, 0.37, 0.31),  # pine
        (0.66, 0.76, 0.74),  # pale blue
        (0.33, 0.50, 0.60),  # blue
        (0.11, 0.22, 0.40),  # Prussian blue
        (0.45, 0.30, 0.20),  # brown
        (0.17, 0.15, 0.18),  # sumi ink
    ],
    np.float32,
)
SEAL = np.array([0.78, 0.16, 0.12], np.float32)
INDIGO = np.array([0.07, 0.10, 0.22], np.float32)


def ukiyoe_print(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) as a woodblock print in twelve pigments; the seed decides grain, gradation and seal."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    color = stretch_contrast(open_canvas(pixels))
    flat = flatten(color, 14, 0.16)
    canvas = printed(saturate(flat, 1.55))
    canvas = with_gradation(canvas, background(flat), rng)
    grain = streaks(rng, 60, 1.6 * scale, float(rng.uniform(-4, 4)))
    canvas = canvas * (1 + 0.018 * grain + 0.02 * paper_grain(rng, 2.0))[..., None]
    lines = ink_lines(luminance(color), 1.3 * scale, 20, 0.01)[..., None]
    canvas = canvas + 0.92 * lines * (INDIGO - canvas)
    return close_canvas(with_margin_and_seal(canvas, rng, scale), pixels.shape[0])


def printed(flat: Floats) -> Floats:
    """Return flat colours (256, 256, 3), made a little lighter, as their nearest pigments in Lab."""
    lab = to_lab(flat)
    lab[..., 0] = 16 + 0.84 * lab[..., 0]
    gaps = np.stack([np.square(lab - pigment).sum(axis=-1) for pigment in to_lab(PIGMENTS)], axis=-1)
    chosen = cv2.medianBlur(gaps.argmin(axis=-1).astype(np.uint8), 5)
    return np.asarray(cv2.GaussianBlur(PIGMENTS[chosen], (0, 0), 0.7), np.float32)


def background(flat: Floats) -> Floats:
    """Return where (256, 256), in [0, 1], the colours are those of the upper border."""
    lab = to_lab(np.asarray(cv2.resize(flat, (64, 64), interpolation=cv2.INTER_AREA), np.float32))
    samples = np.concatenate([lab[0, ::4], lab[2:32:4, 0], lab[2:32:4, -1]])
    gaps = np.stack([np.square(lab - sample).sum(axis=-1) for sample in samples], axis=-1).min(axis=-1)
    near = np.exp(-gaps / (2 * 9.0**2)).astype(np.float32)
    return np.asarray(cv2.resize(near, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1)


def with_gradation(canvas: Floats, behind: Floats, rng: np.random.Generator) -> Floats:
    """Wipe Prussian blue into the top of the background, as bokashi does."""
    depth = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None] + 0.015 * smooth_noise(rng, 3)
    end = float(rng.uniform(0.34, 0.5))
    blue = (1 - smoothstep(depth, 0.02, end)) ** 1.3 * behind
    pale = smoothstep(depth, 0.0, end) * behind * 0.35
    canvas = canvas + 0.9 * blue[..., None] * (PIGMENTS[9] - canvas)
    return np.asarray(canvas + pale[..., None] * (PIGMENTS[0] - canvas), np.float32)


def with_margin_and_seal(canvas: Floats, rng: np.random.Generator, scale: float) -> Floats:
    """Leave a margin of bare paper with a thin frame line, and stamp the red seal into one of the lower corners."""
    margin, line = round(7 * scale), max(2, round(2 * scale))
    framed = np.empty_like(canvas)
    framed[:] = PIGMENTS[0] * (1 + 0.02 * paper_grain(rng, 2.0))[..., None]
    framed[margin:-margin, margin:-margin] = INDIGO
    inner = margin + line
    framed[inner:-inner, inner:-inner] = canvas[inner:-inner, inner:-inner]
    height, width = round(26 * scale), round(15 * scale)
    bottom = SIDE - inner - round(5 * scale)
    left = inner + round(5 * scale)
    if rng.random() < 0.5:
        left = SIDE - left - width
    seal = framed[bottom - height : bottom, left : left + width]
    seal[:] = SEAL
    marks = np.asarray(cv2.resize(rng.random((5, 3)).astype(np.float32), (width - 4, height - 4)), np.float32)
    seal[2:-2, 2:-2][marks > 0.62] = PIGMENTS[0]
    return framed
