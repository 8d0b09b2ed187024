"""The exponential moving average of a module's weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel


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
