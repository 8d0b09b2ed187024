"""What a feature extractor is: the numbers by which a distance compares pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

Pixels = NDArray[np.uint8]  # (H, W, 3)
Pictures = Sequence[Pixels] | NDArray[np.uint8]  # pictures of equal size, in a list or stacked (N, H, W, 3)
Features = NDArray[np.float64]  # (N, D)
HASH_DIGITS = 12  # of a SHA-256 that a report shows


class Extractor(Protocol):
    """Maps pictures to features.

    Attributes:
        name: snake_case; the metrics that it gives end in it.
        sha256: the first digits of its weights' digest: figures of two digests do not compare.
    """

    @property
    def name(self) -> str:
        """Return the name."""
        ...

    @property
    def sha256(self) -> str:
        """Return the digest's first digits."""
        ...

    def features(self, pictures: Pictures) -> Features:
        """Return the features (N, D) of pictures (N, H, W, 3), 0 to 255."""
        ...


@runtime_checkable
class ClassifyingExtractor(Extractor, Protocol):
    """An extractor whose features lead to probabilities of classes, as the inception score needs."""

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Return the probabilities (N, C) of the pictures with these features (N, D)."""
        ...


def batches(pictures: Pictures, side: int, size: int) -> Iterator[Tensor]:
    """Yield pictures as batches (B, 3, side, side) in [-1, 1], B at most ``size``."""
    for start in range(0, len(pictures), size):
        stack = torch.from_numpy(np.stack(list(pictures[start : start + size]))).permute(0, 3, 1, 2).float()
        yield F.interpolate(stack / 127.5 - 1, size=(side, side), mode="bilinear", antialias=True)
