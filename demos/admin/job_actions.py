"""What can be done with a job, a button each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from gradio.utils import get_upload_folder

from demos.admin.train import Draft
from demos.admin.words import say
from demos.shared.requests import Answer
from pipelines.common.errors import Misuse
from pipelines.jobs import service
from pipelines.jobs.job import Job

if TYPE_CHECKING:
    from demos.admin.studio import Studio


@dataclass(frozen=True)
class Actions:
    """The buttons' handlers, named as in the words."""

    studio: Studio
    language: str

    def stop(self, number: int | None) -> Answer:
        """Stop it and save; one that waits leaves the queue."""
        job = self.studio.store.ask_to_stop(number or 0)
        return self._said("job_now", job=job.id, status=say(f"status_{job.status}", self.language))

    def resume(self, number: int | None) -> Answer:
        """Go on with it."""
        job = self.studio.store.resume(number or 0)
        return self._said("job_now", job=job.id, status=say(f"status_{job.status}", self.language))

    def clone(self, number: int | None) -> Answer:
        """Put its settings into the form."""
        job = self.job_of(number)
        settings = {name: value for name, value in job.settings.items() if name != "data"}
        draft = Draft(job.system, source=job.settings["data"], settings=settings)
        form = {"cloned": draft, "draft": draft, "system": draft.system, "source": draft.source}
        return {**self._said("job_cloned", job=job.id), **form}

    def evaluate(self, number: int | None, export: str | None) -> Answer:
        """Measure an export beside what is live."""
        job = self.job_of(number)
        self.studio.evaluations.start(job, export or "last")
        return self._said("job_measuring", job=job.id)

    def promote(self, number: int | None, export: str | None) -> Answer:
        """Make an export what visitors get."""
        from pipelines import commands  # torch comes with it, which the page does not wait for

        job = self.job_of(number)
        name = export or "last"
        system, made = commands.promote(job.run, name, f"job {job.id}, {name}")
        return self._said("job_live", system=system.name, digest=made.weights_sha256[:12])

    def export(self, number: int | None, export: str | None) -> Answer:
        """Offer an export as a zip."""
        run = self.job_of(number).run
        folder = Path(get_upload_folder()) / f"export-{time.time_ns()}"
        folder.mkdir(parents=True)
        name = export or "last"
        path = service.zipped(run, name, folder / f"{run.name}-{name}.zip")
        return {"file": gr.update(value=str(path), visible=True)}

    def push(self, number: int | None, export: str | None, repository: str) -> Answer:
        """Upload an export to the Hub."""
        from pipelines import commands

        run = self.job_of(number).run
        return self._said("job_pushed", url=commands.push_run(run, export or "last", repository.strip()))

    def delete(self, number: int | None) -> Answer:
        """Delete it and its run; nothing where that was declined."""
        if number is None:
            return {}
        service.delete(number)
        return self._said("job_deleted", job=number)

    def job_of(self, number: int | None) -> Job:
        """Return a job, or say that none is chosen."""
        if not number:
            raise Misuse("job_not_found", given="–")
        return self.studio.store.get(number)

    def _said(self, key: str, **values: object) -> Answer:
        return {"said": say(key, self.language).format(**values)}
