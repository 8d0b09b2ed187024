from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from pipelines.common.errors import Misuse, StudioError
from pipelines.jobs.job import Job
from pipelines.jobs.store import JobStore


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "home" / "jobs.sqlite")


def add(store: JobStore, name: str = "a", device: str = "cpu") -> Job:
    return store.enqueue("pix2pix", {"steps": 3, "data": "synthetic"}, store.path.parent / name, device=device)


def test_a_job_is_what_was_asked_for(store: JobStore) -> None:
    job = add(store)
    again = JobStore(store.path).get(job.id)
    assert again == job and job.status == "queued" and job.settings == {"steps": 3, "data": "synthetic"}
    assert abs(job.created - time.time()) < 60 and job.attempt == 0


def test_only_the_lease_holder_takes_jobs(store: JobStore) -> None:
    add(store)
    assert store.claim("one") is None
    assert store.take_lease("one", 60) and not store.take_lease("two", 60)
    assert store.claim("two") is None
    claimed = store.claim("one")
    assert claimed is not None and (claimed.status, claimed.attempt, claimed.owner) == ("running", 1, "one")


def test_a_lease_is_renewed_given_back_and_runs_out(store: JobStore) -> None:
    assert store.take_lease("one", 60) and store.take_lease("one", 60) and store.lease_holder() == "one"
    store.release_lease("two")
    assert store.lease_holder() == "one"
    store.release_lease("one")
    assert store.lease_holder() is None and store.take_lease("two", 0.05)
    time.sleep(0.1)
    assert store.lease_holder() is None and store.take_lease("one", 60)
    add(store)
    assert store.claim("two") is None, "who slept through the lease takes nothing"


def test_one_job_a_device_oldest_first(store: JobStore) -> None:
    first, second, other = add(store, "a"), add(store, "b"), add(store, "c", device="cuda")
    store.take_lease("one", 60)
    taken = [store.claim("one"), store.claim("one"), store.claim("one")]
    assert [job.id if job else None for job in taken] == [first.id, other.id, None]
    assert taken[0] is not None and store.end(taken[0], "done")
    next_one = store.claim("one")
    assert next_one is not None and next_one.id == second.id


def test_of_many_that_want_a_job_one_gets_it(store: JobStore) -> None:
    for number in range(12):
        add(store, str(number), device=f"cuda:{number}")
    store.take_lease("one", 60)
    taken: list[int] = []

    def work() -> None:
        own = JobStore(store.path)
        while (job := own.claim("one")) is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 13))


def test_stop_and_resume(store: JobStore) -> None:
    job = add(store)
    assert store.ask_to_stop(job.id).status == "stopped", "what has not begun need not be waited for"
    assert store.resume(job.id).status == "queued"
    store.take_lease("one", 60)
    claimed = store.claim("one")
    assert claimed is not None
    asked = store.ask_to_stop(job.id)
    assert asked.status == "stopping" and store.ask_to_stop(job.id) == asked, "twice is once"
    assert store.end(claimed, "stopped", "x" * 9000)
    ended = store.get(job.id)
    assert ended.status == "stopped" and len(ended.error) == 4000
    assert not store.end(claimed, "failed"), "an attempt ends once"
    for _ in range(2):
        assert store.get(store.resume(job.id).id).error == ""
        second = store.claim("one")
        assert second is not None and second.stop_asked is None
        assert store.end(second, "failed", "no")
    assert store.get(job.id).attempt == 3


def test_what_is_not_possible_is_said(store: JobStore) -> None:
    job = add(store)
    with pytest.raises(Misuse) as busy:
        add(store)
    assert busy.value.code == "run_is_busy"
    store.take_lease("one", 60)
    claimed = store.claim("one")
    assert claimed is not None
    for impossible in (store.resume, store.delete):
        with pytest.raises(Misuse) as error:
            impossible(job.id)
        assert error.value.code == "job_not_possible"
    store.end(claimed, "done")
    for impossible in (store.resume, store.ask_to_stop):
        with pytest.raises(Misuse):
            impossible(job.id)
    add(store)  # the directory is free again
    store.delete(job.id)
    for gone in (store.get, store.delete, store.resume, store.ask_to_stop):
        with pytest.raises(Misuse) as error:
            gone(job.id)
        assert error.value.code == "job_not_found"


def test_numbers_are_never_used_again(store: JobStore) -> None:
    first = add(store)
    store.delete(first.id)
    assert add(store).id == first.id + 1


def test_a_claim_that_was_given_up_starts_nothing(store: JobStore) -> None:
    add(store)
    store.take_lease("one", 60)
    claimed = store.claim("one")
    assert claimed is not None and store.end(claimed, "interrupted")
    assert not store.mark_started(claimed, pid=1, pid_started=1.0)
    store.resume(claimed.id)
    again = store.claim("one")
    assert again is not None and not store.mark_started(claimed, pid=1)
    assert store.mark_started(again, pid=2, pid_started=3.5) and store.get(again.id).pid == 2


def test_a_broken_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite").mkdir()
    with pytest.raises(StudioError) as error:
        JobStore(tmp_path / "jobs.sqlite").jobs()
    assert error.value.code == "store_unusable"


def test_it_is_in_wal_mode(store: JobStore) -> None:
    add(store)
    assert sqlite3.connect(store.path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_dispatcher_that_finds_nothing_to_do_writes_nothing(store: JobStore) -> None:
    assert store.take_lease("a", 60)
    with contextlib.closing(sqlite3.connect(store.path)) as watching:
        changes = "PRAGMA data_version"  # another number after somebody else's change
        before = watching.execute(changes).fetchone()
        for _ in range(3):
            assert store.take_lease("a", 60) and store.claim("a") is None
        assert watching.execute(changes).fetchone() == before
        assert store.take_lease("a", 180) and watching.execute(changes).fetchone() != before


def test_a_database_of_before_may_have_more_columns(store: JobStore) -> None:
    add(store)
    with sqlite3.connect(store.path) as connection:
        connection.execute("ALTER TABLE jobs ADD COLUMN heartbeat REAL")
    assert store.get(add(store, "b").id).status == "queued"
