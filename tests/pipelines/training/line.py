"""A toy to train: a line, in no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer


class Killed(BaseException):
    """Stands for a process that ends at once."""


class Line:
    """An objective that fits y = 3x + 1; ``before`` is called with the name of each moment and may raise."""

    def __init__(self, seed: int = 1, batch_size: int = 4, before: Callable[[str], None] = lambda moment: None) -> None:
        torch.manual_seed(seed)
        self.batch_size, self.before = batch_size, before
        self.modules: dict[str, nn.Module] = {"line": nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.1))}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "line": torch.optim.Adam(self.modules["line"].parameters(), lr=0.1)
        }
        self.averaged = ("line",)
        self.spoilt_from: int | None = None  # batch from which the data are not numbers

    def batches(self, start_step: int) -> Iterator[dict[str, Tensor]]:
        number = start_step
        while True:
            rows = range(number * self.batch_size, (number + 1) * self.batch_size)
            x = torch.tensor([[np.random.default_rng([7, row]).normal()] for row in rows], dtype=torch.float32)
            spoilt = self.spoilt_from is not None and number >= self.spoilt_from
            self.before(f"batch {number}")
            yield {"x": x, "y": x * (float("nan") if spoilt else 3.0) + 1}
            number += 1

    def step(self, batch: Mapping[str, Tensor], accelerator: Accelerator) -> dict[str, Tensor]:
        loss = (self.modules["line"](batch["x"]) - batch["y"]).square().mean()
        accelerator.backward(loss)
        self.optimizers["line"].step()
        self.optimizers["line"].zero_grad()
        return {"loss": loss.detach()}

    def preview(self) -> Image.Image:
        self.before("preview")
        return Image.new("RGB", (8, 8))

    def evaluate(self) -> dict[str, float]:
        self.before("evaluate")
        x = torch.linspace(-1, 1, 16)[:, None]
        return {"error": (self.modules["line"](x) - (3 * x + 1)).square().mean().item()}

    def export(self, folder: Path) -> None:
        self.before("export")
        folder.mkdir(parents=True)
        save_file(self.modules["line"].state_dict(), folder / "model.safetensors")


def line_config(**settings: Any) -> TrainingConfig:
    every = {"log_every": 1, "checkpoint_every": 4, "preview_every": 4, "evaluate_every": 4, "steps": 10}
    return TrainingConfig.parse({"device": "cpu", "precision": "fp32", **every, **settings})


def fit_line(folder: Path, objective: Line | None = None, **settings: Any) -> tuple[Trainer, Run]:
    """Train a line in a run folder, from its last checkpoint where there is one."""
    config, run = line_config(**settings), Run(folder)
    run.prepare("line", config)
    trainer = Trainer(objective or Line(), config, run)
    trainer.fit()
    return trainer, run
