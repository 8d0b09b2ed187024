"""The drawing pad: what is drawn on it, in the browser, and our drawings to start from."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demos.chimera.names import drawings
from demos.chimera.words import say
from demos.shared.data_urls import PNG, read_url
from demos.shared.requests import Answer, chosen

EXAMPLES = Path(__file__).parent / "examples"
SCRIPT = Path(__file__).parent / "pad.js"
SIDE = 512  # pixels
FIRST = "winged_cat"  # the drawing on the pad of who has drawn nothing yet


def create(language: str = "en") -> gr.HTML:
    """Return the pad. Its value is what is drawn, a PNG as a data URL, empty where nothing is.

    The browser keeps it, over a reload too, and sends it with every event that asks for it: the server needs no memory
    of it. A photograph laid under the pad to be traced never leaves the browser.
    """
    return gr.HTML(
        written(first()),
        html_template='<div class="pad"></div>',
        js_on_load=SCRIPT.read_text(),
        words=words(language),
        elem_id="chi-pad",
    )


def words(language: str) -> dict[str, str]:
    """Return what the pad's tools are called."""
    return say.starting("pad_", language)


def first() -> Image.Image:
    """Return the drawing that the pad begins with."""
    return Image.open(EXAMPLES / f"{FIRST}.png")


def drawing_items(language: str) -> list[tuple[str, str]]:
    """Return path and caption of each drawing there is."""
    return [(str(EXAMPLES / f"{name}.png"), drawings(name, language)) for name in drawings.sentences]


def start_from(event: gr.SelectData) -> Answer:
    """Lay one of our drawings on the pad; the pad's undo takes it away again."""
    name = [*drawings.sentences][chosen(event, len(drawings.sentences))]
    return {"pad": written(Image.open(EXAMPLES / f"{name}.png"))}


def written(drawing: Image.Image) -> str:
    """Return the pad's value for a drawing, black on white."""
    buffer = io.BytesIO()
    drawing.convert("L").resize((SIDE, SIDE)).save(buffer, format="PNG")
    return PNG + base64.b64encode(buffer.getvalue()).decode()


def read(given: Any) -> Image.Image | None:
    """Return what is drawn, RGB; None for an empty pad.

    Raises:
        Misuse: not what the pad sends.
    """
    return read_url(given, PNG, SIDE)
