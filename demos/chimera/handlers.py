"""What the Chimera tab does: follow the pen, make animals, compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image, ImageOps

from demos.chimera import builder, models, pad
from demos.chimera.view import View
from demos.chimera.words import say
from demos.shared.requests import Answer, chosen, clicked
from demos.shared.widgets import add_to_mine, chosen_seed, save_picture
from pipelines.common.errors import Misuse
from pipelines.common.images import decode

if TYPE_CHECKING:
    from pipelines.chimera.arguments import Style
    from pipelines.common.provenance import Provenance

MAX_SIDE = 1024  # of what is kept of an upload: what the pipeline itself would reduce it to
GROUNDS = ("white", "paper", "transparent", "color", "photo")


@dataclass(frozen=True)
class Request:
    """The tab as it stands when something happens, at first as here; fields are named as its components."""

    origin: str = "draw"
    pad: Any = ""
    builder: Any = ()
    uploaded: Image.Image | None = None
    kind: str = "auto"
    sensitivity: float = 0.5
    detector: str = "auto"
    weights: str = "chimera"
    seed: float | None = 7
    variant: int = 0
    count: float = 4
    ink: float = 0.3
    detail: float = 0.5
    look: str = "auto"
    fur: Image.Image | None = None
    toward: float | None = 8
    share: float = 0.0
    second: str = "none"
    other_fur: Image.Image | None = None
    other_seed: float | None = 9
    place: tuple[float, float] = (0.5, 0.5)
    reach: float = 0.3
    ground: str = "white"
    color: str = "#88aaff"
    behind: Image.Image | None = None
    live: bool = True
    keep: bool = True
    view: View = field(default_factory=View)
    language: str = "en"

    def picture(self) -> Image.Image | None:
        """Return the picture of the tab in front, None where there is none."""
        if self.origin == "picture":
            return self.uploaded
        return builder.draw(builder.read(self.builder)) if self.origin == "build" else pad.read(self.pad)

    def looking(self) -> dict[str, Any]:
        """Return how lines are found; of what was drawn or built here there is no doubt."""
        if self.origin != "picture":
            return {"kind": "drawing"}
        detector = self.detector
        if self.weights == "pix2pix":  # which knows no third
            detector = "canny" if detector == "canny" else "learned"
        return {"kind": self.kind, "sensitivity": self.sensitivity, "detector": detector}

    def background(self) -> dict[str, Any]:
        """Return what the animal is laid on."""
        if self.ground == "photo":
            return {"background": "#ffffff", "behind": self.behind}
        plain = {"white": "#ffffff", "color": hex_color(self.color)}
        return {"background": plain.get(self.ground, self.ground)}

    def style(self) -> Style:
        """Return where the furs come from."""
        from pipelines.chimera.arguments import Style

        second: dict[str, Any] = {}
        if self.second == "seed":
            second = {"other_seed": int(self.other_seed or 0)}
        elif self.second == "photo":
            second = {"other_fur": self.other_fur}
        way: dict[str, Any] = {"toward": int(self.toward or 0), "share": self.share} if self.share > 0 else {}
        return Style(look=self.look, fur=self.fur, place=self.place, reach=self.reach, **way, **second)


@dataclass(frozen=True)
class Made:
    """One picture and how it came about."""

    picture: Image.Image
    cutout: Image.Image
    lines: Image.Image
    kind: str
    origin: Provenance
    alone: Provenance

    def saved(self, keep: bool) -> tuple[str, str]:
        """Write picture and cut-out to where the page may serve them from, and return their paths."""
        name = f"chimera-{self.origin.seed}-{self.origin.index}"
        return (
            save_picture(self.picture, f"{name}.png", self.origin if keep else None),
            save_picture(self.cutout, f"{name}-cut.png", self.alone if keep else None),
        )


def make(request: Request, number: int) -> Made:
    """Make one picture of what is in front: by chimera's generator, or by pix2pix as published, to compare."""
    picture = request.picture()
    if picture is None:
        raise Misuse("picture_missing" if request.origin == "picture" else "drawing_empty")
    seed = int(request.seed or 0)
    looking = request.looking()
    if request.weights == "pix2pix":
        published = models.pix2pix()(picture, seed=seed, first=number, **looking)
        image, origin = published.images[0], published.provenance[0]
        return Made(image, image, ImageOps.invert(published.edges), published.kind, origin, origin)
    options = {"seed": seed, "first": number, "ink": request.ink, "detail": request.detail, **looking}
    options["style"] = request.style()
    made = models.chimera()(picture, **options, **request.background())
    origin = made.provenance[0]
    arguments = {**origin.arguments, "background": "transparent"}
    others = {name: digest for name, digest in origin.other_inputs.items() if name != "behind"}
    alone = replace(origin, arguments=arguments, other_inputs=others)
    return Made(made.images[0], made.cutouts[0], ImageOps.invert(made.edges), made.kind, origin, alone)


def take_photo(file: bytes | None) -> Answer:
    """Decode an uploaded file, bounded and re-encoded."""
    return {"photo": decode(file or b"", max_side=MAX_SIDE, min_side=16)}


def take_upload(file: bytes | None) -> Answer:
    """Decode an uploaded file that is shown, too."""
    taken = take_photo(file)
    return {**taken, "preview": taken["photo"]}


def draw_on(request: Request) -> Answer:
    """Lay the built creature on the pad."""
    built = builder.draw(builder.read(request.builder))
    if built is None:
        raise Misuse("drawing_empty")
    return {"pad": pad.written(built)}


def follow(request: Request) -> Answer:
    """Follow the pen: show the lines that would be used, what the picture was taken for, and, live, the animal.

    The picture in the slider and the one under the download button are always the same; not live, both stay.
    """
    picture = request.picture()
    if picture is None:
        return nothing(request)
    if not request.live:
        pipe: Any = models.pix2pix() if request.weights == "pix2pix" else models.chimera()
        found = pipe.read(decode(picture, max_side=MAX_SIDE), **request.looking())
        lines = request.view.edges = ImageOps.invert(Image.fromarray(found.lines))
        return {"edges": lines, "taken": say(f"said_taken_as_{found.kind}", request.language)}
    try:
        made = make(request, int(request.variant))
    except Misuse as error:
        if error.code in ("drawing_empty", "edges_empty"):
            return nothing(request, without_lines=request.origin == "picture" and request.uploaded is not None)
        raise
    request.view.edges, request.view.origin = made.lines, request.origin
    shown = request.view.show(made.lines, *made.saved(request.keep))
    return {"edges": made.lines, "taken": say(f"said_taken_as_{made.kind}", request.language), **shown}


def nothing(request: Request, *, without_lines: bool = False) -> Answer:
    """Answer that there is nothing to make; why, pressing the button says, but for a picture without lines.

    The picture made last stays where it was made in another way, or is not to follow.
    """
    said = say("said_no_lines", request.language) if without_lines else ""
    if request.view.origin != request.origin:
        return {"taken": said} if said else {}
    gone = request.view.show(None, None, None) if request.live else {}
    return {"edges": None, "taken": said, **gone}


def begin(seed: float | None, fresh: bool) -> Answer:
    """Return the seed of this press, and take the button away until it is done."""
    return {"seed": chosen_seed(seed, fresh), "paint": gr.update(interactive=False)}


def ready() -> Any:
    """Give the button back, after pictures, an error or a cancel."""
    return gr.update(interactive=True)


def make_variants(
    request: Request,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 (Gradio asks for it so)
) -> Iterator[Answer]:
    """Make one variant a style, each shown as soon as it is there; the one chosen before stays in front."""
    view, count, variants = request.view, int(request.count), list[tuple[str, str]]()
    for number in range(count):
        progress((number, count))
        made = make(request, number)
        variants.append(made.saved(request.keep))
        # Not before: those of the last press stay on the page, to be chosen, until there are others.
        view.variants, view.seed, view.origin = variants, int(request.seed or 0), request.origin
        view.variant_lines = view.edges = made.lines
        view.mine = add_to_mine(view.mine, [variants[-1][0]])
        front = int(request.variant) if request.variant < len(variants) else 0
        shown = view.show(made.lines, *variants[front])
        taken = say(f"said_taken_as_{made.kind}", request.language)
        strip = gr.update(value=[picture for picture, _ in variants], selected_index=front)
        yield {"variants": strip, "gallery": view.mine, "edges": made.lines, "taken": taken, **shown}


def hex_color(color: str) -> str:
    """Return ``#rrggbb`` from what a colour picker sends, which may be ``rgb(r, g, b)`` or ``rgba(...)``."""
    if not color.startswith("rgb"):
        return color
    parts = re.fullmatch(r"rgba?\(" + ",".join([r"\s*(-?\d{1,3}(?:\.\d*)?)\s*"] * 3) + r"(?:,[^,]*)?\)", color[:100])
    if parts is None:
        raise Misuse("color_unknown", given=color[:40])
    return "#" + "".join(f"{min(255, max(0, round(float(part)))):02x}" for part in parts.groups())


def choose_variant(view: View, event: gr.SelectData) -> Answer:
    """Put one of the variants into the slider and under the download button; what is drawn next takes its style.

    Its style is that of its seed, which may have been changed since.
    """
    variant = chosen(event, len(view.variants))
    return {**view.show(view.variant_lines, *view.variants[variant]), "variant": variant, "seed": view.seed}


def choose_place(view: View, event: gr.SelectData) -> Answer:
    """Answer where on the lines the visitor clicked, 0 to 1: there the second fur begins."""
    width, height = view.edges.size if view.edges is not None else (1, 1)
    x, y = clicked(event)
    return {"place": (min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height)))}


def lay_aside(view: View) -> Answer:
    """Lay the picture in the slider aside, and compare what comes next with it."""
    if view.path is None:
        raise Misuse("nothing_to_keep")
    view.kept, view.beside = view.path, "kept"
    return {"result": view.pair(), "beside": "kept"}


def compare(view: View, beside: str) -> Answer:
    """Change what is on the left of the slider's handle."""
    view.beside = beside
    return {"result": view.pair()}
