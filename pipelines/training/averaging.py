"""The exponential moving average of a module's weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from pipelines.common.errors import Misuse
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run


def averaged_copy(module: nn.Module, decay: float) -> AveragedModel:
    """Return a copy that follows ``module`` with each ``update_parameters(module)``.

    The decay warms up as min(decay, (1 + n) / (10 + n)) after n updates, so that the random start is soon forgotten.
    Buffers such as batch norm's statistics are copied, not averaged: they are averages already.
    """

    @torch.no_grad()
    def average(averages: Any, currents: Any, updates: Any) -> None:
        rate = 1.0 - min(decay, (1.0 + float(updates)) / (10.0 + float(updates)))
        torch._foreach_lerp_(list(averages), list(currents), rate)

    return AveragedModel(module, multi_avg_fn=average).requires_grad_(False)


def averaged_weights(run: Path, step: int | None = None) -> tuple[dict[str, Any], dict[str, dict[str, Tensor]], int]:
    """Return a run's settings and its modules' weights at a checkpoint, by default the last.

    Returns:
        The settings without the system's name, the state dict of each module by name, averaged where it is, and the
        checkpoint's step.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings = Run(run).settings()
    settings.pop("system", None)
    store = CheckpointStore(Run(run).checkpoints, 1)
    checkpoint = store.load_last() if step is None else store.load(step)
    if checkpoint is None:
        raise Misuse("run_not_found", given=run)
    weights: dict[str, dict[str, Tensor]] = dict(checkpoint.state["modules"])
    prefix = "module."
    for name, averaged in checkpoint.state["averages"].items():
        own = {key: value for key, value in averaged.items() if key.startswith(prefix)}
        weights[name] = {key.removeprefix(prefix): value for key, value in own.items()}
    return settings, weights, checkpoint.step
