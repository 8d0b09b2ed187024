"""One optimisation step of any objective: its seed, its learning rate, its batches, and the averages after it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from pipelines.training.averaging import MovingAverage
from pipelines.training.capture import CapturedStep, make_capturable
from pipelines.training.config import TrainingConfig
from pipelines.training.objective import Batch, Objective


class Stepper:
    """Does steps; all random numbers of step ``n`` are a function of (seed, n).

    Args:
        objective: what is taught, its modules and optimisers already prepared by the accelerator.
        config: the settings.
        accelerator: Accelerate's view of the machine.
        averages: moving averages of some of the modules, by their names.
    """

    def __init__(
        self,
        objective: Objective,
        config: TrainingConfig,
        accelerator: Accelerator,
        averages: Mapping[str, MovingAverage],
    ) -> None:
        self.objective, self.config, self.accelerator, self.averages = objective, config, accelerator, averages
        self.captured: CapturedStep | None = None
        self.base_rates = {
            name: [float(group["lr"]) for group in optimizer.param_groups]
            for name, optimizer in objective.optimizers.items()
        }

    def __call__(self, step: int, batches: Iterator[Batch]) -> dict[str, Tensor]:
        """Do one step, over as many batches as gradients are accumulated, and return scalars to chart."""
        seed = self.config.seed * 1_000_003 + step * 1_009 + self.accelerator.process_index
        torch.manual_seed(seed)
        if self.captured is None and self._can_be_captured(step):
            make_capturable(self.objective.optimizers.values(), self.accelerator.device)
            self.captured = CapturedStep(self._learn)
        self.set_rates(rate_factor(self.config.schedule, step, self.config.steps))
        for module in self.objective.modules.values():
            module.train()
        if self.captured is not None:
            return self.captured(self._next_batch(batches), seed)
        for _ in range(self.config.accumulate - 1):
            self._accumulate(self._next_batch(batches))
        return self._learn(self._next_batch(batches))

    def _can_be_captured(self, step: int) -> bool:
        """Say whether all steps from this one on do the same work on a GPU, so that it can be recorded."""
        alone = self.accelerator.num_processes == 1 and self.config.accumulate == 1
        steady = getattr(self.objective, "steady_from", None)
        scaled = self.accelerator.scaler is not None  # which looks at gradients, on the device
        on_gpu = self.accelerator.device.type == "cuda"
        return alone and on_gpu and not scaled and steady is not None and step >= steady

    def set_rates(self, factor: float) -> None:
        """Set every learning rate to its base rate times a factor."""
        for name, optimizer in self.objective.optimizers.items():
            for group, rate in zip(optimizer.param_groups, self.base_rates[name], strict=True):
                if isinstance(group["lr"], Tensor):
                    group["lr"].fill_(rate * factor)
                else:
                    group["lr"] = rate * factor

    def _next_batch(self, batches: Iterator[Batch]) -> dict[str, Tensor]:
        where = self.accelerator.device
        return {name: value.to(where, non_blocking=True) for name, value in next(batches).items()}

    def _learn(self, batch: Batch) -> dict[str, Tensor]:
        """Do what a step does with its last batch, averages included."""
        scalars = self._accumulate(batch)
        for name, average in self.averages.items():
            average.update_parameters(self.accelerator.unwrap_model(self.objective.modules[name]))
        return scalars

    def _accumulate(self, batch: Batch) -> dict[str, Tensor]:
        attention = plain_attention(self.accelerator.device)
        with self.accelerator.accumulate(*self.objective.modules.values()), attention:
            return dict(self.objective.step(batch, self.accelerator))


def plain_attention(device: torch.device) -> contextlib.AbstractContextManager[None]:
    """Have attention be learned through plain products on a processor.

    There the gradient of PyTorch's fused attention takes over ten times as long as its result.
    """
    if device.type != "cpu":
        return contextlib.nullcontext()
    plain: contextlib.AbstractContextManager[None] = sdpa_kernel(SDPBackend.MATH)
    return plain


def rate_factor(schedule: str, step: int, steps: int) -> float:
    """Return what the base learning rate is multiplied by at a step, counted from 1.

    ``linear`` is pix2pix's: constant for the first half, then in a straight line to zero.
    """
    if schedule == "constant" or 2 * step <= steps:
        return 1.0
    return (steps - step + 1) / (steps - steps // 2 + 1)
