"""What can be done with a job, and what is said of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demos.admin.job_views import possible
from demos.admin.jobs import ACTIONS
from demos.shared.errors import explain
from pipelines.common.errors import Misuse
from pipelines.jobs.store import JobStore


@pytest.mark.parametrize(
    ("status", "exports", "wanted"),
    [
        ("queued", [], {"stop", "clone", "delete"}),
        ("running", ["last"], {"stop", "clone", "evaluate", "promote", "export", "push"}),
        ("stopped", [], {"resume", "clone", "delete"}),
        ("done", ["last"], {"clone", "evaluate", "promote", "export", "push", "delete"}),
    ],
)
def test_no_button_does_nothing(studio_home: Path, status: Any, exports: list[str], wanted: set[str]) -> None:
    job = JobStore(studio_home / "jobs.sqlite").enqueue("pix2pix", {}, studio_home / "run")
    assert {name for name in (*ACTIONS, "push") if possible(name, replace(job, status=status), exports)} == wanted


def test_a_job_that_has_ended_says_so_in_each_language() -> None:
    error = Misuse("job_not_possible", job=3, wanted="stop", status="done")
    assert explain(error, "en") == "Job 3 is done: it cannot stop."
    for language in ("ja", "ko"):
        sentence = explain(error, language)
        assert "done" not in sentence and "stop" not in sentence and "3" in sentence
