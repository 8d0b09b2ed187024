"""The drawing pad: what is on it, our drawings to start from, a photograph to trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from demos.chimera.bounded_pad import Sketchpad, bounded_pad
from demos.chimera.names import drawings
from demos.shared.requests import Answer, chosen
from demos.shared.theme import TAKE_PEN
from demos.shared.widgets import PRIVATE
from pipelines.common.images import decode, to_rgb

EXAMPLES = Path(__file__).parent / "examples"
CANVAS = 512
FAINT = 0.25  # how much of a photograph to trace shows through

SEND = "(drawn) => drawn"

# Lays on the pad what the server sends, shows the pad and takes the pen.
LAY = f"""(laid) => {{
  document.querySelector('#tab-draw-button').click();
  ({TAKE_PEN})();
  return laid;
}}"""

# A file dropped on the pad goes the way of the button beside it.
DROP_TO_TRACE = """() => {
  const pad = document.querySelector('#pad');
  const isFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes('Files');
  pad.addEventListener('dragover', (event) => { if (isFile(event)) event.preventDefault(); }, true);
  pad.addEventListener('drop', (event) => {
    if (!isFile(event) || !event.dataTransfer.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    const input = document.querySelector('#trace-upload input[type=file], input[type=file]#trace-upload')
      || document.querySelector('#trace-box input[type=file]');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, true);
}"""


def sketchpad(**options: Any) -> Sketchpad:
    """Return the drawing pad: pen and eraser with sizes, undo, redo, clear."""
    return bounded_pad(
        type="pil",
        image_mode="RGBA",
        canvas_size=(CANVAS, CANVAS),
        fixed_canvas=True,
        layers=False,
        transforms=(),
        brush=gr.Brush(default_size=5, colors=["#000000"], color_mode="fixed"),
        eraser=gr.Eraser(default_size=24),
        height=460,
        buttons=["download"],
        **options,
    )


def hidden_copies(pad: Sketchpad) -> tuple[Sketchpad, Sketchpad]:
    """Return two pads that are not shown: one takes what was drawn to the server, one what is laid on the pad from it.

    Whatever is an input or output of a handler, Gradio reads anew at every step of every later event. A pad that is
    shown it exports and uploads for that, twenty times a picture; of one that is not shown it has the value.
    """
    sent, laid = sketchpad(visible=False), sketchpad(visible=False)
    # The browser sends a stroke's pictures to the pad, and only the number that they are kept under to the copy.
    sent.blob_storage = pad.blob_storage
    pad.change(None, pad, sent, js=SEND, **PRIVATE)
    return sent, laid


def drawing_items(language: str) -> list[tuple[str, str]]:
    """Return path and caption of each drawing there is."""
    return [(str(EXAMPLES / f"{name}.png"), drawings(name, language)) for name in drawings.sentences]


def take_drawing(sent: dict[str, Any] | None) -> Answer:
    """Keep what was drawn. A stroke's pictures can be read once: where they are gone, they were taken already."""
    if sent is not None and sent["composite"] is None and not sent["layers"]:
        return {}
    return {"drawing": drawing_of(sent)}


def start_from(event: gr.SelectData) -> Answer:
    """Lay one of our drawings on the pad as strokes, so that the eraser works on it."""
    name = [*drawings.sentences][chosen(event, len(drawings.sentences))]
    return {"laid": on_pad(Image.open(EXAMPLES / f"{name}.png"))}


def on_pad(drawing: Image.Image, background: Image.Image | None = None) -> dict[str, Any]:
    """Return the pad's value for a drawing, black on white, over what is to be traced."""
    drawing = drawing.convert("L").resize((CANVAS, CANVAS))
    strokes = Image.new("RGBA", drawing.size, (0, 0, 0, 0))
    strokes.putalpha(ImageOps.invert(drawing))
    paper = Image.new("RGBA", drawing.size, "white") if background is None else background.convert("RGBA")
    return {"background": background, "layers": [strokes], "composite": Image.alpha_composite(paper, strokes)}


def drawing_of(pad: dict[str, Any] | None) -> Image.Image | None:
    """Return what was drawn, on white, without what lies underneath; None for an untouched pad."""
    if not pad:
        return None
    layers = [layer for layer in pad["layers"] if layer is not None]
    if not layers:
        return pad["composite"] if pad.get("background") is None else None
    paper = Image.new("RGBA", layers[0].size, "white")
    for layer in layers:
        paper = Image.alpha_composite(paper, layer.convert("RGBA"))
    return paper.convert("RGB")


def lay_under(drawing: Image.Image | None, trace: bytes | None) -> Answer:
    """Lay a photograph under the drawing, faint, to be traced; the drawing stays."""
    photo = to_rgb(decode(trace or b"", max_side=2 * CANVAS, min_side=16))
    fitted = ImageOps.pad(photo, (CANVAS, CANVAS), Image.Resampling.LANCZOS, color="white")
    faint = Image.blend(Image.new("RGB", fitted.size, "white"), fitted, FAINT)
    return {"laid": on_pad(drawing or Image.new("L", faint.size, 255), faint)}


def take_away(drawing: Image.Image | None) -> Answer:
    """Take the photograph away; the drawing stays."""
    return {"laid": None if drawing is None else on_pad(drawing)}
