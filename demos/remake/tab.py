"""The tab that reads a picture's provenance back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr

from demos.shared.widgets import PRIVATE, Words, report_errors
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.common.images import MAX_BYTES


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one."""
    words.add(gr.Markdown(elem_classes="intro"), value="made_intro")
    with gr.Row():
        file = words.add(gr.File(type="binary", height=140, elem_id="made-file"), label="made_file")
        shown = words.add(gr.JSON(elem_id="made-json"), label="made_json")
    file.upload(read, [file, language], shown, **PRIVATE)
    file.clear(lambda: None, outputs=shown, queue=False, **PRIVATE)


@report_errors
def read(file: bytes | None, language: str) -> dict[str, Any]:
    """Return the provenance of an uploaded PNG."""
    if not file:
        raise Misuse("image_empty")
    if len(file) > MAX_BYTES:
        raise Misuse("image_too_many_bytes", given_mb=f"{len(file) / 1e6:.0f}", allowed_mb=f"{MAX_BYTES / 1e6:g}")
    return asdict(provenance.read(file))
