"""The panel of data sets: upload, look, delete."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.admin import uploads
from demos.admin.words import say
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import QUEUED
from pipelines.common.errors import Misuse
from pipelines.data import library
from pipelines.jobs.job import ACTIVE

if TYPE_CHECKING:
    from demos.admin.studio import Studio

SCRIPT = Path(__file__).parent / "upload.js"


def build(studio: Studio, language: str) -> None:
    """Build the panel."""
    gr.Markdown(say("data_intro", language))
    upload = gr.HTML(
        html_template='<div class="data-upload"></div>',
        js_on_load=SCRIPT.read_text(),
        kit={"words": say.starting("data_", language), "language": language},
        elem_id="admin-data-upload",
    )
    used = gr.Markdown(disk_use(language), elem_id="admin-disk-use")
    headers = [say(f"data_column_{key}", language) for key in ("name", "pictures", "classes", "refused", "size")]
    table = gr.Dataframe(rows(), headers=headers, interactive=False, elem_id="admin-data-table", type="array")
    with gr.Row():
        chosen = gr.Dropdown(names(), label=say("data_chosen", language), elem_id="admin-data-chosen", interactive=True)
        delete = gr.Button(say("delete", language), variant="stop", size="sm", elem_id="admin-data-delete")
    report = gr.Markdown(elem_id="admin-data-report")
    sheet = gr.Image(interactive=False, show_label=False, buttons=[], elem_id="admin-data-sheet")

    parts = {"name": chosen, "used": used, "table": table, "chosen": chosen, "sheet": sheet, "report": report}
    panel = Panel(parts, language, studio.gate.admit)

    def refresh() -> Answer:
        return {"used": disk_use(language), "table": rows(), "chosen": gr.update(choices=names())}

    def look(name: str | None) -> Answer:
        if not name:
            return {"sheet": None, "report": ""}
        one = library.data_set(name)
        return {"sheet": library.sheet(name), "report": described(one, language)}

    def remove(name: str | None) -> Answer:
        if name:
            waiting = studio.store.jobs("queued", *ACTIVE)
            if library.data_set(name).source in {job.settings.get("data") for job in waiting}:
                raise Misuse("data_in_use", given=name)
            library.delete(name)
        return {**refresh(), "chosen": gr.update(choices=names(), value=None)}

    upload.input(**panel.event(refresh, "used", "table", "chosen", **QUEUED))
    chosen.change(**panel.event(look, "sheet", "report", **QUEUED))
    delete.click(**panel.event(remove, "used", "table", "chosen", **QUEUED))


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
