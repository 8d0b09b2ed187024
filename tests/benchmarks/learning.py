"""How fast models learn: one step after another of a preset's training, on pictures that are drawn for it."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from diffusers.models.attention_processor import AttnProcessor2_0

from pipelines import systems
from pipelines.stylemini import objective
from pipelines.training import stepping
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from tests.benchmarks.timing import median

FEW = 5  # steps


def times() -> tuple[float, float, float]:
    """Return how many pictures BigGAN learns of in a second, and the median seconds of StyleMini's step.

    Last, those of its step with PyTorch's fused attention.
    """
    with tempfile.TemporaryDirectory() as folder:
        count, biggan = step_of(Path(folder, "biggan"), "biggan")
        settings = {"pictures": 20, "small": 0.0, "latents": str(Path(folder, "latents"))}
        _, stylemini = step_of(Path(folder, "stylemini"), "stylemini", **settings)
        with fused_attention():
            _, fused = step_of(Path(folder, "fused"), "stylemini", **settings)
            slow = median(fused, FEW)
        return count / median(biggan, FEW), median(stylemini, FEW), slow


def step_of(folder: Path, name: str, **settings: Any) -> tuple[int, Callable[[], object]]:
    """Return the pictures of a step of the ``cpu`` preset's training of a system, and a call that does the next one."""
    system = systems.find(name)
    config = systems.configure(system, "cpu", {"data": "synthetic:60", "device": "cpu", **settings})
    run = Run(folder)
    run.prepare(name, config)
    taught = system.load_objective()(config)
    trainer = Trainer(taught, config, run)
    batches, numbers = iter(taught.batches(0)), itertools.count(1)
    return config.batch_size, lambda: trainer.stepper(next(numbers), batches)


@contextlib.contextmanager
def fused_attention() -> Iterator[None]:
    """Build and teach networks with PyTorch's fused attention, as diffusers does by default."""
    with (
        mock.patch.object(stepping, "plain_attention", lambda device: contextlib.nullcontext()),
        mock.patch.object(objective, "AttnProcessor", AttnProcessor2_0),
    ):
        yield
