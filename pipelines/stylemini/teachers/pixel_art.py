"""Pixel art: 32 x 32 blocks in few colours with dark outlines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.stylemini.teachers.canvas import (
    Floats,
    Pixels,
    from_lab,
    luminance,
    open_canvas,
    saturate,
    stretch_contrast,
    to_lab,
)

BLOCKS = 32
COLORS = 14
ROUNDS = 8  # of k-means
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47


def pixel_art(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) in 32 x 32 blocks of at most 14 colours; the seed decides the palette and the dither."""
    rng = np.random.default_rng(seed)
    canvas = saturate(stretch_contrast(open_canvas(pixels)), 1.45)
    blocks = np.asarray(cv2.resize(canvas, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA), np.float32)
    blocks = (blocks + 0.6 * (blocks - cv2.GaussianBlur(blocks, (0, 0), 1.2))).clip(0, 1).astype(np.float32)
    lab = to_lab(blocks)
    palette = fitted_palette(lab.reshape(-1, 3), rng)
    shift = rng.integers(0, 4, 2)
    lab[..., 0] += 7 * np.tile(np.roll(BAYER, shift, (0, 1)), (BLOCKS // 4, BLOCKS // 4))
    chosen = nearest(lab.reshape(-1, 3), palette).reshape(BLOCKS, BLOCKS)
    chosen[outlines(luminance(blocks))] = int(palette[:, 0].argmin())
    colors = (from_lab(palette) * 255).round().astype(np.uint8)
    size = pixels.shape[0]
    return np.asarray(cv2.resize(colors[chosen], (size, size), interpolation=cv2.INTER_NEAREST), np.uint8)


def fitted_palette(lab: Floats, rng: np.random.Generator) -> Floats:
    """Return (14, 3) colours for points (N, 3) in Lab: k-means whose first centres are far apart (k-means++)."""
    centres = lab[rng.integers(len(lab))][None]
    for _ in range(COLORS - 1):
        gaps = np.square(lab[:, None] - centres[None]).sum(axis=-1).min(axis=1) + 1e-6
        centres = np.concatenate([centres, lab[rng.choice(len(lab), p=gaps / gaps.sum())][None]])
    for _ in range(ROUNDS):
        owner = nearest(lab, centres)
        members = [lab[owner == index] for index in range(COLORS)]
        centres = np.stack([one.mean(axis=0) if len(one) else old for one, old in zip(members, centres, strict=True)])
    return np.asarray(centres, np.float32)


def nearest(points: Floats, centres: Floats) -> NDArray[np.int64]:
    """Return for each of (N, 3) points the index of the nearest of (K, 3) centres."""
    return np.asarray(np.square(points[:, None] - centres[None]).sum(axis=-1).argmin(axis=1), np.int64)


def outlines(gray: Floats) -> NDArray[np.bool_]:
    """Return which blocks (32, 32) are the dark side of a strong edge."""
    brightest = cv2.dilate(gray, np.ones((3, 3), np.uint8))
    step = brightest - gray
    darker = gray <= cv2.GaussianBlur(gray, (0, 0), 1.5)
    return np.asarray((step > 0.3) & darker & (gray < 0.45), np.bool_)
