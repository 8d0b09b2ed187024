"""A job database that cannot be used: a sentence with the file and a way out, wherever it is met."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.common.errors import StudioError
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.service import open_store
from pipelines.jobs.store import JobStore

LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode=EXCLUSIVE")
held.execute("PRAGMA journal_mode=WAL")
held.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def garbage(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this was never a database\n" * 400)


def cut_off(path: Path) -> None:
    """A database with a job, of which the disk has lost the second half."""
    JobStore(path).enqueue("pix2pix", {"data": "synthetic"}, path.parent / "run")
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have another process hold the database."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            other.kill()


@pytest.fixture
def path(studio_home: Path) -> Path:
    return studio_home / "jobs.sqlite"


@pytest.mark.parametrize("damage", [garbage, cut_off])
def test_a_damaged_database_is_said_with_its_file_and_goes_on_when_that_is_moved(path: Path, damage: object) -> None:
    damage(path)  # type: ignore[operator]
    store, before = JobStore(path), path.read_bytes()
    calls = (store.jobs, lambda: store.get(1), lambda: store.enqueue("pix2pix", {}, path.parent / "run"))
    for call in (*calls, lambda: store.ask_to_stop(1), lambda: store.take_lease("me", 9)):
        with pytest.raises(StudioError, match="move it aside") as error:
            call()
        assert error.value.code == "store_damaged" and str(path) in str(error.value)
    assert path.read_bytes() == before, "it may hold what somebody wants back"
    path.rename(path.with_suffix(".aside"))
    assert store.enqueue("pix2pix", {}, path.parent / "run").id == 1 and len(store.jobs()) == 1


def test_a_database_that_is_moved_while_it_is_in_use_is_made_anew(path: Path) -> None:
    store = JobStore(path)
    store.enqueue("pix2pix", {}, path.parent / "run")
    for file in path.parent.glob("jobs.sqlite*"):
        file.rename(file.with_name(f"old-{file.name}"))
    assert store.jobs() == [] and store.enqueue("pix2pix", {}, path.parent / "run").id == 1


def test_a_locked_database_is_said_so_and_goes_on_when_it_is_free(path: Path) -> None:
    JobStore(path).enqueue("pix2pix", {}, path.parent / "run")
    store = JobStore(path, patience=0.05)
    with locked(path), pytest.raises(StudioError, match=f"{path} is locked by another process") as error:
        store.jobs()
    assert error.value.code == "store_locked"
    assert len(store.jobs()) == 1


@pytest.mark.parametrize("command", [["jobs"], ["jobs", "serve"], ["stop", "1"], ["resume", "1"], ["promote", "1"]])
def test_the_command_line_says_it_in_a_line(path: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    garbage(path)
    assert main(command) == 1
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1
    assert str(path) in told.err and "move it aside" in told.err


def test_the_dispatcher_says_it_once_and_goes_on_when_it_is_mended(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    garbage(path)
    dispatcher = Dispatcher(open_store(), {})
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 4:
            path.unlink()
        if looks == 5:
            dispatcher.close()
        Dispatcher.look(dispatcher)

    monkeypatch.setattr(dispatcher, "look", look)
    monkeypatch.setattr("pipelines.jobs.dispatcher.TICK", 0)
    with caplog.at_level(logging.INFO):
        dispatcher.serve()
    (record,) = caplog.records
    assert "move it aside" in record.getMessage() and record.exc_info is None
    assert JobStore(path).lease_holder() is None
