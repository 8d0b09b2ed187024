"""Pictures that styles are tried on, and what a viewer sees of a drawing, as numbers."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from pipelines.stylemini.teachers import STYLES, draw_in_style
from pipelines.stylemini.teachers.canvas import Pixels

SIZE = 128
DRAWN = tuple(style for style in STYLES if style != "photo")
PICTURES = ("cat", "cup", "face", "rocket", "shapes")
Floats = NDArray[np.floating]


@cache
def picture(name: str, size: int = SIZE) -> Pixels:
    """Return a square of a picture of scikit-image, or one made here."""
    if name == "shapes":
        return drawn_shapes(size)
    if name in ("white", "gray", "dark"):
        return np.full((size, size, 3), {"white": 255, "gray": 128, "dark": 40}[name], np.uint8)
    whole, top, left, side = {
        "cat": (data.chelsea(), 0, 70, 300),
        "cup": (data.coffee(), 0, 120, 400),
        "face": (data.astronaut(), 0, 90, 300),
        "rocket": (data.rocket(), 40, 180, 380),
    }[name]
    return cv2.resize(whole[top : top + side, left : left + side], (size, size), interpolation=cv2.INTER_AREA)


def drawn_shapes(size: int) -> Pixels:
    canvas = np.full((256, 256, 3), (205, 215, 225), np.uint8)
    canvas[170:] = (90, 140, 60)
    cv2.circle(canvas, (90, 110), 60, (200, 60, 50), -1)
    cv2.rectangle(canvas, (140, 70), (230, 210), (40, 50, 120), -1)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)


@cache
def drawn(name: str, style: str, seed: int = 0, size: int = SIZE) -> Pixels:
    return draw_in_style(picture(name, size), style, seed)


def gray(pixels: Pixels) -> Floats:
    return pixels.astype(np.float32).mean(axis=-1) / 255


def likeness(one: Pixels, other: Pixels) -> float:
    """Return the correlation of two pictures' luminances inside an eighth, blurred by a 25th of their side."""
    margin = len(one) // 8
    blurred = [cv2.GaussianBlur(gray(pixels), (0, 0), len(pixels) / 25) for pixels in (one, other)]
    inner = [values[margin:-margin, margin:-margin].ravel() for values in blurred]
    return float(np.corrcoef(*inner)[0, 1])


def hues(pixels: Pixels) -> tuple[Floats, Floats]:
    """Return hue in degrees and saturation in [0, 1] of each pixel, (N,) each."""
    hsv = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2HSV).reshape(-1, 3)
    return hsv[:, 0], hsv[:, 1]


def slope_energy(values: Floats, angle: float) -> float:
    """Return the mean square of the slope along a direction, in degrees from the right, turning down."""
    down, right = np.gradient(values)
    turn = np.deg2rad(angle)
    return float(np.square(right * np.cos(turn) + down * np.sin(turn)).mean())
