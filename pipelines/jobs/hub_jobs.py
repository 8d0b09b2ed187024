"""Trains on Hugging Face Jobs: the executor and its settings."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huggingface_hub import get_token

from pipelines.common.errors import Misuse, check_range
from pipelines.jobs.executors import LocalExecutor, settings_file
from pipelines.jobs.job import Job

PATIENCE = 900.0  # seconds that a job there has to save, send and end


@dataclass(frozen=True)
class HubSettings:
    """Where jobs go.

    Attributes:
        repository: private dataset repository for code, data and runs; by default one of the token's owner.
        flavor: hardware, by the Hub's name.
        timeout: longest time a job may take; the Hub's own default of 30 minutes is short for a training.
        image: container.
        every: seconds between looks.
    """

    repository: str | None = None
    flavor: str = "t4-small"
    timeout: str = "6h"
    image: str = "python:3.12"
    every: float = 15.0

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> HubSettings:
        """Read ``STUDIO_HF_REPO``, ``_FLAVOR``, ``_TIMEOUT``, ``_IMAGE`` and ``_EVERY``.

        Raises:
            Misuse: ``STUDIO_HF_EVERY`` is no number of seconds, or one out of range.
        """
        names = {"repository": "REPO", "flavor": "FLAVOR", "timeout": "TIMEOUT", "image": "IMAGE", "every": "EVERY"}
        found: dict[str, Any] = {
            field: given[f"STUDIO_HF_{name}"] for field, name in names.items() if given.get(f"STUDIO_HF_{name}")
        }
        if "every" in found:
            with contextlib.suppress(ValueError):  # a word stays one, and is out of any range
                found["every"] = float(found["every"])
            check_range("STUDIO_HF_EVERY", found["every"], 0.1, 3600)
        return dataclasses.replace(cls(), **found)


class HubJobsExecutor(LocalExecutor):
    """One process here that watches over a training on Hugging Face Jobs."""

    grace = PATIENCE

    def place(self, settings: Mapping[str, Any]) -> str:
        """Return what it occupies: nothing of this machine.

        Raises:
            Misuse: nobody is signed in to the Hub, its settings cannot be used, or trackers are asked for, which a
                container there does not have.
        """
        HubSettings.from_environment(os.environ)
        if settings.get("trackers"):
            raise Misuse("setting_invalid", name="trackers", detail="must be empty for hf_jobs")
        if not get_token():
            raise Misuse("hub_token_missing")
        return "hf_jobs"

    def command(self, job: Job) -> list[str]:
        """Return the command of the process here."""
        module = [sys.executable, "-m", "pipelines.jobs.hub_watcher"]
        return [*module, job.system, "--config", str(settings_file(job)), "--run", str(job.run)]

    def stop(self, job: Job, *, force: bool) -> None:
        """Ask the process here, which asks the job; with ``force`` it cancels the job, so that it costs no more.

        The process is never killed: nobody else would try again where the Hub does not answer.
        """
        if not force:
            super().stop(job, force=False)
        elif job.pid is not None and self.alive(job):
            os.kill(job.pid, signal.SIGINT)
