"""The queue: one SQLite file that any number of processes may read and write."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.common.errors import Misuse, StudioError
from pipelines.jobs.job import ACTIVE, RESUMABLE, Job, Status, job_of

ERROR_TAIL = 4000  # characters of an error that are kept
RENEWED = 2 / 3  # of a lease: with less left it is written anew
PATIENCE = 5.0  # seconds to wait for another process's change; one takes milliseconds

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    system TEXT NOT NULL,
    settings TEXT NOT NULL,
    run TEXT NOT NULL,
    executor TEXT NOT NULL,
    device TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    pid INTEGER,
    pid_started REAL,
    remote TEXT,
    created REAL NOT NULL,
    started REAL,
    stop_asked REAL,
    ended REAL,
    error TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires REAL NOT NULL);
"""


class JobStore:
    """The jobs and the dispatcher's lease.

    Every change is one transaction that begins by taking the write lock, so that of two processes that want the same
    job, or the same lease, exactly one gets it. Nothing is opened before it is needed, so that a database that cannot
    be used hinders nothing but the queue; every method raises ``StudioError`` (``store_locked``, ``store_damaged`` or
    ``store_unusable``) then, and goes on as soon as the database is free, or was moved aside.

    Args:
        path: the database; made with its folder where absent.
        patience: seconds to wait for another process's change.
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self.patience = patience
        self._prepared: tuple[int, int] | None = None  # device and inode of the file that has our tables

    def enqueue(
        self, system: str, settings: Mapping[str, Any], run: Path, *, executor: str = "local", device: str = "cpu"
    ) -> Job:
        """Add a job at the end of the queue.

        Raises:
            Misuse: a job that has not ended yet uses the same run directory.
        """
        with self._change() as connection:
            check_free(connection, run)
            cursor = connection.execute(
                "INSERT INTO jobs (system, settings, run, executor, device, status, created) VALUES (?,?,?,?,?,?,?)",
                (system, json.dumps(dict(settings)), str(run), executor, device, "queued", time.time()),
            )
            return fetch(connection, int(cursor.lastrowid or 0))

    def get(self, number: int) -> Job:
        """Return a job.

        Raises:
            Misuse: there is none of that number.
        """
        with self._connection() as connection:
            return fetch(connection, number)

    def jobs(self, *statuses: Status) -> list[Job]:
        """Return the jobs with one of these statuses, by default all, oldest first."""
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM jobs ORDER BY id").fetchall()
        return [job for job in map(job_of, rows) if not statuses or job.status in statuses]

    def claim(self, owner: str) -> Job | None:
        """Take the oldest queued job whose device is free, as ``running``; None where there is none to take.

        Only the holder of the lease gets one.
        """
        if not self.jobs("queued"):  # without a write
            return None
        with self._change() as connection:
            if not holds_lease(connection, owner):
                return None
            row = connection.execute(
                "SELECT id FROM jobs WHERE status = 'queued' AND device NOT IN"
                " (SELECT device FROM jobs WHERE status IN ('running', 'stopping')) ORDER BY id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            now = time.time()
            connection.execute(
                "UPDATE jobs SET status = 'running', owner = ?, attempt = attempt + 1, started = ?,"
                " pid = NULL, pid_started = NULL, remote = NULL, stop_asked = NULL, ended = NULL, error = ''"
                " WHERE id = ?",
                (owner, now, row["id"]),
            )
            return fetch(connection, row["id"])

    def mark_started(
        self, job: Job, *, pid: int | None = None, pid_started: float | None = None, remote: str | None = None
    ) -> bool:
        """Write down what was started for a claimed job; false where the claim no longer stands."""
        with self._change() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET pid = ?, pid_started = ?, remote = ? WHERE id = ? AND attempt = ? AND owner = ?"
                " AND status IN ('running', 'stopping')",
                (pid, pid_started, remote, job.id, job.attempt, job.owner),
            )
            return cursor.rowcount == 1

    def end(self, job: Job, status: Status, error: str = "") -> bool:
        """End an active job; false where somebody else has ended this attempt already."""
        with self._change() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET status = ?, ended = ?, error = ? WHERE id = ? AND attempt = ?"
                " AND status IN ('running', 'stopping')",
                (status, time.time(), error[-ERROR_TAIL:], job.id, job.attempt),
            )
            return cursor.rowcount == 1

    def ask_to_stop(self, number: int) -> Job:
        """Ask a job to stop: a queued one is stopped at once, a running one when it has saved.

        Raises:
            Misuse: no such job, or it has ended.
        """
        with self._change() as connection:
            job, now = fetch(connection, number), time.time()
            if job.status == "queued":
                query = "UPDATE jobs SET status = 'stopped', ended = ? WHERE id = ?"
                connection.execute(query, (now, number))
            elif job.status == "running":
                query = "UPDATE jobs SET status = 'stopping', stop_asked = ? WHERE id = ?"
                connection.execute(query, (now, number))
            elif job.status != "stopping":  # asking twice is not an error
                raise Misuse("job_not_possible", job=number, wanted="stop", status=job.status)
            return fetch(connection, number)

    def resume(self, number: int) -> Job:
        """Put a stopped, interrupted or failed job back into the queue.

        Raises:
            Misuse: no such job, it is not one of those, or another that has not ended uses its run directory.
        """
        with self._change() as connection:
            job = fetch(connection, number)
            if job.status not in RESUMABLE:
                raise Misuse("job_not_possible", job=number, wanted="resume", status=job.status)
            check_free(connection, job.run)
            connection.execute("UPDATE jobs SET status = 'queued', ended = NULL, error = '' WHERE id = ?", (number,))
            return fetch(connection, number)

    def delete(self, number: int) -> Job:
        """Forget a job that has ended, or never began; its run directory is the caller's.

        Raises:
            Misuse: no such job, or it is at work.
        """
        with self._change() as connection:
            job = fetch(connection, number)
            if job.status in ACTIVE:
                raise Misuse("job_not_possible", job=number, wanted="delete", status=job.status)
            connection.execute("DELETE FROM jobs WHERE id = ?", (number,))
            return job

    def take_lease(self, owner: str, seconds: float) -> bool:
        """Take the dispatcher's lease, or renew what is left of it; false while another holds it."""
        now = time.time()
        with self._connection() as connection:  # which writes nothing: a dispatcher looks twice a second
            row = connection.execute("SELECT owner, expires FROM leases WHERE name = 'dispatcher'").fetchone()
        if row is not None and row["owner"] == owner and row["expires"] > now + seconds * RENEWED:
            return True
        with self._change() as connection:
            cursor = connection.execute(
                "INSERT INTO leases (name, owner, expires) VALUES ('dispatcher', ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET owner = excluded.owner, expires = excluded.expires WHERE leases.owner = excluded.owner"
                " OR leases.expires < ?",
                (owner, now + seconds, now),
            )
            return cursor.rowcount == 1

    def release_lease(self, owner: str) -> None:
        """Give the lease back, so that the next dispatcher need not wait."""
        with self._change() as connection:
            connection.execute("DELETE FROM leases WHERE owner = ?", (owner,))

    def lease_holder(self) -> str | None:
        """Return who holds the lease now."""
        with self._connection() as connection:
            row = connection.execute("SELECT owner FROM leases WHERE expires >= ?", (time.time(),)).fetchone()
        return row["owner"] if row else None

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.path, self.patience, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous=FULL")  # what was answered must survive a power cut
                self._prepare(connection)
                yield connection
        except (sqlite3.DatabaseError, OSError) as error:
            raise unusable(self.path, error) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables, once for each file that is found under our path."""
        found = self.path.stat()
        # A new file may get an old one's inode.
        if self._prepared != (found.st_dev, found.st_ino) or found.st_size == 0:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)
            self._prepared = (found.st_dev, found.st_ino)

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                with contextlib.suppress(sqlite3.DatabaseError):  # what went wrong first is what is told
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def unusable(path: Path, error: sqlite3.DatabaseError | OSError) -> StudioError:
    """Return what a person can do about a database that does not work."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more than a person needs
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StudioError("store_locked", given=path)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StudioError("store_damaged", given=path, detail=str(error))
    return StudioError("store_unusable", given=path, detail=str(error))


def holds_lease(connection: sqlite3.Connection, owner: str) -> bool:
    """Say whether the dispatcher's lease is this owner's now."""
    query = "SELECT 1 FROM leases WHERE name = 'dispatcher' AND owner = ? AND expires >= ?"
    return connection.execute(query, (owner, time.time())).fetchone() is not None


def check_free(connection: sqlite3.Connection, run: Path) -> None:
    """Refuse a run directory that a job uses which has not ended yet."""
    waiting = ("queued", *ACTIVE)
    marks = ", ".join("?" * len(waiting))
    query = f"SELECT id FROM jobs WHERE run = ? AND status IN ({marks})"
    if connection.execute(query, (str(run), *waiting)).fetchone():
        raise Misuse("run_is_busy", given=run)


def fetch(connection: sqlite3.Connection, number: int) -> Job:
    """Return a job by its number, or say that there is none."""
    known = 0 < number < 2**63  # what SQLite can count
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (number,)).fetchone() if known else None
    if row is None:
        raise Misuse("job_not_found", given=number)
    return job_of(row)
