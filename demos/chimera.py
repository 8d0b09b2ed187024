"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from demos import models, text
from demos.style import TAKE_PEN
from demos.widgets import (
    MODELS,
    PRIVATE,
    Words,
    add_to_mine,
    caption,
    choices,
    chosen_seed,
    friendly,
    save_picture,
    seed_row,
)
from pipelines.errors import Misuse
from pipelines.images import decode

EXAMPLES = Path(__file__).parent / "examples"
CANVAS = 512
MAX_SIDE = 1024  # of what is kept of an upload: what the pipeline itself would reduce it to
MAX_VARIANTS = 4
KINDS = choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    origin = gr.State("draw")
    uploaded: gr.State = gr.State(None)
    mine: gr.State = gr.State([])
    shown: gr.State = gr.State([])
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            with gr.Tabs():
                with words.add(gr.Tab(id="draw", elem_id="tab-draw"), label="draw") as draw_tab:
                    pad = words.add(sketchpad(), label="pad")
                    caption(words, "start_from")
                    drawings = words.add(strip("drawings", columns=10, value=drawing_items("en")), value=drawing_items)
                with words.add(gr.Tab(id="picture", elem_id="tab-picture"), label="picture") as picture_tab:
                    file = words.add(gr.File(type="binary", height=120, elem_id="upload"), label="upload")
                    preview = words.add(gr.Image(interactive=False, buttons=[], height=340), label="uploaded")
            live = words.add(gr.Checkbox(True, elem_id="live", container=False), label="live")
            with gr.Row():
                paint = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="paint"), value="paint")
                cancel = words.add(gr.Button(size="lg", scale=1, min_width=90, elem_id="cancel"), value="cancel")
        with gr.Column(scale=1, min_width=320):
            slider = words.add(
                gr.ImageSlider(type="pil", format="png", interactive=False, elem_id="result", height=440, buttons=[]),
                label="result",
            )
            caption(words, "variants")
            variants = strip("variants", columns=4)
            download = words.add(gr.DownloadButton(interactive=False, elem_id="download"), label="download")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            seed = seed_row(words)
            with words.add(gr.Accordion(open=False, elem_id="options"), label="options"):
                count = words.add(gr.Slider(1, MAX_VARIANTS, MAX_VARIANTS, step=1, elem_id="count"), label="count")
                kind = words.add(gr.Radio(KINDS("en"), value="auto", elem_id="kind"), label="kind", choices=KINDS)
                sensitivity = words.add(
                    gr.Slider(0, 1, value=0.5, step=0.05, elem_id="sensitivity"),
                    label="sensitivity",
                    info="sensitivity_info",
                )
                background = words.add(gr.ColorPicker("#ffffff"), label="background")
                keep = words.add(gr.Checkbox(True, elem_id="keep"), label="keep_provenance")
        with gr.Column(scale=1, min_width=320):
            edges = words.add(
                gr.Image(interactive=False, height=240, elem_id="edges", buttons=[], format="png"), label="edges"
            )
            taken = gr.Markdown(elem_id="taken")
    caption(words, "mine")
    gallery = gr.Gallery(
        columns=6,
        height="auto",
        elem_id="mine",
        interactive=False,
        show_label=False,
        buttons=["download", "fullscreen"],
    )

    draw_tab.select(lambda: "draw", outputs=origin, queue=False, **PRIVATE)
    picture_tab.select(lambda: "picture", outputs=origin, queue=False, **PRIVATE)
    drawings.select(start_from, outputs=pad, queue=False, show_progress="hidden", **PRIVATE).then(
        None, js=TAKE_PEN, **PRIVATE
    )
    file.upload(take_upload, [file, language], [uploaded, preview], show_progress="minimal", **PRIVATE)
    file.clear(lambda: (None, None), outputs=[uploaded, preview], queue=False, **PRIVATE)

    looks = [origin, pad, uploaded, kind, sensitivity]
    gr.on(
        [
            *(pad.change, uploaded.change, origin.change, kind.change, sensitivity.release),
            *(seed.seed.change, background.change, live.input),
        ],
        follow,
        [*looks, seed.seed, background, keep, live, language],
        [edges, taken, slider, download],
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        concurrency_id=MODELS,
        concurrency_limit=1,
        show_progress="hidden",
        **PRIVATE,
    )
    painting = paint.click(
        begin, [seed.seed, seed.fresh], [seed.seed, paint], queue=False, show_progress="hidden", **PRIVATE
    ).then(
        paint_animals,
        [*looks, seed.seed, count, background, keep, mine, language],
        [slider, variants, gallery, edges, taken, download, mine, shown],
        concurrency_id=MODELS,
        concurrency_limit=1,
        show_progress_on=slider,
        **PRIVATE,
    )
    painting.then(ready, outputs=paint, queue=False, show_progress="hidden", **PRIVATE)
    cancel.click(ready, outputs=paint, cancels=[painting], queue=False, show_progress="hidden", **PRIVATE)
    variants.select(choose_variant, [shown], [slider, download], queue=False, show_progress="hidden", **PRIVATE)


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


def strip(identifier: str, *, columns: int, value: list[tuple[str, str]] | None = None) -> gr.Gallery:
    """Return a row of pictures to choose one from."""
    return gr.Gallery(
        value,
        columns=columns,
        rows=1,
        height="auto",
        allow_preview=False,
        interactive=False,
        object_fit="contain",
        show_label=False,
        elem_id=identifier,
        elem_classes="strip",
        buttons=[],
    )


def drawing_items(language: str) -> list[tuple[str, str]]:
    """Return path and caption of each drawing there is."""
    return [(str(EXAMPLES / f"{name}.png"), text.drawing_name(name, language)) for name in available_drawings()]


def available_drawings() -> list[str]:
    """Return the names of our drawings, in the order of the page."""
    return [name for name in text.DRAWINGS if (EXAMPLES / f"{name}.png").is_file()]


def start_from(event: gr.SelectData) -> dict[str, Any]:
    """Lay one of our drawings on the pad as strokes, so that the eraser works on it."""
    drawing = Image.open(EXAMPLES / f"{available_drawings()[event.index]}.png").convert("L").resize((CANVAS, CANVAS))
    strokes = Image.new("RGBA", drawing.size, (0, 0, 0, 0))
    strokes.putalpha(ImageOps.invert(drawing))
    return {"background": None, "layers": [strokes], "composite": drawing.convert("RGB")}


@friendly
def take_upload(file: bytes | None, language: str) -> tuple[Image.Image | None, Image.Image | None]:
    """Decode an uploaded file, bounded and re-encoded."""
    picture = decode(file or b"", max_side=MAX_SIDE, min_side=16)
    return picture, picture


def chosen_input(origin: str, pad: dict[str, Any] | None, uploaded: Image.Image | None) -> Image.Image | None:
    """Return the picture of the tab in front, None where there is none."""
    if origin == "picture":
        return uploaded
    return pad["composite"] if pad else None


@friendly
def follow(
    origin: str,
    pad: dict[str, Any] | None,
    uploaded: Image.Image | None,
    kind: str,
    sensitivity: float,
    seed: float | None,
    background: str,
    keep: bool,
    live: bool,
    language: str,
) -> tuple[Any, str, Any, Any]:
    """Follow the pen: show the lines that would be painted, what the picture was taken for, and, live, the painting.

    The picture in the slider and the one under the download button are always the same; not live, both stay.
    """
    picture = chosen_input(origin, pad, uploaded)
    nothing = (None, "", None, gr.update(value=None, interactive=False)) if live else (None, "", gr.skip(), gr.skip())
    if picture is None:
        return nothing
    pipe, kind = models.chimera(), kind_of(origin, kind)
    if not live:
        found = pipe.find_edges(decode(picture), kind=kind, sensitivity=sensitivity)
        lines = ImageOps.invert(Image.fromarray(found.lines))
        return lines, text.say(f"taken_as_{found.kind}", language), gr.skip(), gr.skip()
    try:
        made = pipe(picture, seed=int(seed or 0), kind=kind, sensitivity=sensitivity, background=hex_color(background))
    except Misuse as error:
        if error.code in ("drawing_empty", "edges_empty"):
            return nothing  # the button says what is missing; a pen that has just begun need not hear it
        raise
    lines = ImageOps.invert(made.edges)
    path = save_picture(
        made.images[0], f"chimera-{made.provenance[0].seed}-0.png", made.provenance[0] if keep else None
    )
    shown = (lines.convert("RGB"), made.images[0])
    return lines, text.say(f"taken_as_{made.kind}", language), shown, gr.update(value=path, interactive=True)


def kind_of(origin: str, kind: str) -> str:
    """Return how to find lines; what comes from the pad is a drawing unless the visitor says otherwise."""
    return "drawing" if origin == "draw" and kind == "auto" else kind


def begin(seed: float | None, fresh: bool) -> tuple[int, Any]:
    """Return the seed of this press, and take the button away until it is done."""
    return chosen_seed(seed, fresh), gr.update(interactive=False)


def ready() -> Any:
    """Give the button back, after pictures, an error or a cancel."""
    return gr.update(interactive=True)


@friendly
def paint_animals(
    origin: str,
    pad: dict[str, Any] | None,
    uploaded: Image.Image | None,
    kind: str,
    sensitivity: float,
    seed: float,
    count: float,
    background: str,
    keep: bool,
    mine: list[str],
    language: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 (Gradio asks for it so)
) -> Generator[tuple[Any, ...], None, None]:
    """Paint the variants one after the other, each shown as soon as it is there."""
    picture = chosen_input(origin, pad, uploaded)
    if picture is None:
        raise Misuse("picture_missing" if origin == "picture" else "drawing_empty")
    pipe = models.chimera()
    paths: list[str] = []
    for number in range(int(count)):
        progress((number, int(count)))
        result = pipe(
            picture,
            seed=int(seed),
            first=number,
            kind=kind_of(origin, kind),
            sensitivity=sensitivity,
            background=hex_color(background),
        )
        origin_of = result.provenance[0]
        name = f"chimera-{int(seed)}-{number}.png"
        paths.append(save_picture(result.images[0], name, origin_of if keep else None))
        lines = ImageOps.invert(result.edges)
        mine = add_to_mine(mine, paths[-1:])
        first = (lines.convert("RGB"), Image.open(paths[0]))
        taken = text.say(f"taken_as_{result.kind}", language)
        yield first, list(paths), mine, lines, taken, gr.update(value=paths[0], interactive=True), mine, [lines, *paths]


def hex_color(color: str) -> str:
    """Return ``#rrggbb`` from what a colour picker sends, which may be ``rgb(r, g, b)`` or ``rgba(...)``."""
    if not color.startswith("rgb"):
        return color
    parts = color[color.index("(") + 1 : color.rindex(")")].split(",")
    return "#" + "".join(f"{min(255, max(0, round(float(part)))):02x}" for part in parts[:3])


def choose_variant(shown: list[Any], event: gr.SelectData) -> tuple[Any, Any]:
    """Put one of the variants into the slider and under the download button."""
    lines, *paths = shown
    path = paths[event.index]
    return (lines.convert("RGB"), Image.open(path)), gr.update(value=path, interactive=True)
