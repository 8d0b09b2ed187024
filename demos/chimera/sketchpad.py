"""The drawing pad: what is on it, our drawings to start from, a photograph to trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from demos.chimera.names import drawings
from demos.shared.requests import Answer
from pipelines.common.images import decode, to_rgb

EXAMPLES = Path(__file__).parent / "examples"
CANVAS = 512
FAINT = 0.25  # how much of a photograph to trace shows through

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


def sketchpad() -> gr.Sketchpad:
    """Return the drawing pad: pen and eraser with sizes, undo, redo, clear."""
    return gr.Sketchpad(
        type="pil",
        image_mode="RGBA",
        canvas_size=(CANVAS, CANVAS),
        fixed_canvas=True,
        layers=False,
        transforms=(),
        brush=gr.Brush(default_size=5, colors=["#000000"], color_mode="fixed"),
        eraser=gr.Eraser(default_size=24),
        height=460,
        elem_id="pad",
        buttons=["download"],
    )


def drawing_items(language: str) -> list[tuple[str, str]]:
    """Return path and caption of each drawing there is."""
    return [(str(EXAMPLES / f"{name}.png"), drawings(name, language)) for name in drawings.sentences]


def start_from(event: gr.SelectData) -> Answer:
    """Lay one of our drawings on the pad as strokes, so that the eraser works on it."""
    return {"pad": on_pad(Image.open(EXAMPLES / f"{[*drawings.sentences][event.index]}.png"))}


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


def lay_under(pad: dict[str, Any] | None, trace: bytes | None) -> Answer:
    """Lay a photograph under the drawing, faint, to be traced; the drawing stays."""
    photo = to_rgb(decode(trace or b"", max_side=2 * CANVAS, min_side=16))
    fitted = ImageOps.pad(photo, (CANVAS, CANVAS), Image.Resampling.LANCZOS, color="white")
    faint = Image.blend(Image.new("RGB", fitted.size, "white"), fitted, FAINT)
    return {"pad": on_pad(drawing_of(pad) or Image.new("L", faint.size, 255), faint)}


def take_away(pad: dict[str, Any] | None) -> Answer:
    """Take the photograph away; the drawing stays."""
    drawing = drawing_of(pad)
    return {"pad": None if drawing is None else on_pad(drawing)}
