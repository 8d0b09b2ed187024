"""The exponential moving average of a module's weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from pipelines.common.errors import Misuse
from pipelines.training.checkpoints import Checkpoint, CheckpointStore
from pipelines.training.run import Run


class MovingAverage(AveragedModel):
    """A copy that follows a module with each ``update_parameters(module)``.

    The decay warms up as min(decay, (1 + n) / (10 + n)) after n updates, so that the random start is soon forgotten.
    Buffers such as batch norm's statistics are copied, not averaged: they are averages already. All is computed where
    the weights are, and the count is never read, so that an update can be part of a CUDA graph.

    Args:
        module: what to follow.
        decay: of the average, at least 0 and below 1.
    """

    n_averaged: Tensor

    def __init__(self, module: nn.Module, decay: float) -> None:
        super().__init__(module)
        self.decay = decay
        self.requires_grad_(False)

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Take in the weights as they are now; the first time, copy them."""
        updates = self.n_averaged.double()
        rate = 1 - ((1 + updates) / (10 + updates)).clamp(max=self.decay)
        rate = torch.where(updates == 0, torch.ones_like(rate), rate).float()
        averages: Any = list(self.module.parameters())
        currents: Any = list(model.parameters())
        torch._foreach_lerp_(averages, currents, [rate] * len(averages))  # exact where nothing changed
        for mine, buffer in zip(self.module.buffers(), model.buffers(), strict=True):
            mine.copy_(buffer)
        self.n_averaged += 1


def settings_and_checkpoint(run: Path, step: int | None = None) -> tuple[dict[str, Any], Checkpoint]:
    """Return a run's settings without the system's name, and a checkpoint, by default the last.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings = Run(run).settings()
    settings.pop("system", None)
    store = CheckpointStore(Run(run).checkpoints, 1)
    checkpoint = store.load_last() if step is None else store.load(step)
    if checkpoint is None:
        raise Misuse("run_not_found", given=run)
    return settings, checkpoint


def averaged_of(checkpoint: Checkpoint) -> dict[str, dict[str, Tensor]]:
    """Return the state dict of each module of a checkpoint by name, averaged where it is."""
    weights: dict[str, dict[str, Tensor]] = dict(checkpoint.state["modules"])
    prefix = "module."
    for name, averaged in checkpoint.state["averages"].items():
        own = {key: value for key, value in averaged.items() if key.startswith(prefix)}
        weights[name] = {key.removeprefix(prefix): value for key, value in own.items()}
    return weights
