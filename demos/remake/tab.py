"""The tab that reads a picture's provenance back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import gradio as gr

from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED, Words
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.common.images import MAX_BYTES

EXAMPLE = Path(__file__).parent / "example.png"  # a picture made here: what it tells stands there at first


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one."""
    words.add(gr.Markdown(elem_classes="intro"), value="made_intro")
    with gr.Row():
        with gr.Column(min_width=300):
            file = words.add(gr.File(type="binary", height=140), "made_file")
        with gr.Column(min_width=300):
            shown = words.add(gr.JSON(read(EXAMPLE.read_bytes())["shown"]), "made_json")
    panel = Panel({"file": file, "language": language, "shown": shown})
    taken = file.upload(**panel.event(read, "shown", **PRIVATE))
    taken.failure(**panel.event(refuse, "file", "shown", show_progress="hidden", **QUEUED))
    file.clear(lambda: None, outputs=shown, queue=False, **PRIVATE)


def refuse() -> Answer:
    """Take a file that cannot be read off the page, and what stands there of another."""
    return {"file": None, "shown": None}


def read(file: bytes | None) -> Answer:
    """Answer the provenance of an uploaded PNG."""
    if not file:
        raise Misuse("image_empty")
    if len(file) > MAX_BYTES:
        raise Misuse("image_too_many_bytes", given_mb=f"{len(file) / 1e6:.0f}", allowed_mb=f"{MAX_BYTES / 1e6:g}")
    return {"shown": asdict(provenance.read(file))}
