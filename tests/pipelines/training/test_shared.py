from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pipelines.common.errors import Misuse
from pipelines.training.run import Run
from tests.pipelines.training import shared
from tests.tools import ROOT, trained_steps


def launch(folder: Path, count: int) -> Run:
    launcher = ["-m", "accelerate.commands.launch", "--cpu", "--num_processes", str(count), "--num_machines", "1"]
    launcher += ["--mixed_precision", "no", "--num_cpu_threads_per_process", "1"]
    command = [sys.executable, *launcher, "-m", "tests.pipelines.training.shared", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return Run(folder)


def test_two_processes_learn_what_one_does(tmp_path: Path) -> None:
    shared.main(tmp_path / "one")
    alone, together = Run(tmp_path / "one"), launch(tmp_path / "two", 2)
    assert trained_steps(together) == trained_steps(alone) == list(range(1, shared.STEPS + 1)), "one of them writes"
    one, two = (load_file(run.exports / "last" / "model.safetensors") for run in (alone, together))
    start = shared.Curve().modules["net"].state_dict()
    assert (one["0.weight"] - start["0.weight"]).abs().max() > 0.05, "it has learnt something"
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=0, atol=1e-5)


def test_one_directory_is_trained_in_by_one(tmp_path: Path) -> None:
    with Run(tmp_path / "run").locked(), pytest.raises(Misuse) as error, Run(tmp_path / "run").locked():
        pass
    assert error.value.code == "run_is_busy"
    with Run(tmp_path / "run").locked():
        pass


def test_a_training_leaves_word(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert run.outcome() == ("", "")
    run.write_outcome("failed", "no room")
    assert run.outcome() == ("failed", "no room")
    for damage in ("", "{", "[]", '{"outcome": 1}'):
        run.outcome_file.write_text(damage)
        assert run.outcome() == ("", "")
    run.forget_outcome()
    run.forget_outcome()
