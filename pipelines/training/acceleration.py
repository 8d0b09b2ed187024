"""Accelerate's view of the machine, and the trackers that metrics go to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState

from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run

PROJECT = "chimera-studio"  # under which trackers file what they get


def make_accelerator(config: TrainingConfig, run: Run) -> Accelerator:
    """Return Accelerate's view of the machine for this configuration.

    Raises:
        Misuse: no such device, or a tracker that is not installed.
    """
    placement = device.choose(config.device)
    precision = config.precision
    if precision == "auto":
        precision = "fp32" if placement.dtype == torch.float32 else "bf16"
    # Accelerate keeps precision in a process-wide singleton; a second training in one process may want another.
    AcceleratorState._reset_state()
    GradientState._reset_state()
    for tracker in config.trackers:
        check_tracker(tracker)
    return Accelerator(
        cpu=placement.device.type == "cpu",
        mixed_precision="no" if precision == "fp32" else precision,
        gradient_accumulation_steps=config.accumulate,
        log_with=list(config.trackers) or None,
        project_dir=str(run.path),
    )


def check_tracker(name: str) -> None:
    """Refuse a tracker whose package is missing, before anything is trained."""
    from accelerate.utils import is_mlflow_available, is_tensorboard_available

    found = {"tensorboard": is_tensorboard_available, "mlflow": is_mlflow_available}[name]()
    if not found:
        raise Misuse("tracker_missing", given=name)


def track_in_folder(folder: Path) -> None:
    """Let MLflow write files there, where no server is named: a run is a directory."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    import mlflow

    mlflow.set_tracking_uri(folder.absolute().as_uri())
    # MLflow puts it into the environment too, where the next run of this process would take it for a server's name.
    os.environ.pop("MLFLOW_TRACKING_URI", None)


@contextlib.contextmanager
def tracking(accelerator: Accelerator, config: TrainingConfig, run: Run) -> Iterator[None]:
    """Send metrics to the trackers that a configuration names."""
    if "mlflow" in config.trackers and "MLFLOW_TRACKING_URI" not in os.environ:
        track_in_folder(run.path / "mlruns")
    if config.trackers:
        settings = {key: str(value) for key, value in config.model_dump().items()}
        accelerator.init_trackers(PROJECT, config=settings)
    try:
        yield
    finally:
        if config.trackers:
            accelerator.end_training()
