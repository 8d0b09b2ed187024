"""Pictures and the maps that a large detector made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from pipelines.data.entries import Entry, Source
from pipelines.data.examples import Examples
from pipelines.edges.cutouts import SIZE, WHITE, Floats, compose, cutout, random_move, warp
from pipelines.edges.maps import read_map


class LinesData(Examples):
    """Windows of pictures and their maps.

    Args:
        source: where the pictures are.
        entries: which of them; each has a map.
        maps: folder of the maps.
        size: side of the windows, pixels of a picture of 256.
        seed: of the augmentation.
    """

    def __init__(self, source: Source, entries: Sequence[Entry], *, maps: Path, size: int, seed: int) -> None:
        super().__init__(source, entries, size=size, seed=seed)
        self.maps = maps

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return ``picture`` (3, S, S) in [-1, 1] and ``lines`` (1, S, S) in [0, 1]."""
        entry, move = self.entries[number], random_move(rng)
        found = read_map(self.maps, entry)
        if found is None:
            raise FileNotFoundError(entry.key)
        picture = disturbed(compose(warp(cutout(self.source.load(entry)), move), WHITE), rng)
        moved = warp(found, move)
        top, left = (int(start) for start in rng.integers(0, SIZE - self.size + 1, 2))
        window = (slice(top, top + self.size), slice(left, left + self.size))
        return {
            "picture": torch.from_numpy(picture[window]).permute(2, 0, 1).contiguous() * 2 - 1,
            "lines": torch.from_numpy(np.ascontiguousarray(moved[window]))[None],
        }


def disturbed(picture: Floats, rng: np.random.Generator) -> Floats:
    """Return a picture (H, W, 3) in [0, 1] as another camera might have taken it: its lines are the same.

    Gamma and contrast change, each channel a little on its own; one in five loses its colour, one in four is blurred,
    one in four has grain.
    """
    gamma = float(np.exp(rng.normal(0, 0.25)))
    gain, shift = rng.normal(1, 0.15) * rng.normal(1, 0.05, 3), rng.normal(0, 0.05)
    picture = (picture**gamma - 0.5) * gain.astype(np.float32) + np.float32(0.5 + shift)
    if rng.random() < 0.2:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 1.5))), np.float32)
    if rng.random() < 0.25:
        picture = picture + rng.normal(0, float(rng.uniform(0.01, 0.05)), picture.shape).astype(np.float32)
    return np.asarray(picture.clip(0, 1), np.float32)
