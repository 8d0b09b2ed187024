from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.training.run import Run
from tests.once import Once
from tests.tools import TINY, TINY_CLASSIFIER, as_pairs, start_cli, trained_steps, weights_of

STEPS, QUICK_STEPS = 12, 200
OFTEN = {"log_every": 1, "checkpoint_every": 4, "preview_every": 1000, "evaluate_every": 1000}
SYSTEMS = {
    "pix2pix": {**TINY, "data": "synthetic:24", "steps": STEPS, **OFTEN},
    "classifier": {**TINY_CLASSIFIER, "steps": QUICK_STEPS, **OFTEN, "checkpoint_every": 50},
}
PATIENCE = 300  # seconds until a process that hangs is given up


def start(run: Run, system: str = "pix2pix", **settings: int) -> subprocess.Popen[str]:
    pairs = as_pairs({**SYSTEMS[system], **settings})
    return start_cli("train", system, "--run", run.path, *pairs, cwd=run.path.parent)


def finish(run: Run, system: str = "pix2pix") -> None:
    process = start(run, system)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors


def send_at(
    run: Run,
    number: signal.Signals,
    step: int,
    system: str = "pix2pix",
    *,
    send: Callable[[int, int], None] = os.kill,
    **settings: int,
) -> subprocess.Popen[str]:
    """Start or resume a run and send it a signal as soon as it has written a step's line."""
    process = start(run, system, **settings)
    given_up = time.monotonic() + PATIENCE
    while process.poll() is None and not reached(run, step):
        assert time.monotonic() < given_up
        time.sleep(0.01)
    send(process.pid, number)
    process.communicate(timeout=PATIENCE)
    return process


def reached(run: Run, step: int) -> bool:
    return max((line["step"] for line in run.metrics()), default=0) >= step


@pytest.fixture(scope="module")
def unbroken_classifier(once: Once) -> Run:
    folder = once.folder("unbroken-classifier", lambda folder: finish(Run(folder / "run"), "classifier"))
    return Run(folder / "run")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_saves_and_exits_zero(
    unbroken_classifier: Run, tmp_path: Path, number: signal.Signals
) -> None:
    run = Run(tmp_path / "run")
    assert send_at(run, number, 6, "classifier").returncode == 0
    step = trained_steps(run)[-1]
    assert 6 <= step < QUICK_STEPS
    assert (run.checkpoints / f"step-{step:08d}" / "tensors.safetensors").is_file()
    finish(run, "classifier")
    assert weights_of(run, QUICK_STEPS) == weights_of(unbroken_classifier, QUICK_STEPS)
    assert trained_steps(run) == list(range(1, QUICK_STEPS + 1))


def test_sigterm_to_the_whole_group_saves_too(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    process = send_at(run, signal.SIGTERM, 6, send=os.killpg, workers=1)  # its worker gets the signal as well
    assert process.returncode == 0
    assert 6 <= trained_steps(run)[-1] < STEPS
    assert (run.checkpoints / f"step-{trained_steps(run)[-1]:08d}" / "tensors.safetensors").is_file()
