"""Train a system in a run folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pipelines.systems import System
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run
from pipelines.training.trainer import Outcome, Trainer


def train(system: System, config: TrainingConfig, path: Path, *, progress: bool = False) -> Outcome:
    """Train in a run folder, resuming where it already has checkpoints.

    Returns:
        ``finished``, or ``stopped`` where it was asked to.

    Raises:
        StudioError: the run has other settings or is busy, no usable source, a loss that is no number, a full disk.
    """
    run = Run(path)
    with run.locked() if is_first_process() else contextlib.nullcontext():
        run.prepare(system.name, config)
        if is_first_process():
            run.forget_outcome()
        try:
            objective = system.load_objective()(config, progress=progress)
            if is_first_process():
                run.write_skipped(getattr(getattr(objective, "split", None), "skipped", {}))
            outcome = Trainer(objective, config, run, progress=progress).fit()
        except BaseException as error:
            leave_word(run, "failed", str(error) or type(error).__name__)
            raise
        leave_word(run, outcome)
    return outcome


def is_finished(system: System, config: TrainingConfig, path: Path) -> bool:
    """Say whether a run of these settings has ended by itself."""
    run, settings = Run(path), {"system": system.name, **config.model_dump(mode="json")}
    return run.outcome()[0] == "finished" and run.settings() == settings


def is_first_process() -> bool:
    """Say whether this is the one of several processes under a launcher that writes."""
    return os.environ.get("RANK", "0") == "0"


def leave_word(run: Run, outcome: str, error: str = "") -> None:
    """Write how a training ended into its run directory; on a full disk there is no room for that either."""
    if is_first_process():
        with contextlib.suppress(OSError):
            run.write_outcome(outcome, error)
