"""Pictures as training takes them: square, premultiplied by their alpha, moved at random, laid on a plain colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.edges.finding import square

SIZE = 256  # pictures and lines are made at this size, then averaged down where a smaller one is trained
WHITE = np.array([1.0, 1.0, 1.0], np.float32)
Floats = NDArray[np.float32]


def cutout(image: Image.Image) -> Floats:
    """Return (256, 256, 4) in [0, 1], colours multiplied by alpha; an opaque picture is all animal."""
    pixels = image.convert("RGBA")
    if pixels.size != (SIZE, SIZE):  # multiplied before it is scaled: what is not seen must not shine through
        return np.asarray(square(np.asarray(pixels.convert("RGBa")), SIZE), np.float32) / np.float32(255)
    rgba = np.asarray(pixels, np.float32) / 255
    rgba[..., :3] *= rgba[..., 3:]
    return np.asarray(rgba, np.float32)


@dataclass(frozen=True)
class Move:
    """How an example is moved: mirrored first, then by a 2 x 3 affine matrix."""

    mirror: bool
    matrix: NDArray[np.float64]


def random_move(rng: np.random.Generator) -> Move:
    """Mirror half the time, scale by 0.6 to 1.05, turn by up to 12 degrees, and move."""
    mirror = bool(rng.random() < 0.5)
    scale, angle = float(rng.uniform(0.6, 1.05)), float(rng.uniform(-12, 12))
    matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), angle, scale)
    room = max(0.0, 1.0 - scale) * SIZE * 0.4
    matrix[:, 2] += rng.uniform(-room, room, 2)
    return Move(mirror, np.asarray(matrix, np.float64))


def warp(pixels: Floats, move: Move) -> Floats:
    """Move a premultiplied cut-out (H, W, 4), or a map (H, W); an opaque picture's border is repeated."""
    pixels = np.ascontiguousarray(pixels[:, ::-1] if move.mirror else pixels)
    opaque = pixels.ndim == 3 and bool(pixels[..., 3].min() > 0.99)
    border = cv2.BORDER_REPLICATE if opaque else cv2.BORDER_CONSTANT
    moved = cv2.warpAffine(pixels, move.matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(moved, np.float32)


def compose(rgba: Floats, background: Floats) -> Floats:
    """Lay a premultiplied cut-out on a plain colour."""
    return np.asarray((rgba[..., :3] + (1.0 - rgba[..., 3:]) * background).clip(0, 1), np.float32)


def straight(rgba: Floats) -> Floats:
    """Return the colours (H, W, 3) of a picture (H, W, 4) whose colours are multiplied by alpha, without that."""
    *colors, alpha = cv2.split(rgba)  # plane by plane: twice as fast
    alpha = np.maximum(alpha, np.float32(0.05))
    return np.asarray(cv2.merge([color / alpha for color in colors]), np.float32)


def within(alpha: Floats) -> Floats:
    """Return a mask (H, W) shrunk by six pixels, 0 or 1.

    Lines of a map are taken from within it alone: the outline outshines all that is near it, and is drawn from the mask
    anyway.
    """
    shrunk = cv2.erode((alpha > 0.5).astype(np.float32), np.ones((13, 13), np.uint8))
    return np.asarray(shrunk, np.float32)


def to_bytes(picture: Floats) -> NDArray[np.uint8]:
    """Return a picture in [0, 1] as 8-bit."""
    return (picture * 255).round().astype(np.uint8)
