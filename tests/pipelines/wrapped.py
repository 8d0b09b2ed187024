"""A network as one process of several holds it: gradients are only shared of what its wrapper is called with."""

from __future__ import annotations

from typing import Any

from torch import nn


class Wrapped(nn.Module):
    """Counts its calls, as a wrapper of PyTorch's would hear of them."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module, self.calls = module, 0

    def forward(self, *given: Any) -> Any:
        self.calls += 1
        return self.module(*given)
