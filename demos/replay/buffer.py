"""What the Replay tab does with latents: keep a few of each task, and draw pictures from them alone."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.replay import models, usual
from demos.replay.handlers import KEYS, notes, own_styles, say_left, say_took
from demos.replay.sources import squares
from demos.replay.words import say
from demos.shared.requests import Answer
from demos.shared.widgets import chosen_seed, keep_file, save_picture
from pipelines.common.errors import Misuse
from pipelines.common.provenance import encode_png

if TYPE_CHECKING:
    from pipelines.replay.buffer import LatentBuffer
    from pipelines.stylemini.pipeline import StyleMiniPipeline

MOST_FILES = 20  # pictures of a task
MOST_TASKS = 10
MOST_DRAWN = 16
LONGEST_NAME = 40
LARGEST = 8_000_000  # bytes of a buffer that is brought along, and of all tasks with those of one
FILE = "buffer.safetensors"
Made = list[tuple[str, float, str]]  # pictures drawn from the buffer: path, strength, text


@dataclass(frozen=True)
class Task:
    """What is put into the buffer.

    Attributes:
        buffer: what is in it.
        task: the task's name.
        task_files: its pictures; where there are none, those of the other tab.
        sources: those.
        kept_of_task: how many latents are kept.
        method: which.
        classes: of the task; k-means parts it into as many groups and keeps of each in turn.
        language: of the page.
    """

    buffer: LatentBuffer | None
    task: str
    task_files: list[str] | None
    sources: list[str]
    kept_of_task: float
    method: str
    classes: float
    language: str


def add(request: Task) -> Answer:
    """Encode a task's pictures and keep some of their latents; what was there before can be had back."""
    files, before = request.task_files or request.sources, request.buffer
    if not files:
        raise Misuse("picture_missing")
    if len(files) > MOST_FILES:
        raise Misuse("too_many_files", given=len(files), allowed=MOST_FILES)
    pipe = models.stylemini()
    held = begun(pipe, before)
    unnamed = free_name(say("rep_task_unnamed", request.language), held.tasks)
    name = " ".join(request.task.split())[:LONGEST_NAME] or unnamed
    if name not in held.tasks and len(held.tasks) >= MOST_TASKS:
        raise Misuse("too_many_tasks", allowed=MOST_TASKS)
    pictures = squares(pipe, files, request.language)
    sizes = [len(encode_png(picture, None)) for picture in pictures]
    chosen: dict[str, Any] = {"method": request.method, "classes": int(request.classes)}
    held.add(name, pipe.encode_images(pictures), int(request.kept_of_task), sizes=sizes, **chosen)
    return {"task_files": None, **shown(held, request.language), "buffer_before": before}


def begun(pipe: StyleMiniPipeline, buffer: LatentBuffer | None) -> LatentBuffer:
    """Return a copy of a buffer, an empty one where there is none.

    Raises:
        Misuse: the pipeline cannot read it.
    """
    if buffer is None:
        return models.latent_buffer(pipe)
    models.check_buffer(pipe, buffer, FILE)
    return buffer.copy()


def shown(buffer: LatentBuffer | None, language: str) -> Answer:
    """Answer a buffer, what is in it, and its file."""
    if buffer is None:
        download = gr.DownloadButton(value=None, interactive=False)
    else:
        with TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            buffer.save(path)
            download = gr.DownloadButton(value=keep_file(path), interactive=True)
    return {"buffer": buffer, "contents": contents(buffer, language), "buffer_file": download}


def contents(buffer: LatentBuffer | None, language: str) -> str:
    """Return what is in a buffer, as Markdown: its tasks, and its size beside that of the pictures."""
    if buffer is None or not len(buffer):
        return say("rep_buffer_empty", language)
    heads = [say("rep_task", language), say("rep_latents", language), say("rep_bytes", language)]
    heads.append(say("rep_png", language))
    rows = [
        f"| {escaped(name)} | {len(one)} | {kilobytes(one.nbytes)} | {kilobytes(buffer.pictures.get(name))} |"
        for name, one in buffer.tasks.items()
    ]
    table = "\n".join([f"| {' | '.join(heads)} |", "|---|---|---|---|", *rows])
    sizes = {"latents": kilobytes(buffer.size), "pixels": kilobytes(buffer.size_of_pixels)}
    said = say("rep_buffer_size", language).format(**sizes, ratio=f"{buffer.size_of_pixels / buffer.size:.0f}")
    if buffer.size_of_pictures is not None:
        said += " " + say("rep_buffer_png", language).format(png=kilobytes(buffer.size_of_pictures))
    return f"{table}\n\n{said}"


def escaped(name: str) -> str:
    """Return a name as Markdown shows it: every mark as it is."""
    return "".join(letter if letter.isalnum() or letter == " " else f"&#{ord(letter)};" for letter in name)


def kilobytes(count: int | None) -> str:
    """Return a size in kB, a dash where it is not known."""
    return "-" if count is None else f"{count / 1000:.1f} kB"


def relabel(buffer: Any, again_made: Made, language: str) -> Answer:
    """Say in another language what is in the buffer and how its pictures were drawn."""
    return {"contents": contents(buffer, language), "drawn_again": captioned(again_made, language), "said_again": ""}


def empty(buffer: Any, language: str) -> Answer:
    """Take all latents out; they can be had back."""
    return {**shown(None, language), "buffer_before": buffer} if buffer is not None else {}


def undo(buffer: Any, buffer_before: Any, language: str) -> Answer:
    """Put what was in the buffer back; done twice, all is as it was."""
    if buffer is None and buffer_before is None:
        return {}
    return {**shown(buffer_before, language), "buffer_before": buffer}


def bring(brought: str | None, buffer: Any, language: str) -> Answer:
    """Add the tasks of a buffer that somebody brings along to those that are there."""
    if not brought:
        return {}
    path = Path(brought)
    size = path.stat().st_size
    if size > LARGEST:
        raise Misuse("image_too_many_bytes", given_mb=math.ceil(size / 1e6), allowed_mb=LARGEST // 1_000_000)
    pipe = models.stylemini()
    coming, held = models.latent_buffer(pipe, path), begun(pipe, buffer)
    tasks = {name: latents for name, latents in coming.tasks.items() if len(latents)}
    if len(held.tasks) + len(tasks) > MOST_TASKS:
        raise Misuse("too_many_tasks", allowed=MOST_TASKS)
    for name, latents in tasks.items():
        free = free_name(name, held.tasks)
        held.tasks[free] = latents
        held.pictures |= {free: coming.pictures[name]} if name in coming.pictures else {}
    whole = sum(latents.nbytes for latents in held.tasks.values())
    if whole > LARGEST:
        raise Misuse("image_too_many_bytes", given_mb=math.ceil(whole / 1e6), allowed_mb=LARGEST // 1_000_000)
    return {"brought": None, **shown(held, language), "buffer_before": buffer}


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a task's name, cut to its longest and numbered where another has it."""
    names = itertools.chain([name[:LONGEST_NAME]], (f"{name[: LONGEST_NAME - 4]} ({n})" for n in itertools.count(2)))
    return next(one for one in names if one not in taken)


def refuse() -> Answer:
    """Take a file that is no buffer off the page, so that another can be brought."""
    return {"brought": None}


@dataclass(frozen=True)
class Replay:
    """What is drawn from the buffer.

    Attributes:
        buffer: the latents.
        styles: texts of known styles.
        own: further texts, a line each.
        least: strength at least.
        most: and at most.
        again: pictures.
        negative: what nothing should look like.
        guidance: how closely texts are followed.
        keeping: how closely pictures are kept.
        steps: from noise to picture.
        seed: of all chance; empty draws one.
        fresh: whether each press draws one.
        language: of the page.
    """

    buffer: LatentBuffer | None
    styles: list[str]
    own: str
    least: float
    most: float
    again: float
    negative: str
    guidance: float
    keeping: float
    steps: float
    seed: float | None
    fresh: bool
    language: str


def replay(request: Replay) -> Iterator[Answer]:
    """Draw pictures from the buffer alone, each with a style and a strength by chance."""
    prompts = list(dict.fromkeys([*request.styles, *own_styles(request.own)]))
    if request.buffer is None or not len(request.buffer):
        raise Misuse("buffer_empty")
    if not prompts:
        raise Misuse("style_missing")
    pipe = models.stylemini()
    models.check_buffer(pipe, request.buffer, FILE)
    for prompt in (*prompts, request.negative):
        pipe.check_prompt(prompt)
    fields = {"guidance": request.guidance, "steps": request.steps}
    values = usual.suiting(fields, pipe.model)
    given: dict[str, Any] = {"guidance_scale": values["guidance"], "steps": int(values["steps"])}
    given |= {"image_guidance_scale": request.keeping, "negative_prompt": request.negative}
    strengths = (min(request.least, request.most), max(request.least, request.most))
    seed, started = chosen_seed(request.seed, request.fresh), time.monotonic()
    made: Made = []
    count = int(request.again)
    for one in models.replayed(pipe, request.buffer, prompts, strengths, given, seed=seed, count=count):
        chance = {"prompt": one.prompt, "strength": one.strength}
        called = {**dict(pipe.arguments_class.parse({**given, **chance})), "copy": one.copy}
        origin = pipe.made(None, called, seed=seed, index=one.number, other_inputs={"latents": one.latents_sha256})
        made.append((save_picture(one.image, f"replayed-{seed}-{len(made)}.png", origin), one.strength, one.prompt))
        going = say_left(started, len(made) / count, request.language)
        pictures = captioned(made, request.language)
        yield {"drawn_again": pictures, "said_again": going, "seed": seed, "again_made": list(made)}
    took = say_took(len(made), time.monotonic() - started, request.language)
    said = [took, notes([*prompts, request.negative], request.language)]
    yield {"said_again": "\n\n".join(filter(None, said)), "drawn_again": captioned(made, request.language)}


def captioned(made: Made, language: str) -> list[tuple[str, str]]:
    """Return pictures with what was drawn by chance beneath them."""
    return [(path, f"{strength:.2f}, {style_name(prompt, language)}") for path, strength, prompt in made]


def style_name(prompt: str, language: str) -> str:
    """Return what a text is called on the page."""
    return say(f"style_{KEYS[prompt]}", language) if prompt in KEYS else prompt


def begin(language: str) -> Answer:
    """Say that a press has arrived: others may be before it."""
    return {"said_again": say("rep_begun", language)}


def stop() -> Answer:
    """Say no more how long it will take: what is done stays."""
    return {"said_again": ""}
