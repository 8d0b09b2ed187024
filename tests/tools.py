"""What several tests share: the smallest settings, a command line in a process of its own, pictures, a toy to train."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from PIL import Image, ImageDraw
from safetensors.torch import save_file
from torch import Tensor, nn

from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer

ROOT = Path(__file__).resolve().parent.parent
TINY: dict[str, Any] = {
    "data": "synthetic:64",
    "device": "cpu",
    "precision": "fp32",
    "size": 64,
    "levels": 6,
    "base_channels": 4,
    "discriminator_channels": 4,
    "batch_size": 4,
    "evaluated": 4,
}


def start_cli(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    """Start ``python -m pipelines`` in a process and a process group of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pipelines", *(str(argument) for argument in arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def as_pairs(settings: Mapping[str, Any]) -> list[str]:
    """Return settings as ``--set key=value`` arguments."""
    return [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]


def png(image: Image.Image, **options: Any) -> bytes:
    return encoded(image, "PNG", **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def raw_png(width: int, height: int, *, depth: int, kind: int, rows: bytes) -> bytes:
    """A PNG put together by hand: kind 0 is grey, 2 RGB."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def noisy_picture(seed: int, width: int = 32, height: int = 24) -> Image.Image:
    """A picture unlike any other: coarse random colours."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST)


def sketch(side: int = 256, ink: str = "black", paper: str = "white", width: float = 0.012) -> Image.Image:
    """A drawn creature: a round body, a neck, two legs, a smile; strokes are ``width`` of the side."""
    s = 4 * side
    large = Image.new("RGB", (s, s), paper)
    draw, pen = ImageDraw.Draw(large), max(1, round(width * s))
    draw.arc([0.15 * s, 0.2 * s, 0.75 * s, 0.8 * s], 0, 360, fill=ink, width=pen)
    draw.arc([0.3 * s, 0.35 * s, 0.5 * s, 0.55 * s], 180, 360, fill=ink, width=pen)
    for line in ((0.45, 0.5, 0.9, 0.15), (0.3, 0.78, 0.25, 0.95), (0.6, 0.78, 0.65, 0.95)):
        draw.line([part * s for part in line], fill=ink, width=pen)
    return large.resize((side, side), Image.Resampling.BOX)


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


def weights_of(run: Run, step: int) -> bytes:
    """The whole checkpoint of a step: weights, averages, optimisers."""
    return (run.checkpoints / f"step-{step:08d}" / "tensors.safetensors").read_bytes()


def trained_steps(run: Run) -> list[int]:
    return [line["step"] for line in run.metrics() if line["kind"] == "train"]
