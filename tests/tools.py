"""What several tests share: the smallest settings, a command line in a process of its own, pictures.

It imports no torch: processes that only count import it too.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from pipelines import systems
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run

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
# The classifier's training takes half the time of pix2pix': for tests to which any training will do.
TINY_CLASSIFIER: dict[str, Any] = {
    "data": "synthetic:24",
    "device": "cpu",
    "precision": "fp32",
    "width": 1,
    "blocks": 1,
    "batch_size": 8,
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


def weights_of(run: Run, step: int) -> bytes:
    """The whole checkpoint of a step: weights, averages, optimisers."""
    return (run.checkpoints / f"step-{step:08d}" / "tensors.safetensors").read_bytes()


def trained_steps(run: Run) -> list[int]:
    return [line["step"] for line in run.metrics() if line["kind"] == "train"]


def trained(folder: Path, system: str, config: TrainingConfig) -> Run:
    """Run a whole training, and return it."""
    from pipelines.training.trainer import Trainer

    run = Run(folder / "run")
    run.prepare(system, config)
    objective = systems.find(system).load_objective()(config)
    assert Trainer(objective, config, run).fit() == "finished"
    return run


def on_tensorboard(run: Run) -> tuple[dict[str, list[tuple[int, float]]], list[str]]:
    """Return what TensorBoard shows of a run: scalars by name, with their steps, and names of pictures."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(run.path / "chimera-studio"))
    board.Reload()
    tags = board.Tags()
    scalars = {tag: [(one.step, one.value) for one in board.Scalars(tag)] for tag in tags["scalars"]}
    return scalars, tags["images"]
