"""What the Scattering tab does: draw faces from noise, restore pictures, morph, steer, and explain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import gradio as gr
from PIL import Image

from demos.scattering import models
from demos.scattering.words import say
from demos.shared.animations import save_animation
from demos.shared.keeping import Pressed
from demos.shared.requests import Answer, chosen, clicked
from demos.shared.widgets import chosen_seed, save_picture
from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance, of_strip
from pipelines.common.sheets import contact_sheet

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.scattering.report import CodeReport

SIDE = 4  # faces along a sheet
CELL = 128  # pixels of a face on it
LARGE = 512  # of one face
FRAMES = 9
SLIDERS = 8  # of the first components
MODELS = ("adversarial", "ssgm", "sgm")  # the first is what the tab opens


@dataclass
class Drawn:
    """What the sheets show.

    Attributes:
        seed: of the faces.
        temperature: of their codes.
        left: model of the one.
        right: of the other.
    """

    seed: int = 7
    temperature: float = 0.8
    left: str = MODELS[0]
    right: str = MODELS[1]


@dataclass(frozen=True)
class Settings:
    """What the sheets are asked for with; fields are named as components."""

    seed: float | None
    temperature: float
    left_model: str
    right_model: str


def draw(request: Settings) -> Answer:
    """Draw the same noise by two models."""
    seed = chosen_seed(request.seed, False)
    drawn = Drawn(seed, request.temperature, request.left_model, request.right_model)
    (left, origin), (right, _) = sheet(drawn.left, drawn), sheet(drawn.right, drawn)
    path = save_picture(left, f"faces-{drawn.left}-{drawn.seed}.png", origin)
    return {"drawn": drawn, "download": path, "left": left, "right": right}


def sheet(name: str, drawn: Drawn) -> tuple[Image.Image, Provenance]:
    """Return sixteen faces of a model on one picture, and how they were made."""
    count = SIDE * SIDE
    made = models.scattering(name)(seed=drawn.seed, count=count, temperature=drawn.temperature)
    rows = [made.images[start : start + SIDE] for start in range(0, count, SIDE)]
    origin = made.provenance[0]
    return contact_sheet(rows, cell=CELL, abreast=1), replace(origin, arguments={**origin.arguments, "count": count})


def keep_left(request: Pressed, event: gr.SelectData) -> Answer:
    """Keep the face of the left sheet that was pressed."""
    return keep(request.drawn.left, request, event)


def keep_right(request: Pressed, event: gr.SelectData) -> Answer:
    """Keep the face of the right sheet that was pressed."""
    return keep(request.drawn.right, request, event)


def keep(name: str, request: Pressed, event: gr.SelectData) -> Answer:
    """Make one face of a sheet again, large, and put it first among the kept ones."""
    drawn: Drawn = request.drawn
    column, row = (min(int(place // CELL), SIDE - 1) for place in clicked(event))
    if min(column, row) < 0:
        raise Misuse("request_unusable")
    number = row * SIDE + column
    made = models.scattering(name)(seed=drawn.seed, first=number, temperature=drawn.temperature)
    file = f"face-{name}-{drawn.seed}-{number}-{drawn.temperature:g}.png"
    return request.keep(save_picture(large(made.images[0]), file, made.provenance[0]))


def restore(picture: bytes | None, language: str) -> Answer:
    """Encode a picture and decode it by all models."""
    return {} if picture is None else restored(decode(picture), language)


def restored(picture: Image.Image, language: str) -> Answer:
    """Answer what is seen of a picture, what becomes of it by each model, and what the first one loses."""
    pipes = {name: models.scattering(name) for name in MODELS}
    made = {name: pipe(picture).images[0] for name, pipe in pipes.items()}
    opened = pipes[MODELS[0]]
    seen, difference = opened.seen(picture), opened.difference(picture, made[MODELS[0]])
    strip = {f"by_{name}": large(image) for name, image in made.items()} | {"difference": large(difference)}
    pictures = [large(seen), *strip.values()]
    return {"pair": (large(seen), pictures[1]), **caption_strip(pictures, language), "restored": pictures}


def caption_strip(restored: list[Image.Image], language: str) -> Answer:
    """Answer the strip in a language: what became of a picture by each model, and what the first one loses."""
    names = [*(f"by_{name}" for name in MODELS), "difference"]
    return {"strip": [(one, say(f"scat_{name}", language)) for name, one in zip(names, restored[1:], strict=True)]}


def compare(restored: list[Image.Image], event: gr.SelectData) -> Answer:
    """Lay one of the strip's pictures beside what was seen of the original."""
    seen, *others = restored
    return {"pair": (seen, others[chosen(event, len(others))])}


def refuse() -> Answer:
    """Take a file that cannot be used off the page."""
    return {"picture": None}


@dataclass(frozen=True)
class Way:
    """From where to where a morph goes; a picture comes before a seed."""

    start: float | None
    end: float | None
    start_file: bytes | None
    end_file: bytes | None
    model: str


def morph(request: Way) -> Answer:
    """Make the way between two faces, as an animation and as a strip of stills."""
    ends = [(request.start_file, request.start), (request.end_file, request.end)]
    start, end = (chosen_seed(seed, False) if file is None else decode(file) for file, seed in ends)
    pipe = models.scattering(request.model)
    still = pipe.morph(start, end, frames=FRAMES)
    film = contact_sheet([still.images], cell=CELL, abreast=1)
    frames = pipe.morph(start, end, frames=4 * FRAMES).images
    return {
        "animation": save_animation([grown(frame) for frame in frames], "morph.webp"),
        "film": save_picture(film, "morph.png", of_strip(still.provenance)),
    }


@dataclass(frozen=True)
class Steered:
    """Where the sliders stand, and the seed of the code that they change."""

    sliders: Mapping[str, float]
    base: float | None
    model: str


def steer(request: Steered) -> Answer:
    """Show the face of a seed's code with other first components."""
    pipe = models.scattering(request.model)
    values = tuple(float(value) for value in request.sliders.values())[: pipe.network.code.dim]
    made = pipe(seed=int(request.base or 0), components=values)
    face = grown(made.images[0])
    face = face.convert("L") if pipe.grey else face  # a third to compress, and the picture is there sooner
    path = save_picture(face, "face.png", made.provenance[0])
    return {"steered": path, "steered_download": path}


def reset() -> Answer:
    """Put all sliders to zero."""
    return {"sliders": dict.fromkeys(map(str, range(SLIDERS)), 0.0)}


def explain(model: str, language: str) -> Answer:
    """Show what was found of the codes of held-out faces, with the noise that a model's decoder is taught with."""
    report = models.scattering(model).report()
    if report is None:
        return {"why": say("scat_why_none", language)}
    figures = say("scat_figures", language).format(**report.figures) if report.figures else ""
    text = f"{say('scat_why_text', language).format(n=report.n)} {figures}"
    return {"why": text, **curves(report, language)}


def curves(report: CodeReport, language: str) -> dict[str, pd.DataFrame]:
    """Return the three plots of a report, as tables with columns x, y and line."""
    import pandas as pd

    def lines(x: Sequence[float], **named: Sequence[float]) -> pd.DataFrame:
        tables = [pd.DataFrame({"x": x, "y": values, "line": name}) for name, values in named.items()]
        return pd.concat(tables, ignore_index=True)

    def log(values: Sequence[float]) -> list[float]:
        return [math.log10(max(value, 1e-9)) for value in values]

    words = {key: say(f"scat_line_{key}", language) for key in ("variance", "noise", "faces", "gaussian")}
    number = list(range(1, len(report.spectrum) + 1))
    noise = [whole * share for whole, share in zip(report.spectrum, report.noise_shares, strict=True)]
    named = {say("scat_component", language).format(number=number): q for number, q in report.quantiles.items()}
    quantiles = {**named, "N(0, 1)": report.normal_quantiles}
    return {
        "spectrum": lines(number, **{words["variance"]: log(report.spectrum), words["noise"]: log(noise)}),
        "quantiles": lines(report.normal_quantiles, **quantiles),
        "norms": lines(report.norms, **{words["faces"]: report.norm_density, words["gaussian"]: report.norm_expected}),
    }


def large(image: Image.Image) -> Image.Image:
    """Enlarge a small picture, smoothly."""
    return image.resize((LARGE, LARGE), Image.Resampling.BICUBIC)


def grown(frame: Image.Image) -> Image.Image:
    """Enlarge a frame, or a face that follows a slider; the browser does the rest."""
    return frame.resize((LARGE // 2, LARGE // 2), Image.Resampling.LANCZOS)
