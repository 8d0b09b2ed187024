from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from pipelines.common.errors import StudioError
from pipelines.jobs import processes
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.executors import AccelerateExecutor, LocalExecutor
from pipelines.jobs.job import ACTIVE, Job
from pipelines.jobs.store import JobStore
from pipelines.training.run import Run
from tests.pipelines.jobs.dummy import DummyExecutor
from tests.tools import ROOT, TINY_CLASSIFIER, trained_steps

PATIENCE = 120
Found = TypeVar("Found")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite")
    yield store
    for job in store.jobs(*ACTIVE):
        if job.pid is not None:
            processes.end_group(job.pid, job.pid_started, force=True)


def add(store: JobStore, name: str = "a", device: str = "cpu") -> Job:
    return store.enqueue("line", {}, store.path.parent / name, device=device)


def dispatcher(store: JobStore, steps: int = 20, **options: float) -> Dispatcher:
    return Dispatcher(store, {"local": DummyExecutor(steps)}, **options)  # type: ignore[arg-type]


def look_until(one: Dispatcher, done: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < given_up
        one.look()
        time.sleep(0.02)


def steps_of(job: Job) -> list[int]:
    return trained_steps(Run(job.run))


def test_jobs_run_one_after_the_other(store: JobStore) -> None:
    jobs, one, ended = [add(store, name) for name in "abc"], dispatcher(store), list[int]()
    one.on_end = lambda job: ended.append(job.id)
    most = 0

    def done() -> bool:
        nonlocal most
        most = max(most, len(store.jobs(*ACTIVE)))
        return len(store.jobs("done")) == 3

    look_until(one, done)
    assert most == 1 and ended == [job.id for job in jobs]
    assert all(steps_of(job) == list(range(1, 21)) for job in jobs)


def test_a_stop_saves_and_a_resume_goes_on(store: JobStore) -> None:
    job, one = add(store), dispatcher(store, steps=300)
    look_until(one, lambda: bool(job.run.exists() and len(steps_of(job)) > 5))
    store.ask_to_stop(job.id)
    look_until(one, lambda: store.get(job.id).status == "stopped")
    reached = steps_of(job)[-1]
    assert 5 < reached < 300
    store.resume(job.id)
    look_until(one, lambda: store.get(job.id).status == "done")
    assert steps_of(job) == list(range(1, 301)) and store.get(job.id).attempt == 2


def test_who_does_not_stop_is_stopped(store: JobStore) -> None:
    job, one = add(store), dispatcher(store, steps=10_000, grace=0.5)
    look_until(one, lambda: bool(job.run.exists() and len(steps_of(job)) > 2))
    process = store.get(job.id).pid
    assert process is not None
    os.kill(process, signal.SIGSTOP)  # it hears nothing
    store.ask_to_stop(job.id)
    look_until(one, lambda: store.get(job.id).status == "stopped")
    assert not processes.alive(process, store.get(job.id).pid_started)


def test_a_killed_training_is_interrupted_and_no_one_restarts_it(store: JobStore) -> None:
    job, one = add(store), dispatcher(store, steps=10_000)
    look_until(one, lambda: bool(job.run.exists() and len(steps_of(job)) > 2))
    process = store.get(job.id).pid
    assert process is not None
    os.killpg(process, signal.SIGKILL)
    look_until(one, lambda: store.get(job.id).status == "interrupted")
    for _ in range(5):
        one.look()
    assert store.get(job.id).attempt == 1


def test_what_cannot_be_started_fails_with_its_reason(store: JobStore) -> None:
    store.enqueue("line", {}, store.path.parent / "a", executor="moon")
    blocked = add(store, "b", device="cuda")
    (store.path.parent / "b").write_text("a file where the directory should be")
    dispatcher(store).look()
    assert {job.status for job in store.jobs()} == {"failed"}
    assert "moon" in store.jobs()[0].error and store.get(blocked.id).error


@pytest.mark.parametrize(
    ("change", "executor", "status"), [("mark_started", "local", "done"), ("end", "moon", "failed")]
)
def test_what_the_queue_cannot_be_told_at_once_it_is_told_at_the_next_look(
    store: JobStore, monkeypatch: pytest.MonkeyPatch, change: str, executor: str, status: str
) -> None:
    job, one, written = store.enqueue("line", {}, store.path.parent / "a", executor=executor), dispatcher(store), []
    real = getattr(store, change)

    def locked_once(*given: object, **options: object) -> object:
        written.append(change)
        if len(written) == 1:
            raise StudioError("store_locked", given=store.path)
        return real(*given, **options)

    monkeypatch.setattr(store, change, locked_once)
    with pytest.raises(StudioError):
        one.look()
    look_until(one, lambda: store.get(job.id).status not in ("queued", *ACTIVE))
    assert (store.get(job.id).status, store.get(job.id).attempt) == (status, 1)


def test_a_clock_that_is_set_ends_no_job(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = processes.start_time(os.getpid())
    monkeypatch.setattr(psutil, "boot_time", lambda: 0.0)
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: 0.0)
    assert processes.alive(os.getpid(), begun)


def test_a_training_that_fails_leaves_its_reason(store: JobStore) -> None:
    job = store.enqueue("pix2pix", {"steps": -1}, store.path.parent / "a")
    one = Dispatcher(store, {"local": LocalExecutor()})
    look_until(one, lambda: store.get(job.id).status not in ("queued", *ACTIVE))
    assert store.get(job.id).status == "failed" and "steps" in store.get(job.id).error


def test_of_two_dispatchers_one_works_and_the_other_takes_over(store: JobStore) -> None:
    one, two, job = dispatcher(store, steps=200), dispatcher(store, steps=200), add(store)
    for _ in range(3):
        one.look()
        two.look()
    assert store.get(job.id).owner == one.owner and store.get(job.id).attempt == 1
    store.release_lease(one.owner)
    look_until(two, lambda: store.get(job.id).status == "done")
    assert steps_of(job) == list(range(1, 201)), "the new one found the process of the old one"
    assert store.get(job.id).attempt == 1


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no sessions that share processors here")
def test_a_training_yields_to_visitors(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_NICE")
    job, one = add(store), dispatcher(store, steps=10_000)
    look_until(one, lambda: store.get(job.id).pid is not None)
    pid = store.get(job.id).pid
    assert pid is not None and os.getpriority(os.PRIO_PROCESS, pid) >= 10
    assert Path(f"/proc/{pid}/autogroup").read_text().split()[-1] == "19", "as a session it would have an equal share"


def test_how_far_a_training_yields_is_a_number(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_NICE", "20")
    job = add(store)
    dispatcher(store).look()
    assert store.get(job.id).status == "failed" and "STUDIO_NICE" in store.get(job.id).error


def test_a_number_used_again_is_another_process(store: JobStore) -> None:
    own = os.getpid()
    begun = processes.start_time(own)
    assert begun is not None and processes.alive(own, begun) and not processes.alive(own, begun - 10)
    processes.end_group(own, begun - 10, force=True)  # must not end this test


def test_twenty_kills_lose_nothing_and_run_nothing_twice(store: JobStore) -> None:
    """Dispatchers and trainings are killed at random; a person presses Resume after each."""
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(1000)))
    print(f"KILL_SEED={seed}")
    rng, steps = random.Random(seed), 250
    jobs: list[Job] = []
    serve = [sys.executable, "-m", "tests.pipelines.jobs.dummy", "serve", str(store.path), str(steps)]
    apps: list[subprocess.Popen[bytes]] = []
    killed = {"dispatcher": 0, "training": 0}
    given_up = time.monotonic() + 3 * PATIENCE

    def progress() -> int:
        return sum(len(steps_of(job)) for job in jobs)

    def running() -> list[Job]:
        return [job for job in store.jobs(*ACTIVE) if processes.alive(job.pid, job.pid_started)]

    def unfinished() -> int:
        return len(jobs) - len(store.jobs("done"))

    def look_after(enough: Callable[[], Found]) -> Found:
        """Keep two dispatchers alive and press Resume until there is enough, which is returned."""
        while not (found := enough()):
            assert time.monotonic() < given_up, store.jobs()
            apps[:] = [app for app in apps if app.poll() is None]
            while len(apps) < 2:
                apps.append(subprocess.Popen(serve, cwd=ROOT))
            for job in store.jobs("interrupted"):
                store.resume(job.id)
            time.sleep(0.02)
        return found

    def train_on(more: int) -> None:
        """Let so many steps be done; while kills are to come, three trainings are wanted, however fast they end."""
        while unfinished() < 3:
            jobs.append(add(store, str(len(jobs)), "cuda" if len(jobs) % 3 == 2 else "cpu"))
        wanted = progress() + more
        look_after(lambda: progress() >= wanted or not unfinished())

    try:
        for number in range(20):
            train_on(rng.randint(1, 30))
            if number % 2:
                victim = rng.choice(look_after(running))
                processes.end_group(victim.pid or 0, victim.pid_started, force=True)
                killed["training"] += 1
            else:
                rng.choice(apps).kill()
                killed["dispatcher"] += 1
        look_after(lambda: not unfinished())
    finally:
        for app in apps:
            app.kill()
    print(f"{killed}, attempts {[store.get(job.id).attempt for job in jobs]}")
    assert min(killed.values()) >= 8 and {store.get(job.id).status for job in jobs} == {"done"}
    for job in jobs:
        assert steps_of(job) == list(range(1, steps + 1)), f"KILL_SEED={seed}"


def test_two_processes_are_asked_once_and_save(tmp_path: Path) -> None:
    """``accelerate launch`` with two processors stops with a checkpoint, and its launcher ends in peace."""
    store = JobStore(tmp_path / "jobs.sqlite")
    settings = {**TINY_CLASSIFIER, "steps": 100_000, "checkpoint_every": 100_000, "log_every": 1}
    job = store.enqueue("classifier", settings, tmp_path / "run", executor="accelerate")
    one = Dispatcher(store, {"accelerate": AccelerateExecutor(2)})
    look_until(one, lambda: bool(job.run.exists() and len(steps_of(job)) > 2))
    store.ask_to_stop(job.id)
    look_until(one, lambda: store.get(job.id).status not in ACTIVE)
    assert store.get(job.id).status == "stopped", (job.run / "console.txt").read_text()[-3000:]
    assert list((job.run / "checkpoints").glob("step-*"))


@pytest.mark.parametrize(
    ("device", "processes", "where"),
    [("cpu", 2, ["--cpu"]), ("cuda", 2, ["--multi_gpu"]), ("cuda", 1, []), ("mps", 1, [])],
)
def test_the_launcher_is_told_of_several_gpus_alone(
    store: JobStore, device: str, processes: int, where: list[str]
) -> None:
    command = AccelerateExecutor(processes).launcher(add(store, device=device))
    assert [one for one in command if one in ("--cpu", "--multi_gpu")] == where


def test_a_launcher_that_has_started_nothing_yet_is_asked_itself(store: JobStore) -> None:
    pid, begun = processes.start(["sleep", "60"], console=store.path.with_name("console.txt"), folder=store.path.parent)
    job = replace(add(store), pid=pid, pid_started=begun)
    AccelerateExecutor(2).stop(job, force=False)
    end = time.monotonic() + 30
    while processes.alive(pid, begun) and time.monotonic() < end:
        time.sleep(0.01)
    assert not processes.alive(pid, begun)
