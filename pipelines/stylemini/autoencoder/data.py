"""Training pictures: random squares of photographs, some of them drawn in a style."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from pipelines.common.images import to_rgb
from pipelines.data.entries import Entry, Source
from pipelines.data.loading import Index
from pipelines.data.resident import square
from pipelines.stylemini.teachers import STYLES, draw_in_style
from pipelines.stylemini.teachers.canvas import LATENT

SMALLEST = 0.7  # side of a random square, as a share of the picture's shorter side
DRAWN = tuple(style for style in STYLES if style != "photo")


class DrawnPictures(Dataset[dict[str, Tensor]]):
    """Pictures by (epoch, number), each a function of the seed, the epoch and the number.

    Args:
        source: the photographs.
        entries: those that train.
        size: side of the squares, pixels.
        styled: share that is drawn in a style, by chance any of them.
        seed: of squares, mirroring, styles and colours.
        exchanged: share whose red, green and blue change places, so that hues that photographs seldom have are kept.
    """

    def __init__(
        self, source: Source, entries: Sequence[Entry], size: int, styled: float, seed: int, exchanged: float = 0.0
    ) -> None:
        self.source, self.entries, self.size, self.styled, self.seed = source, entries, size, styled, seed
        self.exchanged = exchanged

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: Index) -> dict[str, Tensor]:
        """Return a photograph and what is made of it.

        Returns:
            ``picture`` (3, size, size) as bytes; ``drawn``, whether it was drawn in a style; ``style``, its number in
            ``STYLES``; ``photo``, the photograph, like ``picture``.
        """
        epoch, number = index
        rng = np.random.default_rng([self.seed, epoch, number])
        photo = pixels = random_square(to_rgb(self.source.load(self.entries[number])), self.size, rng)
        style = "photo"
        if rng.random() < self.styled:
            style = DRAWN[rng.integers(len(DRAWN))]
            pixels = draw_in_style(photo, style, int(rng.integers(2**31)))
        order = rng.permutation(3) if rng.random() < self.exchanged else np.arange(3)
        found = {name: as_channels(one[:, :, order]) for name, one in (("picture", pixels), ("photo", photo))}
        number_of_style = list(STYLES).index(style)
        return {**found, "drawn": torch.tensor(style != "photo"), "style": torch.tensor(number_of_style)}


def as_channels(pixels: NDArray[np.uint8]) -> Tensor:
    """Map (H, W, 3) to (3, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def random_square(image: Image.Image, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a square part of a picture, mirrored by chance, (size, size, 3)."""
    side = round(min(image.size) * rng.uniform(SMALLEST, 1))
    left, top = (int(rng.integers(length - side + 1)) for length in image.size)
    part = np.asarray(image.crop((left, top, left + side, top + side)), np.uint8)
    method = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    scaled = cv2.resize(part, (size, size), interpolation=method)
    return np.asarray(scaled[:, ::-1] if rng.random() < 0.5 else scaled, np.uint8)


def cut(pictures: Tensor, side: int, parts: int) -> Tensor:
    """Cut random square parts of pictures (B, 3, S, S), along the latents' squares: (B x parts, 3, side, side).

    What is convolutional learns from parts as from wholes, and from more pictures a second.
    """
    room = (pictures.shape[-1] - side) // LATENT + 1
    places = (torch.randint(room, (len(pictures), parts, 2)) * LATENT).tolist()
    found = [
        one[:, top : top + side, left : left + side]
        for one, corners in zip(pictures, places, strict=True)
        for top, left in corners
    ]
    return torch.stack(found)


def held_out_squares(source: Source, entries: Sequence[Entry], size: int) -> NDArray[np.uint8]:
    """Return the middle squares of pictures, (N, size, size, 3)."""
    return np.stack([square(source.load(entry), size) for entry in entries])
