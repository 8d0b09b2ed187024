"""The panel of jobs: the table, one job watched closely, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demos.admin.job_actions import Actions
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
from demos.admin.train import Begin
from demos.admin.unseen import Digests, unseen
from demos.admin.words import say
from demos.shared.errors import explain
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED, QUIET, Slider
from pipelines.common.errors import StudioError
from pipelines.jobs import service
from pipelines.jobs.job import ENDED
from pipelines.training.run import Run

if TYPE_CHECKING:
    from demos.admin.studio import Studio

EVERY = 2.0  # seconds between looks
LOOKS = 15  # that send what is new, before one that sends all
CHART_LOOKS = 5  # of which one sends charts that have grown
CHANGED_HERE = ("preview", "export")  # also by who looks: answered when they are to be sent, and only then
ACTIONS = ("stop", "resume", "clone", "evaluate", "promote", "export", "delete")  # and "push", in a row of its own
ANSWERS = {"clone": ("said", "cloned", "draft", "system", "source"), "export": ("file",)}  # the others' is "said"
WATCHED = (
    *("table", "chosen", "beside", "export", "buttons", "standing", "moment", "preview", "charts", "measured"),
    *("log", "machine", "seen"),
)
ASK = "(number) => window.confirm({question!r}) ? number : null"  # before deleting: without a yes no number is sent


@dataclass(frozen=True)
class Seen:
    """What this page has shown last, by which it notices what is new.

    Attributes:
        statuses: status by job.
        job: the job that was shown.
        sheets: how many previews it had.
        sheet: which of them was shown.
        exports: which exports it had.
        asked: what was chosen.
        shown: digests of what is on the page.
        looks: how many there were since all was sent, that one among them.
    """

    statuses: dict[int, str] = field(default_factory=dict)
    job: int = 0
    sheets: int = 0
    sheet: str = ""
    exports: list[str] = field(default_factory=list)
    asked: tuple[Any, ...] = ()
    shown: Digests = field(default_factory=dict)
    looks: int = 0


@dataclass(frozen=True)
class Look:
    """What is chosen in the panel, and what it has shown last."""

    number: int | None
    beside: int | None
    moment: float
    seen: Seen


def build(studio: Studio, language: str, begin: Begin) -> None:
    """Build the panel; where the queue cannot be used it says why, and what to do."""
    jobs, trouble = studio.jobs()

    def said(key: str) -> str:
        return say(f"jobs_{key}", language)

    def button(name: str) -> gr.Button:
        return gr.Button(said(f"do_{name}"), size="sm", interactive=False, min_width=90, elem_id=f"admin-do-{name}")

    headers = [said(key) for key in ("number", "system", "status", "progress", "left", "attempt", "error")]
    table = gr.Dataframe(
        rows(jobs, language), headers=headers, interactive=False, type="array", elem_id="admin-jobs-table"
    )
    with gr.Row():
        chosen = gr.Dropdown(numbers(jobs), label=said("chosen"), elem_id="admin-job", interactive=True)
        others = [("–", 0), *numbers(jobs)]  # whichever was chosen before the language was changed is among them
        beside = gr.Dropdown(others, value=0, label=said("beside"), elem_id="admin-job-beside", interactive=True)
        export = gr.Dropdown([], label=said("export"), elem_id="admin-job-export", interactive=True)
    with gr.Row():
        buttons = {name: button(name) for name in ACTIONS}
    with gr.Row():
        repository = gr.Textbox(
            label=said("repository"), placeholder="owner/model", elem_id="admin-job-repository", max_length=120, scale=3
        )
        buttons["push"] = button("push")
    parts: dict[str, Any] = {"said": gr.Markdown(elem_id="admin-job-said")}
    parts |= {"file": gr.File(visible=False, elem_id="admin-job-file")}
    parts["standing"] = gr.Markdown("" if trouble is None else told(trouble, language), elem_id="admin-job-standing")
    with gr.Row():
        moment = Slider(
            0, 1, 0, step=1, label=said("moment"), elem_id="admin-job-moment", visible=False, interactive=True
        )
    preview = gr.Image(show_label=False, interactive=False, buttons=["fullscreen"], elem_id="admin-job-preview")
    axes = {"x": "step", "y": "value", "color": "run"}
    with gr.Row(elem_classes="charts"):
        charts = [
            gr.LinePlot(**axes, height=200, visible=False, min_width=280, elem_classes="chart") for _ in range(CHARTS)
        ]
    measured = gr.Dataframe(visible=False, interactive=False, type="array", elem_id="admin-job-metrics")
    with gr.Accordion(said("log"), open=False):
        log = gr.Textbox(
            show_label=False, lines=12, max_lines=12, interactive=False, elem_id="admin-job-log", autoscroll=True
        )
    parts |= {"number": chosen, "table": table, "chosen": chosen, "beside": beside, "export": export}
    parts |= {"buttons": buttons, "repository": repository, "moment": moment, "preview": preview}
    parts |= {"charts": dict(enumerate(charts)), "measured": measured, "log": log, "seen": gr.State(Seen())}
    parts |= {"machine": gr.Markdown(machine_use(language), elem_id="admin-machine")}
    parts |= {"cloned": begin.cloned, "draft": begin.draft, "system": begin.system, "source": begin.source}
    panel = Panel(parts, language, studio.gate.admit)
    newest = replace(panel, components={**parts, "number": begin.begun})

    actions = Actions(studio, language)

    def look(request: Look) -> Answer:
        return news(looked(studio, language, request), request)

    def look_back(number: int | None, moment: float, seen: Seen) -> Answer:
        sheets = service.previews_of(actions.job_of(number).run)
        sheet = str(sheets[min(int(moment), len(sheets) - 1)]) if sheets else ""
        return {"preview": opened(sheet), "seen": replace(seen, sheet=sheet)}

    def rest(visitor: gr.Request) -> gr.Timer:
        return gr.Timer(active=studio.gate.is_admin(visitor))  # one sentence for a session that has ended, and no more

    quiet: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    timer = gr.Timer(EVERY)
    ticked = timer.tick(**panel.event(look, *WATCHED, queue=False, show_progress="hidden", **PRIVATE))
    ticked.failure(rest, None, timer, **QUIET)
    gr.on([chosen.input, beside.input], **panel.event(look, *WATCHED, **QUEUED))
    begin.begun.change(**newest.event(look, *WATCHED, **QUEUED))
    moment.release(**panel.event(look_back, "preview", "seen", **QUEUED))
    for name, one in buttons.items():
        event = panel.event(getattr(actions, name), *ANSWERS.get(name, ("said",)), **QUEUED)
        question = ASK.format(question=say("job_delete_ask", language)) if name == "delete" else None
        one.click(**event, js=question).then(**panel.event(look, *WATCHED, **quiet))


def news(answer: Answer, request: Look) -> Answer:
    """Return what of an answer this page does not show yet; of charts, which are drawn anew as a whole, less often.

    All of it where something else was chosen, and now and then, should the page have missed an answer.
    """
    if "seen" not in answer:  # it says why there is nothing to be seen, in the place of what was
        return {**answer, "seen": replace(request.seen, shown={})}
    values, before = dict(answer), request.seen
    asked, now = (request.number, request.beside), values.pop("seen")
    again = asked != before.asked or before.looks >= LOOKS
    if not again and now.statuses == before.statuses and before.looks % CHART_LOOKS:
        values.pop("charts", None)
    as_answered = {name: values.pop(name) for name in CHANGED_HERE if name in values}
    new, shown = unseen(values, {} if again else before.shown)
    looks = 1 if again else before.looks + 1
    return {**new, **as_answered, "seen": replace(now, asked=asked, shown=shown, looks=looks)}


def looked(studio: Studio, language: str, request: Look) -> Answer:
    """Return what the panel shows now, from the store and the run directory."""
    before, (all_jobs, trouble) = request.seen, studio.jobs()
    if trouble is not None:  # the panel looks again every two seconds: no message each time
        return {"standing": told(trouble, language)}
    known = {job.id: job for job in all_jobs}
    for job in all_jobs:
        if before.statuses.get(job.id) not in (None, job.status) and job.status in ENDED:
            gr.Info(say("job_ended", language).format(job=job.id, status=say(f"status_{job.status}", language)))
    one = known.get(request.number or 0) or (all_jobs[-1] if all_jobs else None)
    compared = known.get(request.beside or 0)
    now = Seen({job.id: job.status for job in all_jobs})
    choices = numbers(all_jobs)
    others = [("–", 0), *(choice for choice in choices if one is None or choice[1] != one.id)]
    answer = {
        "table": rows(all_jobs, language),
        "chosen": gr.update(choices=choices, value=one.id if one else None),
        "beside": gr.update(choices=others, value=compared.id if compared else 0),
        "machine": machine_use(language),
        "charts": chart_updates(one, compared),
    }
    if one is None:
        hidden = gr.update(visible=False)
        answer |= {"buttons": dict.fromkeys((*ACTIONS, "push"), gr.update(interactive=False)), "moment": hidden}
        answer |= {"standing": say("jobs_none", language), "preview": None, "measured": hidden, "log": "", "seen": now}
        return {**answer, "export": gr.update(choices=[], value=None)}
    exports, sheets = Run(one.run).export_names(), service.previews_of(one.run)
    looking_back = before.job == one.id and request.moment < before.sheets - 1
    index = min(int(request.moment), len(sheets) - 1) if looking_back else len(sheets) - 1
    sheet = str(sheets[index]) if sheets else ""
    if exports != before.exports or before.job != one.id:
        answer["export"] = gr.update(choices=exports, value=exports[-1] if exports else None)
    if sheet != before.sheet:
        answer["preview"] = opened(sheet)
    allowed = {name: gr.update(interactive=possible(name, one, exports)) for name in (*ACTIONS, "push")}
    last = max(len(sheets) - 1, 0)
    return {
        **answer,
        "buttons": allowed,
        "standing": standing_of(studio, one, language),
        "moment": gr.update(visible=len(sheets) > 1, maximum=max(last, 1), value=max(index, 0)),
        "measured": metrics_table(one),
        "log": service.log_of(one.run),
        "seen": replace(now, job=one.id, sheets=len(sheets), sheet=sheet, exports=exports),
    }


def told(error: StudioError, language: str) -> str:
    """Return what stands where a job would."""
    return f"⚠ {explain(error, language)}"


def opened(path: str) -> Image.Image | None:
    """Return a picture as such: the page serves no file from a run's directory."""
    return Image.open(path) if path else None
