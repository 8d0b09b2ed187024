"""Where a job runs: an executor starts it, says whether it still is at work, and stops it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil
import yaml

from pipelines.common.files import write_atomically
from pipelines.jobs import processes
from pipelines.jobs.job import Job
from pipelines.training.run import Run

ROOT = Path(__file__).resolve().parents[2]  # the folder that `python -m pipelines` must be run in
OWN_ERROR = "pipelines: "  # how the command line begins its one line about an error


@dataclass(frozen=True)
class Started:
    """What was started: a process here, or a job elsewhere."""

    pid: int | None = None
    pid_started: float | None = None
    remote: str | None = None


class Executor(Protocol):
    """Runs jobs somewhere.

    Attributes:
        grace: seconds that its jobs need at least to save and end.
    """

    grace: float

    def place(self, settings: Mapping[str, Any]) -> str:
        """Return what a job of these settings occupies: one job at a time on each.

        Raises:
            Misuse: no job of these settings can run.
        """
        ...

    def start(self, job: Job) -> Started:
        """Start a job's training, which resumes where its run directory has got to."""
        ...

    def alive(self, job: Job) -> bool:
        """Say whether it is still at work."""
        ...

    def stop(self, job: Job, *, force: bool) -> None:
        """Ask it to save and end; with ``force`` end it now."""
        ...

    def outcome(self, job: Job) -> tuple[str, str]:
        """Return how an attempt that is over ended, as ``Run.outcome`` does."""
        ...


class LocalExecutor:
    """One process on this machine, in a process group of its own, that outlives the app."""

    grace = 0.0

    def place(self, settings: Mapping[str, Any]) -> str:
        """Return the device."""
        from pipelines.common import device

        return device.choose(str(settings.get("device", "auto"))).device.type

    def start(self, job: Job) -> Started:
        """Start the job's command; its output goes to ``console.txt`` in the run directory."""
        job.run.mkdir(parents=True, exist_ok=True)
        Run(job.run).forget_outcome()
        with (job.run / "console.txt").open("a") as console:
            console.write(f"attempt {job.attempt}\n")
        pid, begun = processes.start(self.command(job), console=job.run / "console.txt", folder=ROOT)
        return Started(pid, begun)

    def command(self, job: Job) -> list[str]:
        """Return the command line that trains."""
        train = ["-m", "pipelines", "train", job.system, "--config", str(settings_file(job)), "--run", str(job.run)]
        return [*self.launcher(job), *train]

    def launcher(self, job: Job) -> list[str]:
        """Return what comes before ``-m pipelines``."""
        return [sys.executable]

    def alive(self, job: Job) -> bool:
        """Say whether its process runs."""
        return processes.alive(job.pid, job.pid_started)

    def stop(self, job: Job, *, force: bool) -> None:
        """Send SIGTERM, or SIGKILL, to the process group."""
        if job.pid is not None:
            processes.end_group(job.pid, job.pid_started, force=force)

    def outcome(self, job: Job) -> tuple[str, str]:
        """Return what the training has left in its run directory, or else the end of what it printed."""
        outcome, error = Run(job.run).outcome()
        if outcome:
            return outcome, error
        said = tail(job.run / "console.txt")
        last = said.splitlines()[-1] if said else ""
        return ("failed", last.removeprefix(OWN_ERROR)) if last.startswith(OWN_ERROR) else ("", said)


class AccelerateExecutor(LocalExecutor):
    """Several processes through ``accelerate launch``: GPUs of this machine, or processors, or several hosts.

    Args:
        processes: how many; several hosts are described by Accelerate's own configuration file.
        config_file: Accelerate's configuration, its default one where none is named.
    """

    def __init__(self, processes: int = 2, config_file: Path | None = None) -> None:
        self.processes = processes
        self.config_file = config_file

    def launcher(self, job: Job) -> list[str]:
        """Return the launcher, which takes the module like an interpreter does."""
        if self.config_file is not None:
            return [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(self.config_file)]
        where = ["--cpu", "--num_cpu_threads_per_process", "1"] if job.device == "cpu" else []
        if job.device == "cuda" and self.processes > 1:
            where = ["--multi_gpu"]
        count = ["--num_processes", str(self.processes), "--num_machines", "1", "--mixed_precision", "no"]
        return [sys.executable, "-m", "accelerate.commands.launch", *where, *count]

    def stop(self, job: Job, *, force: bool) -> None:
        """Ask the trainings, not their launcher, which would ask them a second time and not wait for them.

        One that has started none yet is asked itself: nobody asks twice.
        """
        trainings: list[psutil.Process] = []
        if not force and job.pid is not None and self.alive(job):
            trainings = psutil.Process(job.pid).children(recursive=True)
        if not trainings:
            super().stop(job, force=force)
        for one in trainings:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.terminate()


def settings_file(job: Job) -> Path:
    """Write a job's settings into its run directory; return where."""
    path = job.run / "job.yaml"
    write_atomically(path, yaml.safe_dump(dict(job.settings), sort_keys=False).encode())
    return path


def tail(path: Path, characters: int = 2000) -> str:
    """Return the end of a text file, empty where there is none."""
    try:
        return path.read_text(errors="replace")[-characters:].strip()
    except OSError:
        return ""
