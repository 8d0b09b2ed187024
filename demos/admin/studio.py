"""What the Admin tab's panels work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from demos.admin.auth import Gate
from pipelines.common.errors import StudioError
from pipelines.jobs.job import Job
from pipelines.jobs.service import Evaluations
from pipelines.jobs.store import JobStore


@dataclass
class Studio:
    """What the panels work on.

    Attributes:
        gate: who is an administrator.
        store: the queue.
        evaluations: what is being measured.
    """

    gate: Gate
    store: JobStore
    evaluations: Evaluations = field(default_factory=Evaluations)

    def jobs(self) -> tuple[list[Job], StudioError | None]:
        """Return the jobs of the queue, oldest first; where it cannot be used none, and why."""
        try:
            return self.store.jobs(), None
        except StudioError as error:
            return [], error
