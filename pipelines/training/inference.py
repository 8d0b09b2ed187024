"""What a run's weights make and score once they are trained, sent to the trackers that the run names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.common.errors import StudioError
from pipelines.common.files import write_atomically
from pipelines.common.images import decode
from pipelines.training.acceleration import MLFLOW_RUN, PROJECT, check_tracker, track
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run, step_of


class Inference:
    """One of a run's exports at work.

    Example:
        >>> inference = Inference(Path("runs/first"), "last")
        >>> pipe = ScatteringPipeline.from_pretrained(inference.folder)
        >>> inference.record_metrics(pipe.evaluate(source, seed=112))

    Args:
        path: the run's directory.
        export: ``last``, ``best``, or one kept by step, such as ``step-00001000``.

    Attributes:
        folder: the export.
        step: which it is of.
        trackers: those of the run's settings.

    Raises:
        Misuse: no such run or export, or a tracker that is not installed.
    """

    def __init__(self, path: Path, export: str) -> None:
        self.run = Run(path)
        self.trackers: list[str] = list(self.run.settings().get("trackers", []))
        self.folder = self.run.find_export(export)
        self.step = step_of(self.folder) if export.startswith("step-") else reached(self.run, export)
        for name in self.trackers:
            check_tracker(name)

    def record_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Send what was measured, each number as ``inference/<name>`` at the export's step.

        Raises:
            StudioError: MLflow's server cannot be used.
        """
        numbers = {f"inference/{name}": float(value) for name, value in metrics.items() if is_number(value)}
        for name in self.trackers:
            if name == "tensorboard":
                with writer(self.run) as board:
                    for key, value in numbers.items():
                        board.add_scalar(key, value, self.step)
            else:
                with mlflow_run(self.run) as (client, number):
                    for key, value in numbers.items():
                        client.log_metric(number, key, value, step=self.step)

    def record_files(self, files: Sequence[Path]) -> None:
        """Send pictures that were written, as ``inference/<file's stem>`` at the export's step.

        Raises:
            StudioError: MLflow's server cannot be used.
        """
        for name in self.trackers:
            if name == "tensorboard":
                with writer(self.run) as board:
                    for file in files:
                        pixels = np.asarray(decode(file).convert("RGB"))
                        board.add_image(f"inference/{file.stem}", pixels, self.step, dataformats="HWC")
            else:
                with mlflow_run(self.run) as (client, number):
                    for file in files:
                        client.log_artifact(number, str(file), f"inference/step-{self.step:08d}")


def is_number(value: Any) -> bool:
    """Say whether a tracker can draw it."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def reached(run: Run, export: str) -> int:
    """Return the step of an export that is not named by it."""
    store = CheckpointStore(run.checkpoints, 1)
    best = store.best() if export == "best" else None
    steps = store.steps()
    return best[0] if best is not None else steps[-1] if steps else 0


def writer(run: Run) -> Any:
    """Return TensorBoard's writer of a run, beside what the training has written."""
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(run.path / PROJECT))


@contextlib.contextmanager
def mlflow_run(run: Run) -> Iterator[tuple[Any, str]]:
    """Open MLflow's client and the number that the training has there; a new one where it has none.

    Raises:
        StudioError: the server cannot be used.
    """
    track(run)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    known = False
    client, kept = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI")), run.path / MLFLOW_RUN
    try:
        with contextlib.suppress(OSError, MlflowException):  # it may be another server than the training's
            client.get_run(kept.read_text())
            known = True
        if not known:
            experiment = client.get_experiment_by_name(PROJECT)
            number = client.create_experiment(PROJECT) if experiment is None else experiment.experiment_id
            write_atomically(kept, client.create_run(number).info.run_id.encode())
        yield client, kept.read_text()
    except MlflowException as error:
        raise StudioError("tracker_failed", given="mlflow", detail=str(error).splitlines()[0]) from error
