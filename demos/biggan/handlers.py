"""What the BigGAN tab does: draw sheets of classes, enlarge and keep pictures, morph, and walk over truncations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demos.biggan import models
from demos.biggan.words import say
from demos.shared.animations import save_animation
from demos.shared.keeping import Pressed
from demos.shared.labelled import row_labels
from demos.shared.requests import Answer, chosen, clicked
from demos.shared.widgets import chosen_seed, save_picture
from pipelines.common.errors import Misuse, check_choice, check_whole
from pipelines.common.files import file_name
from pipelines.common.provenance import of_strip
from pipelines.common.sheets import contact_sheet

CELL = 32  # pixels of a picture on a sheet that is kept, its own size
SHOWN_CELL = 128  # on the sheet that is shown: a place on one that the page enlarges could not be told
SHOWN = 128  # on a film strip
LARGE = 512
MOST = 10  # pictures of a class
ROWS = 6  # classes that are chosen at first
FRAMES = 9
TRUNCATIONS = (0.1, 0.25, 0.4, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0)
RATES = (
    "superclass_accuracy",
    "fid",
    "fd",
    "kid",
    "intra_class_kid",
    "intra_class_diversity",
    "ppl",
    "precision",
    "recall",
    "density",
    "coverage",
    "inception_score",
)
BOUNDS = ("_real", "_floor", "_ceiling")
EXTRACTORS = {"efficientnet_lite0": "EfficientNet-Lite0", "classifier": "classifier", "scattering_32": "scattering"}
SHORT = ("fid", "fd", "kid", "ppl", "vgg")


@dataclass(frozen=True)
class Drawn:
    """What the sheet shows: a row for each class.

    Attributes:
        classes: by name.
        count: pictures of each.
        truncation: bound of their noise.
        seed: of all.
    """

    classes: tuple[str, ...]
    count: int
    truncation: float
    seed: int


def name_of(name: str, language: str) -> str:
    """Return what a class is called; its own name where it is none of CIFAR-100's superclasses."""
    known = f"class_{name}" in say.sentences
    return say(f"class_{name}", language) if known else name.replace("_", " ")


def choices_of(classes: Sequence[str], language: str) -> list[tuple[str, str]]:
    """Return classes as choices, by what they are called."""
    return [(name_of(name, language), name) for name in classes]


def live_choices(language: str) -> list[tuple[str, str]]:
    """Return the classes of the weights that are live now as choices."""
    return choices_of(models.classes(), language)


@dataclass(frozen=True)
class Settings:
    """What a sheet is asked for with; fields are named as components. No class stands for all."""

    classes: Sequence[str]
    count: float
    truncation: float
    seed: float | None

    def drawn(self, known: Sequence[str]) -> Drawn:
        """Return what the sheet will show, of the classes that are known: other weights may have gone live meanwhile.

        Raises:
            Misuse: too few or too many pictures of a class.
        """
        check_whole("count", int(self.count), 1, MOST)
        wanted = tuple(dict.fromkeys(self.classes)) or tuple(known)
        classes = tuple(name for name in wanted if name in known) or wanted
        return Drawn(classes, int(self.count), self.truncation, chosen_seed(self.seed, False))


def draw(request: Settings, language: str) -> Answer:
    """Draw a sheet."""
    pipe = models.biggan()
    drawn = request.drawn(pipe.network.classes)
    arguments = pipe.arguments_class.parse({"classes": drawn.classes, "truncation": drawn.truncation})
    sheet, origin = pipe.sheet(drawn.count, len(drawn.classes), arguments, seed=drawn.seed)
    path = save_picture(sheet, f"biggan-{drawn.seed}.png", origin)
    large = save_picture(enlarged(sheet), f"biggan-{drawn.seed}-large.png", origin)
    return {"drawn": drawn, "sheet": large, "download": path, "labels": labels(drawn, language)}


def follow_weights(language: str) -> Answer:
    """Offer the classes of weights that were promoted, in place of the bundled ones' and of these ones' pictures."""
    if models.are_superclasses():
        return {}
    known, choices = models.classes(), live_choices(language)
    start, end = (gr.update(choices=choices, value=name) for name in (known[0], known[-1]))
    chosen = gr.update(choices=choices, value=list(known[:ROWS]))
    unseen = gr.update(visible=False)
    return {"pick": unseen, "samples": unseen, "classes": chosen, "from": start, "to": end, "walk_class": start}


def draw_one(request: Settings) -> Answer:
    """Draw a sheet, for programs.

    Raises:
        Misuse: no such class.
    """
    for name in request.classes:
        check_choice("classes", name, models.biggan().network.classes)
    return {"result": draw(request, "en")["download"]}


def enlarged(sheet: Image.Image) -> Image.Image:
    """Return a sheet with each of its pixels as a square."""
    scale = SHOWN_CELL // CELL
    return sheet.resize((sheet.width * scale, sheet.height * scale), Image.Resampling.NEAREST)


def relabel(drawn: Drawn, language: str) -> Answer:
    """Name the rows in another language."""
    return {"labels": labels(drawn, language)}


def labels(drawn: Drawn, language: str) -> str:
    """Return the names of a sheet's rows, as HTML beside it."""
    return row_labels([name_of(name, language) for name in drawn.classes])


def pick(classes: list[str], event: gr.SelectData) -> Answer:
    """Add the class of the picture that was pressed, or take it away."""
    known = models.biggan().network.classes
    name = known[chosen(event, len(known))]
    return {"classes": [one for one in classes if one != name] if name in classes else [*classes, name]}


def enlarge(request: Pressed, event: gr.SelectData) -> Answer:
    """Make one picture of the sheet again, show it large, and put it first among the kept ones."""
    drawn: Drawn = request.drawn
    column, row = (int(place // SHOWN_CELL) for place in clicked(event))
    if not (0 <= column < drawn.count and 0 <= row < len(drawn.classes)):
        raise Misuse("request_unusable")
    name = drawn.classes[row]
    made = models.biggan()([name], seed=drawn.seed, first=column, truncation=drawn.truncation)
    picture = made.images[0]
    file = f"{file_name(name)}-{drawn.seed}-{column}-{drawn.truncation:g}.png"
    kept = request.keep(save_picture(smooth(picture, LARGE), file, made.provenance[0]))
    return {"pair": pair(picture), **kept, **near(picture, request.language)}


def pair(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return a picture large, by its pixels and smoothed."""
    return picture.resize((LARGE, LARGE), Image.Resampling.NEAREST), smooth(picture, LARGE)


def near(picture: Image.Image, language: str) -> Answer:
    """Return the nearest training pictures where the data is on this machine."""
    found = models.neighbours()
    if found is None:
        return {}
    pictures = [(smooth(one, SHOWN), name_of(name, language)) for one, name in found.nearest(picture)]
    return {"near": pictures, "near_none": gr.update(visible=False)}


@dataclass(frozen=True)
class Way:
    """From where to where a morph goes."""

    start: str
    end: str
    start_seed: float | None
    end_seed: float | None


def morph(request: Way) -> Answer:
    """Make the way between two classes or draws, as an animation and as a strip of stills."""
    ends = [
        (name, chosen_seed(seed, False))
        for name, seed in ((request.start, request.start_seed), (request.end, request.end_seed))
    ]
    pipe = models.biggan()
    if not {request.start, request.end} <= {*pipe.network.classes}:
        return {}  # the fields follow other weights, one after the other
    still, moving = pipe.morph(*ends, frames=FRAMES), pipe.morph(*ends, frames=4 * FRAMES)
    return {
        "animation": save_animation([smooth(one, LARGE // 2) for one in moving.images], "morph.webp"),
        "film": save_picture(film(still.images), "morph.png", of_strip(still.provenance)),
    }


def walk(walk_class: str, walk_seed: float | None) -> Answer:
    """Draw one picture at several truncations."""
    if walk_class not in models.biggan().network.classes:
        return {}
    made = models.biggan().walk(walk_class, seed=chosen_seed(walk_seed, False), truncations=TRUNCATIONS)
    return {"walked": save_picture(film(made.images), "truncation.png", of_strip(made.provenance))}


def walked_label(language: str) -> str:
    """Say from which truncation to which a walk goes."""
    return say("big_walked", language).format(low=f"{TRUNCATIONS[0]:g}", high=f"{TRUNCATIONS[-1]:g}")


def film(pictures: Sequence[Image.Image]) -> Image.Image:
    """Return pictures in one row."""
    return contact_sheet([[smooth(one, SHOWN) for one in pictures]], cell=SHOWN, abreast=1)


def smooth(picture: Image.Image, side: int) -> Image.Image:
    """Enlarge a small picture, smoothly."""
    return picture.resize((side, side), Image.Resampling.BICUBIC)


def explain(language: str) -> Answer:
    """Say what was measured of the weights."""
    return {"good": measured(models.biggan().metrics(), language)}


def measured(metrics: dict[str, Any], language: str) -> str:
    """Return metrics as a table in Markdown, beside those of real pictures, their floor and ceiling."""
    if not metrics:
        return say("big_good_none", language)
    bounds = " | ".join(say(f"big{suffix}", language) for suffix in BOUNDS)
    rows = [f"| | {say('big_samples', language)} | {bounds} |", "|---|---|---|---|---|"]
    named = [name for name in metrics if name.startswith(RATES) and not name.endswith((*BOUNDS, "_std"))]
    for name in sorted(named, key=lambda name: not name.startswith("superclass_accuracy")):  # what is told plainest
        cells = (metrics[name], *(metrics.get(f"{name}{suffix}") for suffix in BOUNDS))
        shown = ["" if cell is None else f"{round(cell, 3) + 0.0:.3f} " for cell in cells]  # 0 bears no sign
        rows.append("| ".join([f"| {rate_name(name, language)} ", *shown]) + "|")
    return say("big_good_text", language).format(**metrics) + "\n\n" + "\n".join(rows)


def rate_name(name: str, language: str) -> str:
    """Return what a metric is called: its own words, the extractor after them, a class by its name."""
    if name.startswith("superclass_accuracy_"):
        return f"– {name_of(name.removeprefix('superclass_accuracy_'), language)}"
    for extractor, called in EXTRACTORS.items():
        if name.endswith(f"_{extractor}"):
            return f"{rate_name(name.removesuffix(f'_{extractor}'), language)}, {called}"
    return " ".join(word.upper() if word in SHORT else word for word in name.split("_"))


def picture_of(path: Path) -> Image.Image:
    """Open a picture that comes with the page."""
    with Image.open(path) as opened:
        return opened.convert("RGB")
