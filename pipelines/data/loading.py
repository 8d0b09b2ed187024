"""Batches epoch after epoch, reproducible from a seed and from any step on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from torch.utils.data import DataLoader, Dataset, Sampler

from pipelines.common.errors import Misuse

Index = tuple[int, int]  # (epoch, number within the data set)


class EndlessBatches(Sampler[list[Index]]):
    """Batches of (epoch, index), for ever.

    Each epoch is shuffled by (seed, epoch); a last incomplete batch is dropped. Batch ``n`` is a function of ``n``, so
    starting at a later step gives what an unbroken run would have seen. Under several processes each takes
    its share of every batch.

    Args:
        size: pictures in the data set.
        batch_size: over all processes together.
        seed: of the shuffle.
        start: number of the first batch.
    """

    def __init__(self, size: int, batch_size: int, seed: int, start: int = 0) -> None:
        if size < batch_size:
            raise Misuse("data_less_than_a_batch", given=size, batch=batch_size)
        self.size, self.batch_size, self.seed, self.start = size, batch_size, seed, start
        self.rank, self.world = process_of_all(batch_size, size)

    def __iter__(self) -> Iterator[list[Index]]:
        per_epoch = self.size // self.batch_size
        epoch, batch = divmod(self.start, per_epoch)
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(self.size)
            for number in range(batch, per_epoch):
                chosen = order[number * self.batch_size : (number + 1) * self.batch_size]
                yield [(epoch, int(index)) for index in chosen[self.rank :: self.world]]
            epoch, batch = epoch + 1, 0


def process_of_all(batch_size: int, size: int) -> tuple[int, int]:
    """Return this process's number and how many there are: of a batch each takes every ``world``-th row from its own.

    Raises:
        Misuse: a batch smaller than the number of processes; at most ``size`` pictures are a batch.
    """
    from accelerate.state import PartialState  # who only makes pictures does not wait for it

    state = PartialState()
    if batch_size < state.num_processes:
        raise Misuse("argument_out_of_range", name="batch_size", given=batch_size, low=state.num_processes, high=size)
    return state.process_index, state.num_processes


def endless_loader(dataset: Dataset[Any], size: int, batch_size: int, *, seed: int, start: int, workers: int) -> Any:
    """Return a loader over ``EndlessBatches``; the data set is indexed by (epoch, number)."""
    batches = EndlessBatches(size, batch_size, seed, start)
    # "fork" would copy the threads' locks of a parent that already computes, and a worker of a "forkserver" ends when a
    # signal to the process group ends the server.
    context = "spawn" if workers else None
    return DataLoader(
        dataset,
        batch_sampler=batches,
        num_workers=workers,
        multiprocessing_context=context,
        worker_init_fn=start_worker,
    )


def start_worker(worker: int) -> None:
    """Keep to one thread, and leave SIGTERM and Ctrl-C to the parent: to a whole group, they ask it to save and end."""
    cv2.setNumThreads(1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
