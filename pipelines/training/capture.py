"""A training step as a CUDA graph: recorded once, then started whole instead of kernel by kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

WARM_STEPS = 3  # done one by one before recording, so that libraries have chosen their kernels

Work = Callable[[Mapping[str, Tensor]], dict[str, Tensor]]


class CapturedStep:
    """Does the same work as ``work(batch)``, from the fourth time on by replaying it.

    The work has to be the same each time: in the same shapes, with no look at a value on the device (PyTorch's CUDA
    graphs). Small batches at high resolution spend most of their time starting kernels; a graph starts all at once.

    Args:
        work: maps a batch on the device to scalars.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.done = 0
        self.stream: torch.cuda.Stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self.graph: torch.cuda.CUDAGraph | None = None
        self.batch: dict[str, Tensor] = {}
        self.scalars: dict[str, Tensor] = {}

    def __call__(self, batch: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
        """Do one step.

        Args:
            batch: of the same shapes each time.
            seed: of the random numbers drawn on the device in this step.

        Returns:
            The scalars, overwritten by the next call.
        """
        self.done += 1
        if self.done <= WARM_STEPS:
            return self._beside(batch)
        if self.graph is None:
            self._record(batch)
        assert self.graph is not None
        for name, value in batch.items():
            self.batch[name].copy_(value, non_blocking=True)
        torch.manual_seed(seed)
        self.graph.replay()
        return self.scalars

    def _beside(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Do a step on a stream of its own, as what is to be recorded needs it."""
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            scalars = self.work(batch)
        torch.cuda.current_stream().wait_stream(self.stream)
        return scalars

    def _record(self, batch: Mapping[str, Tensor]) -> None:
        self.batch = {name: value.clone() for name, value in batch.items()}
        torch.cuda.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream, capture_error_mode="thread_local"):
            self.scalars = self.work(self.batch)


def make_capturable(optimizers: Iterable[Any], device: torch.device) -> None:
    """Keep what optimisers read at each step on the device: their rates, and how many steps they did."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["capturable"] = True
            group["lr"] = torch.tensor(float(group["lr"]), device=device)
        for state in optimizer.state.values():
            if "step" in state:
                state["step"] = torch.as_tensor(state["step"], dtype=torch.float32, device=device)
