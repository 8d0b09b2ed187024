"""Square pictures, grey or in colour, as bytes and as images."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.data import resident

Pixels = NDArray[np.uint8]


def square(image: Image.Image, size: int, channels: int) -> Pixels:
    """Return the middle square of a picture, (C, size, size); grey is its luma (ITU-R 601)."""
    pixels = resident.square(image, size)
    if channels == 1:
        return np.array(Image.fromarray(pixels).convert("L"))[None]
    return np.array(pixels.transpose(2, 0, 1), order="C")


def to_pixels(pictures: Tensor) -> Pixels:
    """Return pictures (B, C, S, S) in [-1, 1] as RGB bytes (B, S, S, 3)."""
    return as_rgb(((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy())


def as_rgb(pixels: Pixels) -> Pixels:
    """Return bytes (B, C, S, S) as RGB, (B, S, S, 3)."""
    three = np.repeat(pixels, 3, axis=1) if pixels.shape[1] == 1 else pixels
    return np.ascontiguousarray(three.transpose(0, 2, 3, 1))
