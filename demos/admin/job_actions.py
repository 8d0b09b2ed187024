"""What can be done with a job, a button each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from gradio.utils import get_upload_folder

from demos.admin.train import Cloned
from demos.admin.words import say
from demos.shared.requests import Answer
from pipelines.common.errors import Misuse
from pipelines.jobs import service
from pipelines.jobs.job import Job

if TYPE_CHECKING:
    from demos.admin.studio import Studio


@dataclass(frozen=True)
class OfJob:
    """The job that is chosen."""

    number: int | None

    def job(self, studio: Studio) -> Job:
        """Return it, or say that none is chosen."""
        if not self.number:
            raise Misuse("job_not_found", given="–")
        return studio.store.get(self.number)


@dataclass(frozen=True)
class OfExport(OfJob):
    """The job that is chosen, and which of its exports; without one the last."""

    export: str | None

    @property
    def name(self) -> str:
        """The export's name."""
        return self.export or "last"


@dataclass(frozen=True)
class Push(OfExport):
    """What is pushed, and where to."""

    repository: str


@dataclass(frozen=True)
class Actions:
    """The buttons' handlers, named as in the words."""

    studio: Studio
    language: str

    def stop(self, request: OfJob) -> Answer:
        """Stop it and save; one that waits leaves the queue."""
        job = self.studio.store.ask_to_stop(request.number or 0)
        return self._said("job_now", job=job.id, status=say(f"status_{job.status}", self.language))

    def resume(self, request: OfJob) -> Answer:
        """Go on with it."""
        job = self.studio.store.resume(request.number or 0)
        return self._said("job_now", job=job.id, status=say(f"status_{job.status}", self.language))

    def clone(self, request: OfJob) -> Answer:
        """Put its settings into the form."""
        job = request.job(self.studio)
        settings = {name: value for name, value in job.settings.items() if name != "data"}
        form = {"cloned": Cloned(job.system, settings), "system": job.system, "source": job.settings["data"]}
        return {**self._said("job_cloned", job=job.id), **form}

    def evaluate(self, request: OfExport) -> Answer:
        """Measure an export beside what is live."""
        job = request.job(self.studio)
        self.studio.evaluations.start(job, request.name)
        return self._said("job_measuring", job=job.id)

    def promote(self, request: OfExport) -> Answer:
        """Make an export what visitors get."""
        from pipelines.weights import live  # torch comes with it, which the page does not wait for

        job = request.job(self.studio)
        export = service.export_of(job.run, request.name)
        made = live.promote(job.system, export, f"job {job.id}, {request.name}")
        return self._said("job_live", system=job.system, digest=made.weights_sha256[:12])

    def export(self, request: OfExport) -> Answer:
        """Offer an export as a zip."""
        run = request.job(self.studio).run
        folder = Path(get_upload_folder()) / f"export-{time.time_ns()}"
        folder.mkdir(parents=True)
        path = service.zipped(run, request.name, folder / f"{run.name}-{request.name}.zip")
        return {"file": gr.update(value=str(path), visible=True)}

    def push(self, request: Push) -> Answer:
        """Upload an export to the Hub."""
        from pipelines.weights.publishing import push_run

        run = request.job(self.studio).run
        return self._said("job_pushed", url=push_run(run, request.name, request.repository.strip()))

    def delete(self, request: OfJob) -> Answer:
        """Delete it and its run."""
        service.delete(request.number or 0)
        return self._said("job_deleted", job=request.number)

    def _said(self, key: str, **values: object) -> Answer:
        return {"said": say(key, self.language).format(**values)}
