"""A training without batch statistics or chance, for one process or several: ``python -m ... shared RUN [breaks]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.data import Dataset

from pipelines.data.loading import endless_loader
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer

SIZE, BATCH, STEPS = 40, 8, 25


class Points(Dataset[dict[str, Tensor]]):
    def __getitem__(self, index: tuple[int, int]) -> dict[str, Tensor]:
        rng = np.random.default_rng([3, index[1]])
        x = torch.from_numpy(rng.normal(size=4).astype(np.float32))
        return {"x": x, "y": (x * torch.tensor([1.0, -2.0, 0.5, 3.0])).sum(dim=0, keepdim=True).sin()}


class Curve:
    """Fits a small network to the points; one that breaks loads them in another process, and its evaluation fails."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks = breaks
        torch.manual_seed(5)
        self.modules: dict[str, nn.Module] = {"net": nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "net": torch.optim.Adam(self.modules["net"].parameters(), lr=0.02)
        }
        self.averaged = ("net",)

    def batches(self, start_step: int) -> Iterable[Mapping[str, Tensor]]:
        loader: Iterable[Mapping[str, Tensor]] = endless_loader(
            Points(), SIZE, BATCH, seed=1, start=start_step, workers=int(self.breaks)
        )
        return loader

    def step(self, batch: Mapping[str, Tensor], accelerator: Accelerator) -> dict[str, Tensor]:
        loss = (self.modules["net"](batch["x"]) - batch["y"]).square().mean()
        accelerator.backward(loss)
        self.optimizers["net"].step()
        self.optimizers["net"].zero_grad()
        return {"loss": loss.detach()}

    def preview(self) -> Image.Image:
        return Image.new("RGB", (8, 8))

    def evaluate(self) -> dict[str, float]:
        if self.breaks:
            raise RuntimeError("broken on purpose")
        return {}

    def export(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        save_file(self.modules["net"].state_dict(), folder / "model.safetensors")


def main(folder: Path, *, breaks: bool = False) -> None:
    """Train once."""
    every = {"log_every": 1, "checkpoint_every": 10, "preview_every": 100, "evaluate_every": 100}
    config = TrainingConfig.parse({"device": "cpu", "precision": "fp32", "steps": STEPS, "batch_size": BATCH, **every})
    run = Run(folder)
    run.prepare("curve", config)
    Trainer(Curve(breaks=breaks), config, run).fit()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), breaks="breaks" in sys.argv)
