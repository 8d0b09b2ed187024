"""The canvas that every teacher draws on, at twice the main size and averaged down, and colour arithmetic on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]
Teacher = Callable[[Pixels, int], Pixels]

SIDE = 256  # of the canvas, in pixels
LATENT = 8  # side of the square that a latent stands for, in the picture's pixels
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def open_canvas(pixels: Pixels) -> Floats:
    """Return a picture (S, S, 3) as a canvas (256, 256, 3) in [0, 1]."""
    grown = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.float32) / 255


def close_canvas(canvas: Floats, size: int) -> Pixels:
    """Average a canvas (256, 256, 3) down to a picture (size, size, 3)."""
    shrunk = cv2.resize(canvas.clip(0, 1), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray((shrunk * 255).round().clip(0, 255), np.uint8)


def pixel_grid() -> tuple[Floats, Floats]:
    """Return y and x (256, 256) of the canvas's pixels."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return y.astype(np.float32), x.astype(np.float32)


def feature_scale(pixels: Pixels) -> float:
    """Return how much wider lines, pieces and strokes are drawn on the canvas, so that small pictures keep them."""
    return max(1.0, float((128 / pixels.shape[0]) ** 0.6))


def latents_abreast(pixels: Pixels) -> int:
    """Return how many latents a picture's side has.

    Where eight divides the side, marks that repeat with their squares are the same for every latent: none has to tell
    where they lie, only that they are there. Pictures larger than the canvas have as many as it has.
    """
    return min(int(pixels.shape[0]), SIDE) // LATENT


def luminance(color: Floats) -> Floats:
    """Return (H, W) of (H, W, 3)."""
    return np.asarray(color @ LUMA, np.float32)


def blur(values: Floats, sigma: float) -> Floats:
    """Return a canvas blurred by a Gaussian of ``sigma`` pixels."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)


def saturate(color: Floats, factor: float) -> Floats:
    """Move colours (H, W, 3) away from their grey by ``factor``; 0 gives the grey."""
    gray = luminance(color)[..., None]
    return np.asarray((gray + factor * (color - gray)).clip(0, 1), np.float32)


def stretch_contrast(color: Floats, percent: float = 1.0, least: float = 0.25) -> Floats:
    """Spread a canvas so that all but ``percent`` at either end fill [0, 1].

    Args:
        color: (H, W) or (H, W, 3).
        percent: of the luminance left out at either end.
        least: the narrowest range that is spread fully; a plain picture keeps its tone.
    """
    gray = color if color.ndim == 2 else luminance(color)
    low, high = np.percentile(gray, [percent, 100 - percent])
    middle, spread = (low + high) / 2, high - low
    share = min(1.0, spread / least)
    return np.asarray(((color - middle) / max(spread, least) + middle + share * (0.5 - middle)).clip(0, 1), np.float32)


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """Return 0 below ``low``, 1 above ``high``, and a smooth rise between."""
    t = ((values - low) / (high - low)).clip(0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def flatten(color: Floats, radius: float, tolerance: float) -> Floats:
    """Return colours (256, 256, 3) smoothed into flat areas whose edges stay, by mean shift (Comaniciu and Meer 2002).

    Args:
        color: in [0, 1].
        radius: of the window in space, in pixels.
        tolerance: of the window in colour, in [0, 1].
    """
    half = cv2.resize(color, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
    levels = np.asarray((half * 255).round(), np.uint8)
    shifted = cv2.pyrMeanShiftFiltering(levels, radius / 2, tolerance * 255, maxLevel=0)
    return np.asarray(cv2.resize(shifted, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32) / 255


def to_lab(color: Floats) -> Floats:
    """Return CIE Lab (..., 3), L in [0, 100], of RGB (..., 3) in [0, 1]."""
    flat = np.ascontiguousarray(color.reshape(-1, 1, 3), np.float32)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2Lab), np.float32).reshape(color.shape)


def from_lab(lab: Floats) -> Floats:
    """Return RGB (..., 3) in [0, 1] of CIE Lab (..., 3)."""
    flat = np.ascontiguousarray(lab.reshape(-1, 1, 3), np.float32)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_Lab2RGB), np.float32).reshape(lab.shape).clip(0, 1)


def color_ramp(tone: Floats, stops: Sequence[Sequence[float]]) -> Floats:
    """Return RGB (H, W, 3) of tones (H, W) in [0, 1], linear between evenly spaced colours."""
    places = np.linspace(0, 1, len(stops))
    channels = [np.interp(tone, places, [stop[channel] for stop in stops]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
