"""Augmented pictures to train on, each a function of the seed, the epoch and its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset

from pipelines.data.entries import Entry, Source
from pipelines.data.loading import Index, endless_loader


class Examples(Dataset[dict[str, Tensor]]):
    """Training examples; item (epoch, number) is a function of the seed and those two.

    Args:
        source: where the pictures are.
        entries: which of them.
        size: side of the examples, pixels.
        seed: of the augmentation.
    """

    def __init__(self, source: Source, entries: Sequence[Entry], *, size: int, seed: int) -> None:
        self.source, self.entries, self.size, self.seed = source, entries, size, seed

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: Index) -> dict[str, Tensor]:
        epoch, number = index
        return self.example(number, np.random.default_rng([self.seed, epoch, number]))

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return an example of picture ``number``; ``rng`` makes every choice."""
        raise NotImplementedError

    def batches(self, batch_size: int, *, start: int, workers: int) -> Iterable[Mapping[str, Tensor]]:
        """Yield batches epoch after epoch, for ever, from batch ``start`` on."""
        loader: Iterable[Mapping[str, Tensor]] = endless_loader(
            self, len(self), batch_size, seed=self.seed, start=start, workers=workers
        )
        return loader
