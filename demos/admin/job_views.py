"""What the panel of jobs shows: the table, how a job stands, its charts and figures, how busy the machine is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
import pandas as pd
import psutil

from demos.admin.words import say
from pipelines.jobs import service
from pipelines.jobs.job import ACTIVE, RESUMABLE, Job

if TYPE_CHECKING:
    from demos.admin.studio import Studio

CHARTS = 12  # scalars that are charted
FAILED = ("interrupted", "failed")
POINTS = 400  # of a chart's line at most


def possible(action: str, job: Job, exports: list[str]) -> bool:
    """Say whether an action can be taken, so that no button does nothing."""
    return {
        "stop": job.status in ("queued", "running"),
        "resume": job.status in RESUMABLE,
        "clone": True,
        "evaluate": bool(exports),
        "promote": bool(exports),
        "export": bool(exports),
        "push": bool(exports),
        "delete": job.status not in ACTIVE,
    }[action]


def numbers(jobs: Sequence[Job]) -> list[tuple[str, int]]:
    """Return the jobs to choose from, newest first."""
    return [(f"{one.id} · {one.system}", one.id) for one in reversed(jobs)]


def rows(jobs: Sequence[Job], language: str) -> list[list[Any]]:
    """Return the table of jobs, newest first."""
    found = []
    for job in reversed(jobs):
        progress = service.progress_of(job)
        left = duration(progress.seconds_left) if job.status == "running" else ""
        error = error_of(job).splitlines()[-1][:120] if error_of(job) else ""
        share = f"{progress.step} / {progress.steps}"
        status = say(f"status_{job.status}", language)
        found.append([job.id, job.system, status, share, left, job.attempt, error])
    return found


def standing_of(studio: Studio, job: Job, language: str) -> str:
    """Return one line on a job, and its error in full."""
    progress = service.progress_of(job)
    share = 100 * progress.step / progress.steps if progress.steps else 0
    running = job.status == "running" and progress.seconds_left is not None
    left = f" · {say('jobs_left', language)} {duration(progress.seconds_left)}" if running else ""
    line = f"**{job.id} · {job.system} · {say(f'status_{job.status}', language)}** · "
    line += f"{progress.step} / {progress.steps} ({share:.0f}%){left} · `{job.settings.get('data', '')}`"
    if studio.evaluations.at_work(job):
        line += f" · {say('jobs_measuring', language)}"
    return f"{line}\n```\n{error_of(job)[-800:]}\n```" if error_of(job) else line


def error_of(job: Job) -> str:
    """Return what a job that did not end well has written last; what one says that was stopped is no error."""
    return job.error.strip() if job.status in FAILED else ""


def duration(seconds: float | None) -> str:
    """Return seconds as a person says them."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def chart_updates(job: Job | None, compared: Job | None) -> dict[int, Any]:
    """Return an update a chart: a scalar each, the other run's line in it."""
    charts = dict.fromkeys(range(CHARTS), gr.update(visible=False))
    if job is None:
        return charts
    runs = [one for one in (job, compared) if one is not None]
    scalars = {one.id: service.scalars_of(one.run) for one in runs}
    for number, name in enumerate(list(scalars[job.id])[:CHARTS]):
        frames = []
        for one in runs:
            points = scalars[one.id].get(name, [])
            points = points[:: max(1, len(points) // POINTS)]
            frames.append(pd.DataFrame(points, columns=["step", "value"]).assign(run=str(one.id)))
        charts[number] = gr.update(value=pd.concat(frames), title=name, visible=True, y_title="", x_title="")
    return charts


def metrics_table(job: Job) -> Any:
    """Return what was measured of a job's exports, what is live beside it."""
    results = service.Evaluations.results(job.run)
    if not results:
        return gr.update(visible=False)
    keys = list(dict.fromkeys(key for one in results.values() for key in one if key != "weights_sha256"))
    found = [[key, *(shorter(one.get(key, "")) for one in results.values())] for key in keys]
    return gr.update(value={"headers": ["", *results], "data": found}, visible=True)


def shorter(value: Any) -> Any:
    """Return a number with four decimals."""
    return round(value, 4) if isinstance(value, float) else value


def machine_use(language: str) -> str:
    """Return how busy the machine is."""
    from pipelines.common.device import gpu_memory

    memory = psutil.virtual_memory()
    used, total = f"{memory.used / 1e9:.1f}", f"{memory.total / 1e9:.1f}"
    gpu = "".join(f", GPU {number}: {free:.0f} / {whole:.0f} GB" for number, (free, whole) in enumerate(gpu_memory()))
    values = {"processor": f"{psutil.cpu_percent():.0f}", "used": used, "total": total, "gpu": gpu}
    return say("machine_use", language).format(**values)
