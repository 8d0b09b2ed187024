"""The dispatcher: of all the apps on one store, the one that starts, watches and stops jobs."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from pipelines.common.errors import StudioError
from pipelines.jobs.executors import Executor, Started
from pipelines.jobs.job import ACTIVE, ENDED, Job, Status
from pipelines.jobs.store import JobStore

logger = logging.getLogger("pipelines.jobs")
LEASE = 15.0
TICK = 0.5  # seconds between looks at the store
GRACE = 120.0  # seconds that a job has to save when it is asked to stop


class Dispatcher:
    """Runs the queue while it holds the store's lease.

    A job's process belongs to no app: it goes on when the app is killed, and the next dispatcher finds it by its number
    and start time. A job whose process is gone without a word becomes ``interrupted``; nothing restarts it but a
    person's Resume.

    Args:
        store: the jobs.
        executors: by name.
        grace: seconds between asking a job to stop and making it.
        lease: seconds without a sign of life after which another dispatcher may take over; several looks long.
        on_end: called with each job that has ended.
    """

    def __init__(
        self,
        store: JobStore,
        executors: Mapping[str, Executor],
        *,
        grace: float = GRACE,
        lease: float = LEASE,
        on_end: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self.store = store
        self.executors = executors
        self.grace = grace
        self.lease = lease
        self.on_end = on_end
        self.owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._asked: set[tuple[int, int]] = set()  # attempts that were told to stop
        self._unwritten: list[tuple[Job, Started | str]] = []  # begun, or why not, while the queue does not know it
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def serve(self) -> None:
        """Run until ``close`` is called; what goes wrong in one look is logged and tried again at the next.

        What a person can mend is said once, as a sentence.
        """
        said = ""
        while not self._end.wait(TICK):
            try:
                self.look()
                said = ""
            except StudioError as error:
                if str(error) != said:
                    logger.error("%s", error)
                said = str(error)
            except Exception:
                logger.exception("the dispatcher stumbled")
        with contextlib.suppress(StudioError):  # the lease ends by itself
            self.store.release_lease(self.owner)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve, name="dispatcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop dispatching; jobs at work go on."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(10)

    def look(self) -> None:
        """See to every active job, then start what can be started."""
        self._write_down()
        if not self.store.take_lease(self.owner, self.lease):
            return
        for job in self.store.jobs(*ACTIVE):
            self._see_to(job)
        while (claimed := self.store.claim(self.owner)) is not None:
            self._start(claimed)

    def _see_to(self, job: Job) -> None:
        executor = self.executors.get(job.executor)
        if executor is None:
            return  # another installation's executor: it is not ours to end
        never_started = job.pid is None and job.remote is None
        if never_started and job.owner == self.owner:
            return  # being started at this moment
        if never_started or not executor.alive(job):
            self._conclude(job, executor)
            return
        if job.status == "stopping":
            patience = max(self.grace, executor.grace)
            overdue = job.stop_asked is not None and time.time() > job.stop_asked + patience
            if overdue or (job.id, job.attempt) not in self._asked:
                self._asked.add((job.id, job.attempt))
                executor.stop(job, force=overdue)

    def _start(self, job: Job) -> None:
        executor = self.executors.get(job.executor)
        try:
            if executor is None:
                raise StudioError("executor_unknown", given=job.executor, allowed=", ".join(self.executors))
            started = executor.start(job)
        except Exception as error:  # whatever it is, the row must not stay as if it ran
            logger.exception("job %d cannot be started", job.id)
            self._unwritten.append((job, str(error)))
        else:
            logger.info("job %d: attempt %d of %s started", job.id, job.attempt, job.system)
            self._unwritten.append((job, started))
        self._write_down()

    def _write_down(self) -> None:
        """Write what became of starts into the queue; where that fails, the next look does it."""
        while self._unwritten:
            job, started = self._unwritten[0]
            if isinstance(started, str):
                self._end_job(job, "failed", started)
            else:
                self._write_start(job, started)
            del self._unwritten[0]

    def _write_start(self, job: Job, started: Started) -> None:
        known = self.store.mark_started(job, pid=started.pid, pid_started=started.pid_started, remote=started.remote)
        if not known:  # we slept, another dispatcher has given this attempt up
            logger.warning("job %d: attempt %d is no longer ours", job.id, job.attempt)
            lost = replace(job, pid=started.pid, pid_started=started.pid_started, remote=started.remote)
            self.executors[job.executor].stop(lost, force=True)

    def _conclude(self, job: Job, executor: Executor) -> None:
        """End a job whose process is gone by what it has left."""
        outcome, error = executor.outcome(job)
        ends: dict[str, Status] = {"finished": "done", "stopped": "stopped", "failed": "failed"}
        status = ends.get(outcome, "interrupted")
        if status == "interrupted" and job.status == "stopping":
            status = "stopped"  # it was made to: what it had saved before is there
        self._end_job(job, status, error)

    def _end_job(self, job: Job, status: Status, error: str) -> None:
        assert status in ENDED
        if self.store.end(job, status, error):
            logger.info("job %d: %s %s", job.id, status, error)
            self.on_end(self.store.get(job.id))
