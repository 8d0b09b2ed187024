"""A real training that is killed again and again ends with the bits of one that was left in peace."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from pipelines import systems
from pipelines.jobs import service
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.executors import LocalExecutor
from pipelines.jobs.job import Job
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from tests.tools import TINY_CLASSIFIER, trained_steps, weights_of

STEPS, KILLS = 180, 3
SETTINGS = {**TINY_CLASSIFIER, "steps": STEPS, "checkpoint_every": 15, "log_every": 1}


def dispatched(number: int, moment: int | None) -> Job:
    """Dispatch until the job has ended; kill its process once it has come ``moment`` steps further."""
    store = service.open_store()
    dispatcher = Dispatcher(store, {"local": LocalExecutor()})
    begun = len(trained_steps(Run(store.get(number).run)))
    end = time.monotonic() + 300
    while time.monotonic() < end:
        dispatcher.look()
        job = store.get(number)
        if job.status not in ("queued", "running"):
            store.release_lease(dispatcher.owner)
            return job
        if moment is not None and job.pid and len(trained_steps(Run(job.run))) >= begun + moment:
            os.killpg(job.pid, signal.SIGKILL)
            moment = None
        time.sleep(0.02)
    raise AssertionError(service.log_of(store.get(number).run))


def test_killed_trainings_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # as many as this process has, whose sums are compared
    config = systems.configure(systems.find("classifier"), None, SETTINGS)
    job = service.enqueue("classifier", config.model_dump(mode="json"))
    chance = random.Random(5)
    for _ in range(KILLS):
        assert dispatched(job.id, chance.randint(20, 40)).status == "interrupted"
        assert list((job.run / "checkpoints").glob("step-*")), "it goes on from there, not from the start"
        service.open_store().resume(job.id)
    ended = dispatched(job.id, None)
    assert (ended.status, ended.attempt) == ("done", KILLS + 1), service.log_of(ended.run)
    assert trained_steps(Run(ended.run)) == list(range(1, STEPS + 1))

    peaceful = Run(tmp_path / "peaceful")
    peaceful.prepare("classifier", config)
    Trainer(systems.find("classifier").load_objective()(config), config, peaceful).fit()
    assert weights_of(Run(ended.run), STEPS) == weights_of(peaceful, STEPS)
    assert without_time(Run(ended.run)) == without_time(peaceful)


def without_time(run: Run) -> list[str]:
    return [json.dumps({key: value for key, value in line.items() if key != "seconds"}) for line in run.metrics()]
