"""The panel of jobs: the table, one job watched closely, and what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pandas as pd
import psutil
from gradio.utils import get_upload_folder
from PIL import Image

from demos.admin.auth import admin_only
from demos.admin.train import Begin, Cloned
from demos.admin.words import say
from demos.shared.widgets import PRIVATE, QUEUED
from pipelines.common.errors import Misuse
from pipelines.jobs import service
from pipelines.jobs.store import ACTIVE, ENDED, RESUMABLE, Job

if TYPE_CHECKING:
    from demos.admin.studio import Studio

CHARTS = 12  # scalars that are charted
EVERY = 2.0  # seconds between looks
POINTS = 400  # of a chart's line at most
ACTIONS = ("stop", "resume", "clone", "evaluate", "promote", "export", "delete")  # and "push", in a row of its own


@dataclass(frozen=True)
class Seen:
    """What this page has shown last, by which it notices what is new.

    Attributes:
        statuses: status by job.
        job: the job that was shown.
        sheets: how many previews it had.
        sheet: which of them was shown.
        exports: which exports it had.
    """

    statuses: dict[int, str] = field(default_factory=dict)
    job: int = 0
    sheets: int = 0
    sheet: str = ""
    exports: list[str] = field(default_factory=list)


def build(studio: Studio, language: str, begin: Begin) -> None:
    """Build the panel."""
    guard = admin_only(studio.gate)
    say = say_in(language)
    seen = gr.State(Seen())
    headers = [say(f"jobs_{key}") for key in ("number", "system", "status", "progress", "left", "attempt", "error")]
    table = gr.Dataframe(rows(studio, language), headers=headers, interactive=False, type="array", elem_id="jobs-table")
    with gr.Row():
        chosen = gr.Dropdown(numbers(studio), label=say("jobs_chosen"), elem_id="job", interactive=True)
        beside = gr.Dropdown([], label=say("jobs_beside"), elem_id="job-beside", interactive=True)
        export = gr.Dropdown([], label=say("jobs_export"), elem_id="job-export", interactive=True)
    with gr.Row():
        buttons = {
            name: gr.Button(say(f"jobs_do_{name}"), size="sm", interactive=False, min_width=90, elem_id=f"do-{name}")
            for name in ACTIONS
        }
    with gr.Row():
        repository = gr.Textbox(
            label=say("jobs_repository"), placeholder="owner/model", elem_id="job-repository", max_length=120, scale=3
        )
        buttons["push"] = gr.Button(say("jobs_do_push"), size="sm", interactive=False, min_width=90, elem_id="do-push")
    said, file = gr.Markdown(elem_id="job-said"), gr.File(visible=False, elem_id="job-file")
    standing = gr.Markdown(elem_id="job-standing")
    with gr.Row():
        moment = gr.Slider(
            0, 1, 0, step=1, label=say("jobs_moment"), elem_id="job-moment", visible=False, interactive=True
        )
    preview = gr.Image(show_label=False, interactive=False, buttons=["fullscreen"], elem_id="job-preview")
    with gr.Row(elem_classes="charts"):
        charts = [
            gr.LinePlot(
                x="step", y="value", color="run", height=200, visible=False, min_width=280, elem_classes="chart"
            )
            for _ in range(CHARTS)
        ]
    measured = gr.Dataframe(visible=False, interactive=False, type="array", elem_id="job-metrics")
    with gr.Accordion(say("jobs_log"), open=False):
        log = gr.Textbox(
            show_label=False, lines=12, max_lines=12, interactive=False, elem_id="job-log", autoscroll=True
        )
    machine = gr.Markdown(machine_use(language), elem_id="machine")
    timer = gr.Timer(EVERY)

    watched = [table, chosen, beside, export, *buttons.values(), standing, moment, preview, *charts, measured, log]
    watched += [machine, seen]

    def look(number: int | None, other: int | None, at: float, before: Seen) -> list[Any]:
        """Return an update a watched component, from the store and the run directory."""
        all_jobs = studio.store.jobs()
        known = {job.id: job for job in all_jobs}
        for job in all_jobs:
            if before.statuses.get(job.id) not in (None, job.status) and job.status in ENDED:
                gr.Info(say("job_ended").format(job=job.id, status=say(f"status_{job.status}")))
        one = known.get(number or 0) or (all_jobs[-1] if all_jobs else None)
        compared = known.get(other or 0)
        now = Seen({job.id: job.status for job in all_jobs})
        choices = numbers(studio)
        others = [("–", 0), *(choice for choice in choices if one is None or choice[1] != one.id)]
        head = [
            rows(studio, language),
            gr.update(choices=choices, value=one.id if one else None),
            gr.update(choices=others, value=compared.id if compared else 0),
        ]
        if one is None:
            hidden = gr.update(visible=False)
            off = [gr.update(interactive=False)] * len(buttons)
            body = [say("jobs_none"), hidden, None, *[hidden] * CHARTS, hidden, ""]
            return [*head, gr.update(choices=[], value=None), *off, *body, machine_use(language), now]
        exports, sheets = service.exports_of(one.run), service.previews_of(one.run)
        looking_back = before.job == one.id and at < before.sheets - 1
        index = min(int(at), len(sheets) - 1) if looking_back else len(sheets) - 1
        sheet = str(sheets[index]) if sheets else ""
        return [
            *head,
            gr.update(choices=exports, value=exports[-1] if exports else None)
            if exports != before.exports or before.job != one.id
            else gr.skip(),
            *(gr.update(interactive=possible(name, one, exports)) for name in buttons),
            standing_of(studio, one, language),
            gr.update(visible=len(sheets) > 1, maximum=max(len(sheets) - 1, 1), value=max(index, 0)),
            gr.skip() if sheet == before.sheet else opened(sheet),
            *chart_updates(one, compared),
            metrics_table(one),
            service.log_of(one.run),
            machine_use(language),
            replace(now, job=one.id, sheets=len(sheets), sheet=sheet, exports=exports),
        ]

    @guard
    def tick(number: int | None, other: int | None, at: float, before: Seen, request: gr.Request) -> list[Any]:
        return look(number, other, at, before)

    @guard
    def then(number: int | None, at: float, before: Seen, request: gr.Request) -> Any:
        sheets = service.previews_of(job_of(studio, number).run)
        sheet = str(sheets[min(int(at), len(sheets) - 1)]) if sheets else ""
        return opened(sheet), replace(before, sheet=sheet)

    asked = [chosen, beside, moment, seen]
    timer.tick(tick, asked, watched, queue=False, show_progress="hidden", **PRIVATE)
    gr.on([chosen.input, beside.input], tick, asked, watched, **QUEUED)
    newest = [begin.begun, beside, moment, seen]
    begin.begun.change(tick, newest, watched, **QUEUED)
    moment.release(then, [chosen, moment, seen], [preview, seen], **QUEUED)

    @guard
    def stop(number: int | None, request: gr.Request) -> str:
        return say("job_now").format(job=number, status=say(f"status_{studio.store.ask_to_stop(number or 0).status}"))

    @guard
    def resume(number: int | None, request: gr.Request) -> str:
        return say("job_now").format(job=number, status=say(f"status_{studio.store.resume(number or 0).status}"))

    @guard
    def clone(number: int | None, request: gr.Request) -> tuple[Any, ...]:
        job = job_of(studio, number)
        settings = {name: value for name, value in job.settings.items() if name != "data"}
        return say("job_cloned").format(job=number), Cloned(job.system, settings), job.system, job.settings["data"]

    @guard
    def evaluate(number: int | None, name: str | None, request: gr.Request) -> str:
        studio.evaluations.start(job_of(studio, number), name or "last")
        return say("job_measuring").format(job=number)

    @guard
    def promote(number: int | None, name: str | None, request: gr.Request) -> str:
        from pipelines.weights import live  # torch comes with it, which the page does not wait for

        job = job_of(studio, number)
        made = live.promote(job.system, service.export_of(job.run, name or "last"), f"job {job.id}, {name or 'last'}")
        return say("job_live").format(system=job.system, digest=made.weights_sha256[:12])

    @guard
    def give_zip(number: int | None, name: str | None, request: gr.Request) -> Any:
        job = job_of(studio, number)
        folder = Path(get_upload_folder()) / f"export-{time.time_ns()}"
        folder.mkdir(parents=True)
        path = service.zipped(job.run, name or "last", folder / f"{job.run.name}-{name or 'last'}.zip")
        return gr.update(value=str(path), visible=True)

    @guard
    def push(number: int | None, name: str | None, where: str, request: gr.Request) -> str:
        from pipelines.weights.publishing import push_run

        return say("job_pushed").format(url=push_run(job_of(studio, number).run, name or "last", where.strip()))

    @guard
    def delete(number: int | None, request: gr.Request) -> str:
        service.delete(number or 0)
        return say("job_deleted").format(job=number)

    quick = QUEUED
    done = [
        buttons["stop"].click(stop, chosen, said, **quick),
        buttons["resume"].click(resume, chosen, said, **quick),
        buttons["clone"].click(clone, chosen, [said, begin.cloned, begin.system, begin.source], **quick),
        buttons["evaluate"].click(evaluate, [chosen, export], said, **quick),
        buttons["promote"].click(promote, [chosen, export], said, **quick),
        buttons["push"].click(push, [chosen, export, repository], said, **quick),
        buttons["export"].click(give_zip, [chosen, export], file, **quick),
        buttons["delete"].click(delete, chosen, said, js=ASK.format(question=say("job_delete_ask")), **quick),
    ]
    for event in done:
        event.then(tick, asked, watched, show_progress="hidden", **QUEUED)


# Deleting asks first; without a yes no number is sent.
ASK = "(number) => window.confirm({question!r}) ? number : null"


def say_in(language: str) -> Callable[[str], str]:
    """Return ``say`` with the language filled in."""
    return lambda key: say(key, language)


def opened(path: str) -> Image.Image | None:
    """Return a picture as such: the page serves no file from a run's directory."""
    return Image.open(path) if path else None


def job_of(studio: Studio, number: int | None) -> Job:
    """Return a job, or say that none is chosen."""
    if not number:
        raise Misuse("job_not_found", given="–")
    return studio.store.get(number)


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


def numbers(studio: Studio) -> list[tuple[str, int]]:
    """Return the jobs to choose from, newest first."""
    return [(f"{one.id} · {one.system}", one.id) for one in reversed(studio.store.jobs())]


def rows(studio: Studio, language: str) -> list[list[Any]]:
    """Return the table of jobs, newest first."""
    found = []
    for job in reversed(studio.store.jobs()):
        progress = service.progress_of(job)
        left = duration(progress.seconds_left) if job.status == "running" else ""
        error = job.error.strip().splitlines()[-1][:120] if job.error.strip() else ""
        share = f"{progress.step} / {progress.steps}"
        status = say(f"status_{job.status}", language)
        found.append([job.id, job.system, status, share, left, job.attempt, error])
    return found


def standing_of(studio: Studio, job: Job, language: str) -> str:
    """Return one line on a job, and its error in full."""
    progress = service.progress_of(job)
    share = 100 * progress.step / progress.steps if progress.steps else 0
    left = f" · {say('jobs_left', language)} {duration(progress.seconds_left)}" if job.status == "running" else ""
    line = f"**{job.id} · {job.system} · {say(f'status_{job.status}', language)}** · "
    line += f"{progress.step} / {progress.steps} ({share:.0f}%){left} · `{job.settings.get('data', '')}`"
    if studio.evaluations.at_work(job):
        line += f" · {say('jobs_measuring', language)}"
    return f"{line}\n```\n{job.error[-800:]}\n```" if job.error.strip() else line


def duration(seconds: float | None) -> str:
    """Return seconds as a person says them."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def chart_updates(job: Job, compared: Job | None) -> list[Any]:
    """Return an update a chart: a scalar each, the other run's line in it."""
    runs = [one for one in (job, compared) if one is not None]
    scalars = {one.id: service.scalars_of(one.run) for one in runs}
    updates: list[Any] = []
    for name in list(scalars[job.id])[:CHARTS]:
        frames = []
        for one in runs:
            points = scalars[one.id].get(name, [])
            points = points[:: max(1, len(points) // POINTS)]
            frames.append(pd.DataFrame(points, columns=["step", "value"]).assign(run=str(one.id)))
        updates.append(gr.update(value=pd.concat(frames), title=name, visible=True, y_title="", x_title=""))
    return [*updates, *[gr.update(visible=False)] * (CHARTS - len(updates))]


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
