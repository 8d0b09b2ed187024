"""A training that takes no time to start, and a dispatcher of such: both are killed in the tests.

``python -m tests.pipelines.jobs.dummy train RUN STEPS`` counts to STEPS; ``... serve STORE STEPS`` runs the queue.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

from pipelines.jobs import processes
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.executors import LocalExecutor, Started
from pipelines.jobs.job import Job
from pipelines.jobs.store import JobStore
from pipelines.training.run import Run
from tests.tools import ROOT

PACE = 0.01  # seconds a step
LEASE = 1.5  # seconds of a dispatcher, so that a killed one is soon replaced


class DummyExecutor(LocalExecutor):
    """Starts the counting instead of a training; all else is the real executor's."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def start(self, job: Job) -> Started:
        job.run.mkdir(parents=True, exist_ok=True)
        Run(job.run).forget_outcome()
        count = ["-m", "tests.pipelines.jobs.dummy", "train", str(job.run), str(self.steps)]
        return Started(*processes.start([sys.executable, *count], console=job.run / "console.txt", folder=ROOT))


def train(run: Run, steps: int) -> None:
    """Write a line a step, going on after the last that is there."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with run.locked():
        reached = max((line["step"] for line in run.metrics()), default=0)
        for step in range(reached + 1, steps + 1):
            if stop.is_set():
                run.write_outcome("stopped")
                return
            time.sleep(PACE)
            run.append_metrics("train", step, 0.0, {"loss": 1 / step})
        run.write_outcome("finished")


def serve(store: Path, steps: int) -> None:
    """Run the queue until killed."""
    Dispatcher(JobStore(store), {"local": DummyExecutor(steps)}, lease=LEASE).serve()


if __name__ == "__main__":
    what, where, count = sys.argv[1:]
    if what == "train":
        train(Run(Path(where)), int(count))
    else:
        serve(Path(where), int(count))
