"""A row of the queue: one job, and what its status means."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

Status = Literal["queued", "running", "stopping", "stopped", "interrupted", "failed", "done"]
ACTIVE: tuple[Status, ...] = ("running", "stopping")  # a process may be at work
RESUMABLE: tuple[Status, ...] = ("stopped", "interrupted", "failed")
ENDED: tuple[Status, ...] = (*RESUMABLE, "done")


@dataclass(frozen=True)
class Job:
    """A run in the queue; times are seconds since 1970.

    Attributes:
        id: number, in the order of asking.
        system: which system is trained.
        settings: as the system's configuration takes them.
        run: the run directory.
        executor: name of the executor that runs it.
        device: what it occupies; one job at a time on each.
        status: where it stands.
        attempt: how often it was started.
        owner: the dispatcher that started it last.
        pid: its process, where it has one here.
        pid_started: when that process began, by which a reused number is told from it.
        remote: its name elsewhere, for an executor that runs it on another machine.
        created: when it was asked for.
        started: when it was last started.
        stop_asked: when it was asked to stop.
        ended: when it ended.
        error: the end of what it said when it failed.
    """

    id: int
    system: str
    settings: Mapping[str, Any]
    run: Path
    executor: str
    device: str
    status: Status
    attempt: int
    owner: str | None
    pid: int | None
    pid_started: float | None
    remote: str | None
    created: float
    started: float | None
    stop_asked: float | None
    ended: float | None
    error: str


def job_of(row: sqlite3.Row) -> Job:
    """Return a row as a job; an older database may have more columns."""
    values = {one.name: row[one.name] for one in fields(Job)}
    values["settings"] = json.loads(values["settings"])
    values["run"] = Path(values["run"])
    return Job(**values)
