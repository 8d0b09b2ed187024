"""What a system tells the trainer about how it is taught."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Protocol

from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn
from torch.optim import Optimizer

Batch = Mapping[str, Tensor]


class Objective(Protocol):
    """How a model is taught; the trainer owns the loop, precision, averaging, checkpoints and the clock.

    Attributes:
        modules: every network by name. The trainer replaces an entry by its wrapped form, or by its moving average
            while it previews, evaluates or exports: look networks up here each time.
        optimizers: by name; their learning rates at construction are the base rates of the schedule.
        averaged: names of the modules whose weights get an exponential moving average.

    An objective may have ``steady_from`` besides: the number of the step, counted from 1, from which on every step does
    the same work in the same shapes and reads nothing back from the device. Such steps become a CUDA graph on a GPU.
    Where it has loaded weights itself, ``begun_with`` has the trainings behind them. ``of_data`` names modules that fit
    the pictures of one run alone: those of another run are not taken. ``given`` has the SHA-256, by name, of weights
    that it only reads and that may be others at another time: a run goes on with those that it began with.
    """

    modules: MutableMapping[str, nn.Module]
    optimizers: MutableMapping[str, Optimizer]
    averaged: Collection[str]

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches for ever; batch ``n`` is a function of the seed and ``n``."""
        ...

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Do one optimisation step, backward passes included, and return scalars to chart."""
        ...

    def preview(self) -> Image.Image:
        """Return a sheet of samples, the same latents every time."""
        ...

    def evaluate(self) -> Mapping[str, float]:
        """Return the system's metrics on held-out data."""
        ...

    def export(self, folder: Path) -> None:
        """Write a folder that the system's pipeline opens."""
        ...


def unwrapped(module: Any) -> Any:
    """Return the network in what one process of several wraps it in."""
    return getattr(module, "module", module)
