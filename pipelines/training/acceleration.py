"""Accelerate's view of the machine, and the trackers that metrics go to."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState

from pipelines.common import device
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import write_atomically
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run

logger = logging.getLogger("pipelines.training")
PROJECT = "chimera-studio"  # under which trackers file what they get
MLFLOW_RUN = "mlflow_run.txt"  # in a run's folder: the number that MLflow gave it


def make_accelerator(config: TrainingConfig, run: Run) -> Accelerator:
    """Return Accelerate's view of the machine for this configuration.

    Raises:
        Misuse: no such device, a number format that it does not train in, or a tracker that is not installed.
    """
    placement = device.choose(config.device)
    precision = config.precision
    if precision == "auto":
        precision = "fp32" if placement.dtype == torch.float32 else "bf16"
    if precision == "fp16" and placement.device.type == "cpu":
        raise Misuse("setting_invalid", name="precision", detail="fp16 needs a GPU: bf16 or fp32 here")
    # Accelerate keeps device and precision for the whole process; a second training in it may want others. Processes
    # that train together keep what binds them.
    AcceleratorState._reset_state(reset_partial_state=not torch.distributed.is_initialized())
    GradientState._reset_state()
    if placement.device.type == "cuda" and placement.device.index is not None:
        torch.cuda.set_device(placement.device)  # the one that Accelerate takes
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


def track(run: Run) -> None:
    """Lead MLflow to the server that is named, to files in the run's folder where none is."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    import mlflow

    named = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(named or (run.path / "mlruns").absolute().as_uri())
    if named is None:  # MLflow puts it there too, where the next run of this process would take it for a server's
        os.environ.pop("MLFLOW_TRACKING_URI", None)


@contextlib.contextmanager
def telling_of_mlflow(config: TrainingConfig) -> Iterator[None]:
    """Say in a sentence that MLflow's server cannot be used."""
    if "mlflow" not in config.trackers:
        yield
        return
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise StudioError("tracker_failed", given="mlflow", detail=str(error).splitlines()[0]) from error


def send(accelerator: Accelerator, config: TrainingConfig, numbers: Mapping[str, float], step: int) -> None:
    """Send numbers to the trackers; a training goes on without MLflow when its server is there no more."""
    try:
        with telling_of_mlflow(config):
            accelerator.log(dict(numbers), step=step)
    except StudioError as error:
        lost = [one for one in accelerator.trackers if one.name == "mlflow"]
        accelerator.trackers = [one for one in accelerator.trackers if one not in lost]
        for one in lost:
            with contextlib.suppress(Exception):
                one.finish()
        logger.warning("%s; nothing more is sent there", error)


@contextlib.contextmanager
def tracking(accelerator: Accelerator, config: TrainingConfig, run: Run) -> Iterator[None]:
    """Send metrics to the trackers that a configuration names.

    Raises:
        StudioError: MLflow's server cannot be used.
    """
    if "mlflow" in config.trackers:
        track(run)
    if config.trackers:
        settings = {key: str(value) for key, value in config.model_dump().items()}
        with telling_of_mlflow(config):
            accelerator.init_trackers(PROJECT, config=settings)
    if "mlflow" in config.trackers and accelerator.is_main_process:
        number = accelerator.get_tracker("mlflow", unwrap=True).info.run_id
        write_atomically(run.path / MLFLOW_RUN, str(number).encode())
    try:
        yield
    finally:
        if config.trackers:
            accelerator.end_training()
