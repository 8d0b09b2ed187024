"""What the Chimera tab does: follow the pen, paint, compare."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from demos import models, sketchpad, text
from demos.widgets import add_to_mine, chosen_seed, friendly, save_picture
from pipelines.errors import Misuse
from pipelines.images import decode

MAX_SIDE = 1024  # of what is kept of an upload: what the pipeline itself would reduce it to


@dataclass(frozen=True)
class Shown:
    """What the visitor looks at.

    Attributes:
        lines: black on white, the size of the pictures.
        path: the picture in the slider and under the download button.
        variants: the pictures of the last press.
        kept: a picture laid aside to compare others with.
        beside: what is on the left of the slider's handle, ``lines`` or ``kept``.
    """

    lines: Image.Image | None = None
    path: str | None = None
    variants: list[str] = field(default_factory=list)
    kept: str | None = None
    beside: str = "lines"

    def pair(self) -> tuple[Image.Image, Image.Image] | None:
        """Return the slider's two sides, None where there is no picture."""
        if self.path is None or self.lines is None:
            return None
        picture = Image.open(self.path)
        if self.beside == "kept" and self.kept is not None:
            return Image.open(self.kept).resize(picture.size), picture
        return self.lines.convert("RGB"), picture

    def download(self) -> Any:
        """Return the download button's update."""
        return gr.update(value=self.path, interactive=self.path is not None)


@friendly
def take_upload(file: bytes | None, language: str) -> tuple[Image.Image | None, Image.Image | None]:
    """Decode an uploaded file, bounded and re-encoded."""
    picture = decode(file or b"", max_side=MAX_SIDE, min_side=16)
    return picture, picture


def draw_on(built: Image.Image | None) -> tuple[Any, Any, str]:
    """Lay the built creature on the pad and turn to it."""
    laid = sketchpad.on_pad(built) if built is not None else gr.skip()
    return laid, gr.update(selected="draw"), "draw"


def chosen_input(
    origin: str, pad: dict[str, Any] | None, uploaded: Image.Image | None, built: Image.Image | None
) -> Image.Image | None:
    """Return the picture of the tab in front, None where there is none."""
    if origin == "picture":
        return uploaded
    return built if origin == "build" else sketchpad.drawing_of(pad)


def ways_of_looking(origin: str, kind: str, sensitivity: float, detector: str) -> dict[str, Any]:
    """Return how lines are found; of what was drawn or built here there is no doubt."""
    if origin != "picture":
        return {"kind": "drawing"}
    return {"kind": kind, "sensitivity": sensitivity, "detector": detector}


@friendly
def follow(
    origin: str,
    pad: dict[str, Any] | None,
    uploaded: Image.Image | None,
    built: Image.Image | None,
    kind: str,
    sensitivity: float,
    detector: str,
    weights: str,
    seed: float | None,
    mood: int,
    background: str,
    keep: bool,
    live: bool,
    shown: Shown,
    language: str,
) -> tuple[Any, str, Any, Any, Any]:
    """Follow the pen: show the lines that would be painted, what the picture was taken for, and, live, the painting.

    The picture in the slider and the one under the download button are always the same; not live, both stay.
    """
    picture = chosen_input(origin, pad, uploaded, built)
    blank = replace(shown, lines=None, path=None)
    nothing = (None, "", None, blank.download(), blank) if live else (None, "", gr.skip(), gr.skip(), gr.skip())
    if picture is None:
        return nothing
    pipe, looking = models.chimera(weights), ways_of_looking(origin, kind, sensitivity, detector)
    if not live:
        found = pipe.find_edges(decode(picture), **looking)
        lines = ImageOps.invert(Image.fromarray(found.lines))
        return lines, text.say(f"taken_as_{found.kind}", language), gr.skip(), gr.skip(), gr.skip()
    try:
        made = pipe(picture, seed=int(seed or 0), first=mood, background=hex_color(background), **looking)
    except Misuse as error:
        if error.code in ("drawing_empty", "edges_empty"):
            return nothing  # the button says what is missing; a pen that has just begun need not hear it
        raise
    lines, origin_of = ImageOps.invert(made.edges), made.provenance[0]
    path = save_picture(made.images[0], f"chimera-{origin_of.seed}-{mood}.png", origin_of if keep else None)
    now = replace(shown, lines=lines, path=path)
    return lines, text.say(f"taken_as_{made.kind}", language), now.pair(), now.download(), now


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
    built: Image.Image | None,
    kind: str,
    sensitivity: float,
    detector: str,
    weights: str,
    seed: float,
    mood: int,
    count: float,
    background: str,
    keep: bool,
    mine: list[str],
    shown: Shown,
    language: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 (Gradio asks for it so)
) -> Generator[tuple[Any, ...], None, None]:
    """Paint one variant a mood of colour, each shown as soon as it is there; the mood chosen before stays in front."""
    picture = chosen_input(origin, pad, uploaded, built)
    if picture is None:
        raise Misuse("picture_missing" if origin == "picture" else "drawing_empty")
    pipe, looking = models.chimera(weights), ways_of_looking(origin, kind, sensitivity, detector)
    paths: list[str] = []
    for number in range(int(count)):
        progress((number, int(count)))
        made = pipe(picture, seed=int(seed), first=number, background=hex_color(background), **looking)
        origin_of = made.provenance[0]
        paths.append(save_picture(made.images[0], f"chimera-{int(seed)}-{number}.png", origin_of if keep else None))
        mine = add_to_mine(mine, paths[-1:])
        lines = ImageOps.invert(made.edges)
        in_front = paths[mood if mood < len(paths) else 0]
        now = replace(shown, lines=lines, path=in_front, variants=list(paths))
        taken = text.say(f"taken_as_{made.kind}", language)
        yield now.pair(), list(paths), mine, lines, taken, now.download(), mine, now


def hex_color(color: str) -> str:
    """Return ``#rrggbb`` from what a colour picker sends, which may be ``rgb(r, g, b)`` or ``rgba(...)``."""
    if not color.startswith("rgb"):
        return color
    parts = color[color.index("(") + 1 : color.rindex(")")].split(",")
    return "#" + "".join(f"{min(255, max(0, round(float(part)))):02x}" for part in parts[:3])


def choose_variant(shown: Shown, event: gr.SelectData) -> tuple[Any, Any, Shown, int]:
    """Put one of the variants into the slider and under the download button; what is drawn next takes its mood."""
    now = replace(shown, path=shown.variants[event.index])
    return now.pair(), now.download(), now, event.index


@friendly
def lay_aside(shown: Shown, language: str) -> tuple[Any, str, Shown]:
    """Lay the picture in the slider aside, and compare what comes next with it."""
    if shown.path is None:
        raise Misuse("nothing_to_keep")
    now = replace(shown, kept=shown.path, beside="kept")
    return now.pair(), "kept", now


def compare(shown: Shown, beside: str) -> tuple[Any, Shown]:
    """Change what is on the left of the slider's handle."""
    now = replace(shown, beside=beside)
    return now.pair(), now
