"""A source's pictures in memory, as bytes, for networks that are faster than any reader."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.images import to_rgb
from pipelines.data.entries import Entry, Source
from pipelines.data.loading import EndlessBatches

logger = logging.getLogger("pipelines.training")


@dataclass(frozen=True)
class Resident:
    """Square pictures of equal size with their classes.

    Attributes:
        pictures: (N, 3, S, S) uint8.
        labels: (N,) int64, numbers into ``classes``.
        classes: names, sorted.
    """

    pictures: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, where: torch.device) -> Resident:
        """Return the same on a device, so that it never waits for pictures to be copied."""
        return replace(self, pictures=self.pictures.to(where), labels=self.labels.to(where))

    def batches(self, batch_size: int, *, seed: int, start: int) -> Iterator[Mapping[str, Tensor]]:
        """Yield ``picture`` (B, 3, S, S) uint8 and ``label`` (B,) epoch after epoch, for ever, from a batch on."""
        for chosen in EndlessBatches(len(self), batch_size, seed, start):
            numbers = torch.tensor([number for _, number in chosen])
            yield {"picture": self.pictures[numbers], "label": self.labels[numbers]}


def load_resident(
    source: Source, entries: Iterable[Entry], size: int, *, classes: Sequence[str] | None = None, progress: bool = False
) -> Resident:
    """Read pictures, cut to their middle square, at one size.

    Args:
        source: where they are.
        entries: which of them; bad ones are left out, and counted in the log.
        size: side, pixels.
        classes: names in the order of their numbers; those that occur, sorted, by default.
        progress: show a progress bar.

    Raises:
        Misuse: no usable picture, or one of no known class.
    """
    pictures, names, bad = [], [], 0
    for entry in tqdm(list(entries), desc="reading", disable=not progress, leave=False):
        try:
            pictures.append(square(source.load(entry), size))
            names.append(entry.label)
        except StudioError:
            bad += 1
    if not pictures:
        raise Misuse("data_no_images", given=source.name, skipped=bad)
    if bad:
        logger.info("%s: %d pictures cannot be read", source.name, bad)
    known = tuple(sorted(set(names)) if classes is None else classes)
    if not set(names) <= set(known):
        raise Misuse("setting_invalid", name="data", detail=f"unknown class {min(set(names) - set(known))!r}")
    numbers = {name: number for number, name in enumerate(known)}
    stack = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return Resident(stack, torch.tensor([numbers[name] for name in names]), known)


def to_unit(pictures: Tensor) -> Tensor:
    """Return bytes (B, 3, S, S) as numbers in [-1, 1]."""
    return pictures.float() / 127.5 - 1


def to_bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """Return numbers (B, 3, S, S) about in [-1, 1] as bytes (B, S, S, 3)."""
    bytes_ = ((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(bytes_.permute(0, 2, 3, 1).cpu().numpy())


def square(image: Image.Image, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the middle square of a picture, (size, size, 3)."""
    return np.asarray(ImageOps.fit(to_rgb(image), (size, size), Image.Resampling.BICUBIC), np.uint8)
