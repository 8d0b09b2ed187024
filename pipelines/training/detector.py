"""What trainings of a detector share: a single network, how it is optimised, run and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipelines.weights import hub


class DetectorObjective:
    """A single network that is taught by AdamW and averaged; what it learns from is its subclasses'.

    Args:
        make: returns the untrained network.
        seed: of its weights.
        learning_rate: of AdamW.
    """

    def __init__(self, make: Callable[[], Any], *, seed: int, learning_rate: float) -> None:
        self._make = make
        torch.manual_seed(seed)
        self.modules: dict[str, nn.Module] = {"detector": make()}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "detector": torch.optim.AdamW(self.modules["detector"].parameters(), learning_rate)
        }
        self.averaged = ("detector",)

    def logits(self, x: Tensor) -> Tensor:
        """Run the detector, whichever form the trainer has put in place, where it is."""
        detector = self.modules["detector"]
        made: Tensor = detector(x.to(next(detector.parameters()).device))
        return made.float()

    def export(self, folder: Path) -> None:
        """Write the detector as config.json and model.safetensors in half precision."""
        hub.save_trained(self._make(), self.modules["detector"].state_dict(), folder)
