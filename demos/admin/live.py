"""The panel of what is live: which weights visitors get, and the way back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.admin.words import say
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import QUEUED
from pipelines import systems
from pipelines.common.errors import StudioError

if TYPE_CHECKING:
    from demos.admin.studio import Studio

NONE = "–"  # where there are no weights


def build(studio: Studio, language: str) -> None:
    """Build the panel."""
    headers = [say(f"live_{key}", language) for key in ("system", "source", "digest", "since")]
    table = gr.Dataframe(rows(language), headers=headers, interactive=False, type="array", elem_id="admin-live-table")
    with gr.Row():
        names = list(systems.SYSTEMS)
        chosen = gr.Dropdown(names, value=names[0], show_label=False, elem_id="admin-live-system", interactive=True)
        undo = gr.Button(say("live_undo", language), size="sm", elem_id="admin-live-undo")
        refresh = gr.Button(say("refresh", language), size="sm", elem_id="admin-live-refresh")
    said = gr.Markdown(elem_id="admin-live-said")

    panel = Panel({"system": chosen, "said": said, "table": table}, language, studio.gate.admit)

    def take_back(system: str) -> Answer:
        from pipelines.weights import live

        now = live.undo(system)
        source = now.source if now else say("live_bundled", language)
        return {"said": say("live_now", language).format(system=system, source=source), **look()}

    def look() -> Answer:
        return {"table": rows(language)}

    undo.click(**panel.event(take_back, "said", "table", **QUEUED))
    refresh.click(**panel.event(look, "table", **QUEUED))


def rows(language: str) -> list[list[Any]]:
    """Return what is live of each system."""
    with systems.IMPORTING:
        from pipelines.weights import hub, live  # torch comes with them, which the page does not wait for

    found = []
    for name, system in systems.SYSTEMS.items():
        promoted = live.history(name)
        try:
            opened = name if promoted else system.load_pipeline().bundled or name
            digest = hub.weights_sha256(hub.resolve(opened))[:12]
        except StudioError:
            digest = NONE
        bundled = say("live_bundled", language) if digest != NONE else NONE
        source = promoted[0].source if promoted else bundled
        since = time.strftime("%Y-%m-%d %H:%M", time.localtime(promoted[0].at)) if promoted else ""
        found.append([name, source, digest, since])
    return found
