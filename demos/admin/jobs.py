"""The panel of jobs: the table, one job watched closely, and what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.utils import get_upload_folder
from PIL import Image

from demos.admin.auth import admin_only
from demos.admin.job_views import (
    CHARTS,
    chart_updates,
    machine_use,
    metrics_table,
    numbers,
    possible,
    rows,
    standing_of,
)
from demos.admin.train import Begin, Cloned
from demos.admin.words import say
from demos.shared.widgets import PRIVATE, QUEUED
from pipelines.common.errors import Misuse
from pipelines.jobs import service
from pipelines.jobs.job import ENDED, Job

if TYPE_CHECKING:
    from demos.admin.studio import Studio

EVERY = 2.0  # seconds between looks
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
