"""What a person may do with jobs and their runs; the page and the command line both ask here."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import write_atomically
from pipelines.common.home import studio_home
from pipelines.jobs import processes
from pipelines.jobs.executors import ROOT, tail
from pipelines.jobs.installation import executors_from_environment
from pipelines.jobs.job import Job
from pipelines.jobs.store import JobStore
from pipelines.training.run import Run
from pipelines.weights import hub

RECENT = 20  # lines of metrics that tell the pace


def open_store() -> JobStore:
    """Return this installation's queue."""
    return JobStore(studio_home() / "jobs.sqlite")


def new_run(system: str) -> Path:
    """Return a run directory of this installation that does not exist yet."""
    folder = studio_home() / "runs"
    stem, number = time.strftime(f"{system}-%Y%m%d-%H%M%S"), 1
    while (path := folder / (stem if number == 1 else f"{stem}-{number}")).exists():
        number += 1
    return path


def enqueue(system: str, settings: Mapping[str, Any], run: Path | None = None, executor: str = "local") -> Job:
    """Put a training into the queue.

    Args:
        system: which system.
        settings: checked already.
        run: run directory, a new one by default.
        executor: who runs it.

    Raises:
        Misuse: no such device or executor, nobody signed in to the Hub, or the run directory is in use.
    """
    known = executors_from_environment()
    if executor not in known:
        raise Misuse("executor_unknown", given=executor, allowed=", ".join(known))
    place = known[executor].place(settings)
    path = (run or new_run(system)).absolute()
    path.mkdir(parents=True, exist_ok=True)  # taken from now on
    return open_store().enqueue(system, settings, path, executor=executor, device=place)


@dataclass(frozen=True)
class Progress:
    """How far a run has got.

    Attributes:
        step: last step written down.
        steps: how many there will be.
        seconds_left: by the pace of the last lines, None where that cannot be told.
    """

    step: int
    steps: int
    seconds_left: float | None


def progress_of(job: Job) -> Progress:
    """Return a job's progress from its run directory."""
    recent, steps = _recent(job.run, *_state(job.run)), int(job.settings.get("steps", 0))
    if not recent:
        return Progress(0, steps, None)
    # The clock of a run starts anew when it is resumed: only a stretch without a fall tells the pace.
    start = max((i for i in range(1, len(recent)) if recent[i]["seconds"] < recent[i - 1]["seconds"]), default=0)
    first, last = recent[start], recent[-1]
    done = last["step"] - first["step"]
    pace = (last["seconds"] - first["seconds"]) / done if done > 0 else None
    return Progress(last["step"], steps, None if pace is None else pace * (steps - last["step"]))


def metrics_of(run: Path) -> tuple[dict[str, Any], ...]:
    """Return a run's metrics; they are read again only when the file has changed."""
    return _metrics(run, *_state(run))


def _state(run: Path) -> tuple[int, int]:
    """Return when a run's metrics were written, nanoseconds, and their bytes; zeros where there are none."""
    try:
        state = Run(run).metrics_file.stat()
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_size


@functools.lru_cache(maxsize=8)  # of the jobs that somebody looks at
def _metrics(run: Path, changed: int, size: int) -> tuple[dict[str, Any], ...]:
    return tuple(Run(run).metrics()) if size else ()


@functools.lru_cache(maxsize=4096)  # of all jobs: a table of them is drawn every few seconds
def _recent(run: Path, changed: int, size: int) -> tuple[dict[str, Any], ...]:
    return tuple(line for line in _metrics(run, changed, size) if line["kind"] == "train")[-RECENT:]


def scalars_of(run: Path) -> dict[str, list[tuple[int, float]]]:
    """Return every scalar of a run as (step, value): ``train/l1``, ``evaluate/ssim`` ..."""
    found: dict[str, list[tuple[int, float]]] = {}
    for line in metrics_of(run):
        for name, value in line.items():
            if name not in ("kind", "step", "seconds") and isinstance(value, int | float):
                found.setdefault(f"{line['kind']}/{name}", []).append((int(line["step"]), float(value)))
    return found


def previews_of(run: Path) -> list[Path]:
    """Return a run's preview sheets, oldest first."""
    return sorted((run / "previews").glob("step-*.png"))


def log_of(run: Path) -> str:
    """Return the end of what a run has logged and printed."""
    return "\n".join(part for part in (tail(run / "log.txt", 6000), tail(run / "console.txt", 2000)) if part)


def delete(number: int) -> None:
    """Forget a job that is not at work, and its run directory where that is this installation's and no other job's.

    Raises:
        Misuse: no such job, or it is at work.
    """
    store = open_store()
    job = store.delete(number)
    ours = job.run.resolve().is_relative_to((studio_home() / "runs").resolve())
    if ours and all(other.run != job.run for other in store.jobs()):
        shutil.rmtree(job.run, ignore_errors=True)


def zipped(run: Path, name: str, target: Path) -> Path:
    """Write one of a run's exports with its settings as a zip.

    Raises:
        Misuse: there is no such export.
    """
    export = Run(run).find_export(name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(path for path in export.rglob("*") if path.is_file()):
            archive.write(file, f"{run.name}/{file.relative_to(export)}")
        archive.write(run / "config.yaml", f"{run.name}/training.yaml")
    return target


class Evaluations:
    """Measures exports beside the live weights, each in a process of its own; results lie in the run directory."""

    def __init__(self) -> None:
        self._at_work: dict[str, threading.Thread] = {}
        self._turn = threading.Lock()  # one at a time: each has a model and extractors of its own

    def start(self, job: Job, export: str) -> None:
        """Begin, unless the same is at work already.

        Raises:
            Misuse: there is no such export.
        """
        folder, key = Run(job.run).find_export(export), f"{job.id}/{export}"
        if key in self._at_work and self._at_work[key].is_alive():
            return
        thread = threading.Thread(target=self._measure, args=(job, folder), name=f"evaluate {key}", daemon=True)
        self._at_work[key] = thread
        thread.start()

    def at_work(self, job: Job) -> bool:
        """Say whether one of a job's exports is being measured."""
        return any(key.startswith(f"{job.id}/") and thread.is_alive() for key, thread in self._at_work.items())

    def _measure(self, job: Job, folder: Path) -> None:
        rows: dict[str, Any] = {}
        for name, weights in ((folder.name, str(folder)), ("live", None)):
            with self._turn:
                rows[name] = measured(job.system, weights, str(job.settings.get("data", "synthetic")))
        write_atomically(job.run / f"evaluation-{folder.name}.json", json.dumps(rows).encode())

    @staticmethod
    def results(run: Path) -> dict[str, dict[str, Any]]:
        """Return metrics by export, ``live`` for those of what was live at the last measurement.

        Those of an export that the training has written anew since are left out.
        """
        found: dict[str, dict[str, Any]] = {}
        for file in sorted(run.glob("evaluation-*.json"), key=changed):
            name = file.stem.removeprefix("evaluation-")
            try:
                rows: dict[str, dict[str, Any]] = json.loads(file.read_text())
                present = hub.weights_sha256(run / "exports" / name)
            except (OSError, ValueError):  # or the export is being replaced at this moment
                continue
            if rows.get(name, {}).get("weights_sha256") not in (None, present):
                del rows[name]
            found |= rows
        return found


def changed(path: Path) -> int:
    """Return when a file was written, 0 where it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def measured(system: str, weights: str | None, data: str) -> dict[str, Any]:
    """Return the metrics of a system's weights, by default those that are live, on held-out data, or ``error``."""
    command = [sys.executable, "-m", "pipelines", "evaluate", system, "--data", data, "--json"]
    chosen = [] if weights is None else ["--weights", weights]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, *chosen], cwd=ROOT, **pipes) as process:
        with contextlib.suppress(AttributeError, OSError, Misuse):  # visitors come first: it shares the app's session
            os.setpriority(os.PRIO_PROCESS, process.pid, processes.niceness_from_environment())
        said, complaint = process.communicate()
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"error": (complaint.strip().splitlines() or ["no answer"])[-1]}


def check_room(settings: Mapping[str, Any]) -> list[str]:
    """Return what a person should know before a training starts: pictures found, room on the disk, memory.

    Raises:
        StudioError: the data cannot be used at all, or the disk has no room for checkpoints.
    """
    import psutil

    from pipelines.data.sources import open_source
    from pipelines.data.splits import given_parts

    source = open_source(str(settings["data"]))
    train, test = given_parts(source.entries) or (source.entries, ())
    labels = {entry.label for entry in (*train, *test)}
    free = shutil.disk_usage(studio_home() if studio_home().exists() else studio_home().parent).free
    if free < 2_000_000_000:
        raise StudioError("disk_full", given="checkpoints")
    memory = psutil.virtual_memory().available
    return [
        f"{len(source.entries)} pictures in {len(labels)} classes",
        f"{free / 1e9:.0f} GB of disk free",
        f"{memory / 1e9:.0f} GB of memory free",
    ]
