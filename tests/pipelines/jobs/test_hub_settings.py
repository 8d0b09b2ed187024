"""What Hugging Face Jobs are asked for with, and refused before anything is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.common.errors import Misuse
from pipelines.jobs.hub_jobs import HubJobsExecutor, HubSettings
from pipelines.training.run import Run


def test_trackers_are_refused_before_a_machine_is_rented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "anything")
    with pytest.raises(Misuse, match="trackers: must be empty for hf_jobs"):
        HubJobsExecutor().place({"trackers": ["tensorboard"]})


def test_settings_come_from_the_environment() -> None:
    assert HubSettings.from_environment({}).flavor == "t4-small"
    given = {"STUDIO_HF_REPO": "lab/runs", "STUDIO_HF_FLAVOR": "h200", "STUDIO_HF_EVERY": "5"}
    found = HubSettings.from_environment(given)
    assert (found.repository, found.flavor, found.every) == ("lab/runs", "h200", 5.0)


@pytest.mark.parametrize("every", ["often", "nan", "0", "-5"])
def test_a_setting_that_cannot_be_used_is_said_before_anything_is_sent(
    every: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "anything")
    monkeypatch.setenv("STUDIO_HF_EVERY", every)
    with pytest.raises(Misuse, match="STUDIO_HF_EVERY must be from"):
        HubJobsExecutor().place({})


def test_a_resumed_job_with_such_a_setting_fails_with_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("steps: 1")
    module = [sys.executable, "-m", "pipelines.jobs.hub_watcher", "pix2pix"]
    given = {**os.environ, "HF_TOKEN": "anything", "STUDIO_HF_EVERY": "often"}
    ended = subprocess.run(
        [*module, "--config", tmp_path / "settings.yaml", "--run", tmp_path / "run"],
        env=given,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1 and len(ended.stderr.splitlines()) == 1
    outcome, error = Run(tmp_path / "run").outcome()
    assert outcome == "failed" and "STUDIO_HF_EVERY must be from" in error
