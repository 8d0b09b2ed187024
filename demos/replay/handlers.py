"""What the Replay tab does with pictures: take them, draw them in styles, and keep what pleases."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from demos.replay import models, usual
from demos.replay.words import say
from demos.shared.errors import explain
from demos.shared.keeping import Pressed
from demos.shared.labelled import row_labels
from demos.shared.requests import Answer, clicked
from demos.shared.widgets import chosen_seed, save_picture
from pipelines.common.errors import Misuse
from pipelines.common.images import decode, to_rgb
from pipelines.common.sheets import contact_sheet

if TYPE_CHECKING:
    from pipelines.stylemini.pipeline import StyleMiniPipeline

CELL = 128  # pixels of a picture on the sheet
MOST_STYLES = 12
OWN_STYLES = 4  # lines of one's own words
LONGEST = 300  # letters of a text
# What is said to the model for each style that it knows; the key of its name in words.py is style_<key>.
STYLES = {
    "oil": "oil painting style",
    "watercolor": "watercolor style",
    "pixels": "pixel art style",
    "metal": "metallic texture",
    "wood": "wood texture",
    "glass": "stained glass style",
    "mosaic": "mosaic style",
    "pencil": "pencil sketch style",
    "comic": "comic style",
    "ukiyoe": "ukiyo-e print style",
    "photo": "photo",
}
KEYS = {prompt: key for key, prompt in STYLES.items()}


@dataclass(frozen=True)
class Press:
    """What is drawn, and how.

    Attributes:
        sources: paths of the pictures.
        styles: texts of known styles.
        own: further texts, a line each.
        strength: how much is drawn anew.
        guidance: how closely texts are followed.
        keeping: how closely pictures are kept.
        steps: from noise to picture.
        negative: what nothing should look like.
        seed: of the noise; empty draws one.
        fresh: whether each press draws one.
        language: of the page.
    """

    sources: list[str]
    styles: list[str]
    own: str
    strength: float
    guidance: float
    keeping: float
    steps: float
    negative: str
    seed: float | None
    fresh: bool
    language: str

    @property
    def prompts(self) -> list[str]:
        """Return the texts, each once."""
        return list(dict.fromkeys([*self.styles, *own_styles(self.own)]))

    def arguments(self, pipe: StyleMiniPipeline) -> Any:
        """Return how pictures are drawn, checked."""
        fields = {"strength": self.strength, "guidance": self.guidance, "steps": self.steps}
        values = usual.suiting(fields, pipe.model)
        given = {"strength": values["strength"], "guidance_scale": values["guidance"], "steps": int(values["steps"])}
        given |= {"image_guidance_scale": self.keeping}
        return pipe.arguments_class.parse({**given, "negative_prompt": self.negative})


@dataclass(frozen=True)
class Drawn:
    """What the sheet shows.

    Attributes:
        files: paths of the pictures, a row for each text.
        prompts: the texts.
        sheet: path of it, as it was when its last row was done; empty before the first.
    """

    files: tuple[tuple[str, ...], ...] = ()
    prompts: tuple[str, ...] = ()
    sheet: str = ""


@dataclass
class Sheet:
    """A grid of pictures by styles that fills as it goes.

    Attributes:
        rows: the pictures, what their latents keep of them, then a row for each style.
        prompts: the styles' texts.
        started: when, seconds of a clock.
    """

    rows: list[list[Image.Image]]
    prompts: Sequence[str]
    started: float = field(default_factory=time.monotonic)

    def image(self) -> Image.Image:
        """Return it as a picture; what is still to come is white."""
        width = len(self.rows[0])
        blank = [Image.new("RGB", (CELL, CELL), "white")] * width
        missing = len(self.prompts) + 2 - len(self.rows)
        return contact_sheet([*self.rows, *[blank] * missing], cell=CELL, abreast=1)


def own_styles(text: str) -> list[str]:
    """Return the texts that somebody wrote, a line each.

    Raises:
        Misuse: too many, or one that is too long.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > OWN_STYLES:
        raise Misuse("too_many_lines", given=len(lines), allowed=OWN_STYLES)
    if any(len(line) > LONGEST for line in lines):
        raise Misuse("prompt_too_long", allowed=LONGEST // 6)
    return lines


def draw(request: Press) -> Iterator[Answer]:
    """Draw the pictures in every style, and show them as they come."""
    prompts, language = request.prompts, request.language
    if not request.sources:
        raise Misuse("picture_missing")
    if not prompts:
        raise Misuse("style_missing")
    if len(prompts) > MOST_STYLES:
        raise Misuse("too_many_lines", given=len(prompts), allowed=MOST_STYLES)
    pipe = models.stylemini()
    asked, seed = request.arguments(pipe), chosen_seed(request.seed, request.fresh)
    pipe.check_all(prompts, asked)  # before what is on the sheet goes
    pictures = [pipe.seen(to_rgb(decode(Path(path)))) for path in request.sources]
    sheet = Sheet([pictures, pipe.decode(pipe.encode_images(pictures))], prompts)
    yield {
        "sheet": sheet.image(),
        "labels": labels(prompts, language),
        "unknown": notes([*prompts, request.negative], language),
        "seed": seed,
        "drawn": Drawn((), tuple(prompts)),
        "download": gr.DownloadButton(interactive=False),  # until there is a row
    }
    path = ""
    files: list[tuple[str, ...]] = []
    for row in pipe.rows_of(pictures, prompts, asked, seed=seed):
        sheet.rows[2 + row.prompt :] = [row.images]
        share = (row.prompt + row.step / row.steps) / len(prompts)
        said = say_left(sheet.started, share, language)
        if row.provenance:
            made = zip(row.images, row.provenance, strict=True)
            names = f"{KEYS.get(prompts[row.prompt], f'own{row.prompt}')}-{seed}"
            files.append(tuple(save_picture(one, f"{names}-{n}.png", origin) for n, (one, origin) in enumerate(made)))
            said_of = {**dict(asked), "prompt": list(prompts[: len(files)])}
            inputs = {f"picture {n}": str(origin.input_sha256) for n, origin in enumerate(row.provenance)}
            origin = pipe.made(None, said_of, seed=seed, other_inputs=inputs)
            path = save_picture(sheet.image(), f"styles-{seed}.png", origin)
        if share < 1:  # what is pressed meanwhile is of this sheet
            yield {"sheet": sheet.image(), "said": said, **shown(Drawn(tuple(files), tuple(prompts), path))}
    took = say_took(len(pictures) * len(prompts), time.monotonic() - sheet.started, language)
    yield {"sheet": path, "said": took, **shown(Drawn(tuple(files), tuple(prompts), path))}


def shown(drawn: Drawn) -> Answer:
    """Answer what the sheet shows; once it has a row, it can be downloaded, and a later press taken back to it."""
    if not drawn.sheet:
        return {"drawn": drawn}
    return {"drawn": drawn, "latest": drawn, "download": gr.DownloadButton(value=drawn.sheet, interactive=True)}


def say_left(started: float, share: float, language: str) -> str:
    """Say which share is done, and how many seconds are left."""
    seconds = round((time.monotonic() - started) * (1 - share) / max(share, 1e-6))
    return say("rep_going", language).format(share=round(100 * share), seconds=seconds)


def say_took(count: int, seconds: float, language: str) -> str:
    """Say how many pictures were drawn, and how long that took."""
    return say("rep_took_one" if count == 1 else "rep_took", language).format(count=count, seconds=f"{seconds:.1f}")


def begin(language: str) -> Answer:
    """Say that a press has arrived: others may be before it."""
    return {"said": say("rep_begun", language)}


def stop(drawn: Drawn, latest: Drawn, language: str) -> Answer:
    """Say no more how long it will take: rows that are done stay, and where there is none, the sheet before is back."""
    if drawn.files:
        return {"said": ""}
    return {"said": "", "sheet": latest.sheet, "labels": labels(latest.prompts, language), **shown(latest)}


def labels(prompts: Sequence[str], language: str) -> str:
    """Return the names of the sheet's rows, as HTML beside it."""
    names = [say("rep_source", language), say("rep_decoded", language)]
    return row_labels([*names, *(say(f"style_{KEYS[one]}", language) if one in KEYS else one for one in prompts)])


def relabel(drawn: Drawn, language: str) -> Answer:
    """Say in another language what the rows are called."""
    return {"labels": labels(drawn.prompts, language), "said": ""}


def notes(prompts: Sequence[str], language: str) -> str:
    """Say what is to be known of a drawing: who draws it, and which words of its texts are unknown."""
    return "\n\n".join(note for note in (instead(language), unknown(prompts, language)) if note)


def unknown(prompts: Sequence[str], language: str) -> str:
    """Say which words the model was not taught; nothing where it knows all."""
    if not any(prompts):
        return ""
    pipe = models.stylemini()
    words = list(dict.fromkeys(word for prompt in prompts for word in pipe.model.unknown_words(prompt)))
    return say("rep_unknown", language).format(words=", ".join(words)) if words else ""


def instead(language: str) -> str:
    """Say that the small model draws where another was wanted; nothing where none was."""
    return say("rep_instead", language) if models.is_substitute() else ""


@dataclass(frozen=True)
class Texts:
    """What was typed: styles of one's own, and what is not wanted."""

    own: str
    negative: str
    language: str


def check_words(request: Texts) -> Answer:
    """Say which of one's own words are unknown, or that a text is too long, before anything is drawn."""
    try:
        texts = [*own_styles(request.own), request.negative]
        if any(texts):
            pipe = models.stylemini()
            for text in texts:
                pipe.check_prompt(text)
    except Misuse as error:
        return {"unknown": f"⚠ {explain(error, request.language)}"}
    return {"unknown": notes(texts, request.language)}


def keep(request: Pressed, event: gr.SelectData) -> Answer:
    """Put the picture that was pressed first among the kept ones."""
    drawn: Drawn = request.drawn
    column, row = (int(place // CELL) for place in clicked(event))
    if row in (0, 1):
        gr.Info(say("rep_keep_drawn", request.language), duration=4)
        return {}
    if not (0 <= row - 2 < len(drawn.files) and 0 <= column < len(drawn.files[row - 2])):
        raise Misuse("nothing_to_keep")
    return request.keep(drawn.files[row - 2][column])
