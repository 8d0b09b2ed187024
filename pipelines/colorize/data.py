"""Colour photographs as pairs of lightness and colour, and which photographs are fit to teach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from pipelines.colorize.color import CHROMA, has_color, to_lab
from pipelines.common.errors import Misuse
from pipelines.common.images import to_rgb
from pipelines.data.entries import Entry, Source
from pipelines.data.examples import Examples
from pipelines.edges.cutouts import Floats
from pipelines.metrics.pictures import Pixels

LEAST_CROP = 0.9  # of the area, as published
DARKEST, BRIGHTEST = 0.15, 0.85  # mean brightness, of 1
FLATTEST = 0.1  # standard deviation of brightness, of 1


@dataclass(frozen=True)
class Cleaned:
    """What cleaning left.

    Attributes:
        entries: pictures fit to teach.
        dropped: how many were not, by reason: ``small``, ``grey``, ``dark``, ``bright``, ``flat``.
    """

    entries: Sequence[Entry]
    dropped: Counter[str]

    def report(self) -> str:
        """Return one line for a log."""
        named = ", ".join(f"{count} {reason}" for reason, count in sorted(self.dropped.items()))
        return f"{len(self.entries)} kept, dropped {named or 'none'}"


def clean(source: Source, entries: Sequence[Entry], *, min_side: int, progress: bool = False) -> Cleaned:
    """Drop the pictures that teach no colours: too small, grey, too dark, too bright or too flat.

    Args:
        source: where they are.
        entries: which of them; each can be decoded.
        min_side: shorter side below which a picture is dropped, pixels.
        progress: show a progress bar.

    Raises:
        Misuse: none is left.
    """
    shown = tqdm(entries, desc="cleaning", disable=not progress, leave=False)
    reasons = [unfit(source.load(entry), min_side) for entry in shown]
    kept = [entry for entry, reason in zip(entries, reasons, strict=True) if reason is None]
    dropped = Counter(reason for reason in reasons if reason is not None)
    if not kept:
        raise Misuse("data_no_images", given=source.name, skipped=dropped.total())
    return Cleaned(kept, dropped)


def unfit(image: Image.Image, min_side: int) -> str | None:
    """Return why a picture is not fit to teach, None where it is.

    The limits are the published course's; its test for grey, which overflowed, gives way to one that knows sepia too.
    """
    if min(image.size) < min_side:
        return "small"
    pixels = np.asarray(to_rgb(image))
    brightness = pixels.mean(axis=2, dtype=np.float32) / 255
    if not has_color(pixels):
        return "grey"
    if brightness.mean() < DARKEST:
        return "dark"
    if brightness.mean() > BRIGHTEST:
        return "bright"
    return "flat" if brightness.std() < FLATTEST else None


def square(image: Image.Image, size: int) -> Pixels:
    """Return the centre square (size, size, 3) of a picture: what is held out is looked at this way."""
    rgb = to_rgb(image)
    side = min(rgb.size)
    method = Image.Resampling.BOX if side > size else Image.Resampling.BICUBIC
    left, top = (rgb.width - side) // 2, (rgb.height - side) // 2
    return np.asarray(rgb.crop((left, top, left + side, top + side)).resize((size, size), method))


class ColorizeData(Examples):
    """Augmented squares.

    Args:
        source: where the pictures are.
        entries: which of them.
        size: side of the squares, pixels.
        seed: of the augmentation.
        worn: share of pictures whose grey is made to look old: faded, grainy, soft. Their colours stay as they were.
    """

    def __init__(self, source: Source, entries: Sequence[Entry], *, size: int, seed: int, worn: float) -> None:
        super().__init__(source, entries, size=size, seed=seed)
        self.worn = worn

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return ``grey`` (1, S, S), ``ab`` (2, S, S) and ``rgb`` (3, S, S) of a square, each in [-1, 1]."""
        pixels = random_square(to_rgb(self.source.load(self.entries[number])), self.size, rng)
        lab = to_lab(pixels)
        grey = lab[..., 0] / np.float32(50) - 1
        if rng.random() < self.worn:
            grey = weathered(grey, rng)
        return {
            "grey": torch.from_numpy(grey)[None],
            "ab": torch.from_numpy(lab[..., 1:] / CHROMA).permute(2, 0, 1).contiguous(),
            "rgb": torch.from_numpy(pixels.astype(np.float32) / np.float32(127.5) - 1).permute(2, 0, 1).contiguous(),
        }


def random_square(rgb: Image.Image, size: int, rng: np.random.Generator) -> Pixels:
    """Return a square of 0.9 to 1 of the largest one's area, anywhere in the picture, mirrored half of the time."""
    side = min(rgb.size) * float(np.sqrt(rng.uniform(LEAST_CROP, 1)))
    left, top = rng.uniform(0, rgb.width - side), rng.uniform(0, rgb.height - side)
    box = (left, top, left + side, top + side)
    cut = rgb.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
    return np.asarray(cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else cut)


def weathered(grey: Floats, rng: np.random.Generator) -> Floats:
    """Return lightness (H, W) in [-1, 1] as an old print shows it: contrast lost, grain, softness."""
    low, high = rng.uniform(-1, -0.6), rng.uniform(0.6, 1)
    worn = (grey + 1) / 2 * (high - low) + low
    if rng.random() < 0.5:
        worn = cv2.GaussianBlur(np.asarray(worn, np.float32), (0, 0), float(rng.uniform(0.4, 1.2)))
    worn = worn + rng.normal(0, rng.uniform(0, 0.08), grey.shape)
    return np.asarray(np.clip(worn, -1, 1), np.float32)
