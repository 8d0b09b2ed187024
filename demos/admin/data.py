"""The panel of data sets: upload, look, delete."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.admin import uploads
from demos.admin.auth import admin_only
from demos.admin.words import say
from demos.shared.widgets import QUEUED
from pipelines.common.errors import Misuse
from pipelines.data import library
from pipelines.jobs.job import ACTIVE

if TYPE_CHECKING:
    from demos.admin.studio import Studio

SCRIPT = Path(__file__).parent / "upload.js"
UPLOAD_WORDS = ("choose_zip", "data_name", "may_use", "upload_button", "uploading", "taking_in", "taken_in")


def build(studio: Studio, language: str) -> None:
    """Build the panel."""
    guard = admin_only(studio.gate)
    gr.Markdown(say("data_intro", language))
    words = {key: say(f"data_{key}" if key != "data_name" else key, language) for key in UPLOAD_WORDS}
    upload = gr.HTML(
        html_template='<div class="data-upload"></div>',
        js_on_load=SCRIPT.read_text(),
        kit={"words": words, "language": language},
        elem_id="data-upload",
    )
    used = gr.Markdown(disk_use(language), elem_id="disk-use")
    headers = [say(f"data_column_{key}", language) for key in ("name", "pictures", "classes", "refused", "size")]
    table = gr.Dataframe(rows(), headers=headers, interactive=False, elem_id="data-table", type="array")
    with gr.Row():
        chosen = gr.Dropdown(names(), label=say("data_chosen", language), elem_id="data-chosen", interactive=True)
        delete = gr.Button(say("delete", language), variant="stop", size="sm", elem_id="data-delete")
    report = gr.Markdown(elem_id="data-report")
    sheet = gr.Image(interactive=False, show_label=False, buttons=[], elem_id="data-sheet")

    @guard
    def refresh(request: gr.Request) -> tuple[Any, ...]:
        return disk_use(language), rows(), gr.update(choices=names())

    @guard
    def look(name: str | None, request: gr.Request) -> tuple[Any, str]:
        if not name:
            return None, ""
        return library.sheet(name), described(library.data_set(name), language)

    @guard
    def remove(name: str | None, request: gr.Request) -> tuple[Any, ...]:
        if name:
            waiting = studio.store.jobs("queued", *ACTIVE)
            if library.data_set(name).source in {job.settings.get("data") for job in waiting}:
                raise Misuse("data_in_use", given=name)
            library.delete(name)
        return disk_use(language), rows(), gr.update(choices=names(), value=None)

    shown = [used, table, chosen]
    upload.input(refresh, None, shown, **QUEUED)
    chosen.change(look, chosen, [sheet, report], **QUEUED)
    delete.click(remove, chosen, shown, **QUEUED)


def rows() -> list[list[Any]]:
    """Return the table."""
    return [uploads.summary(one) for one in library.data_sets()]


def names() -> list[str]:
    """Return the names of the data sets."""
    return [one.name for one in library.data_sets()]


def described(one: library.DataSet, language: str) -> str:
    """Return class counts, and what was refused with why."""
    counts = ", ".join(f"{label} {count}" for label, count in one.classes.items())
    refused = "".join(f"\n* `{name[:80]}`: {why}" for name, why in one.refused.items())
    head = say("data_refused", language).format(count=one.refused_in_all)
    return f"{counts}\n\n{head}{refused}" if one.refused_in_all else counts


def disk_use(language: str) -> str:
    """Return how much room there is."""
    disk = shutil.disk_usage(library.studio_home_made())
    return say("disk_use", language).format(free=f"{disk.free / 1e9:.0f}", total=f"{disk.total / 1e9:.0f}")
