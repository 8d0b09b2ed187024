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

from demos.replay import usual
from demos.replay.handlers import KEYS, own_styles, say_left
from demos.replay.sources import squares
from demos.replay.words import say
from demos.shared import models
from demos.shared.requests import Answer
from demos.shared.widgets import chosen_seed, keep_file
from pipelines.common.errors import Misuse

if TYPE_CHECKING:
    from pipelines.replay.buffer import LatentBuffer

MOST_FILES = 20  # pictures of a task
MOST_TASKS = 10
MOST_DRAWN = 16
LONGEST_NAME = 40
LARGEST = 8_000_000  # bytes of a buffer that is brought along


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
        language: of the page.
    """

    buffer: LatentBuffer | None
    task: str
    task_files: list[str] | None
    sources: list[str]
    kept_of_task: float
    method: str
    language: str


def add(request: Task) -> Answer:
    """Encode a task's pictures and keep some of their latents."""
    files, method = request.task_files or request.sources, request.method
    if not files:
        raise Misuse("picture_missing")
    if len(files) > MOST_FILES:
        raise Misuse("too_many_files", given=len(files), allowed=MOST_FILES)
    name = " ".join(request.task.split())[:LONGEST_NAME] or say("rep_task_unnamed", request.language)
    held = models.latent_buffer() if request.buffer is None else request.buffer
    if name not in held.tasks and len(held.tasks) >= MOST_TASKS:
        raise Misuse("too_many_tasks", allowed=MOST_TASKS)
    latents = models.stylemini().encode_images(squares(files, request.language))
    held.add(name, latents, int(request.kept_of_task), method=method)
    return {"task_files": None, **shown(held, request.language)}


def shown(buffer: LatentBuffer, language: str) -> Answer:
    """Answer a buffer, what is in it, and its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "buffer.safetensors"
        buffer.save(path)
        file = keep_file(path)
    download = gr.DownloadButton(value=file, interactive=True)
    return {"buffer": buffer, "contents": contents(buffer, language), "buffer_file": download}


def contents(buffer: LatentBuffer | None, language: str) -> str:
    """Return what is in a buffer, as Markdown: its tasks, and its size beside that of the pictures."""
    if buffer is None or not len(buffer):
        return say("rep_buffer_empty", language)
    heads = [say(key, language) for key in ("rep_task", "rep_latents", "rep_bytes")]
    rows = [f"| {escaped(name)} | {len(one)} | {kilobytes(one.nbytes)} |" for name, one in buffer.tasks.items()]
    table = "\n".join([f"| {' | '.join(heads)} |", "|---|---|---|", *rows])
    sizes = {"latents": kilobytes(buffer.size), "pictures": kilobytes(buffer.size_of_pictures)}
    ratio = buffer.size_of_pictures / buffer.size
    return table + "\n\n" + say("rep_buffer_size", language).format(**sizes, ratio=f"{ratio:.0f}")


def escaped(name: str) -> str:
    """Return a name as Markdown shows it: every mark as it is."""
    return "".join(letter if letter.isalnum() or letter == " " else f"&#{ord(letter)};" for letter in name)


def kilobytes(count: int) -> str:
    """Return a size in kB."""
    return f"{count / 1000:.1f} kB"


def relabel(buffer: Any, language: str) -> Answer:
    """Say what is in the buffer in another language."""
    return {"contents": contents(buffer, language)}


def empty(language: str) -> Answer:
    """Forget all latents."""
    nothing = {"buffer": None, "buffer_file": gr.DownloadButton(value=None, interactive=False)}
    return {**nothing, "contents": contents(None, language), "drawn_again": [], "said_again": ""}


def bring(brought: str | None, buffer: Any, language: str) -> Answer:
    """Add the tasks of a buffer that somebody brings along to those that are there."""
    if not brought:
        return {}
    path = Path(brought)
    size = path.stat().st_size
    if size > LARGEST:
        raise Misuse("image_too_many_bytes", given_mb=math.ceil(size / 1e6), allowed_mb=LARGEST // 1_000_000)
    coming = models.latent_buffer(path)
    held = models.latent_buffer() if buffer is None else buffer
    tasks = dict(held.tasks)
    for name, latents in coming.tasks.items():
        if len(latents):
            tasks[free_name(name, tasks)] = latents
    if len(tasks) > MOST_TASKS:
        raise Misuse("too_many_tasks", allowed=MOST_TASKS)
    held.tasks = tasks
    return {"brought": None, **shown(held, language)}


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
    fields = {"guidance": request.guidance, "steps": request.steps}
    values = usual.suiting(fields, small=models.stylemini().sees_source)
    given: dict[str, Any] = {"guidance_scale": values["guidance"], "steps": int(values["steps"])}
    given |= {"negative_prompt": request.negative}
    strengths = (min(request.least, request.most), max(request.least, request.most))
    seed, started = chosen_seed(request.seed, request.fresh), time.monotonic()
    pictures: list[tuple[Any, str]] = []
    for prompt in (*prompts, request.negative):
        models.stylemini().check_prompt(prompt)
    for one in models.replayed(request.buffer, prompts, strengths, given, seed=seed, count=int(request.again)):
        pictures.append((one.image, f"{one.strength:.2f}, {style_name(one.prompt, request.language)}"))
        going = say_left(started, len(pictures) / request.again, request.language)
        yield {"drawn_again": list(pictures), "said_again": going, "seed": seed}
    seconds = f"{time.monotonic() - started:.1f}"
    said = say("rep_took", request.language).format(count=len(pictures), seconds=seconds)
    yield {"drawn_again": pictures, "said_again": said, "seed": seed}


def style_name(prompt: str, language: str) -> str:
    """Return what a text is called on the page."""
    return say(f"style_{KEYS[prompt]}", language) if prompt in KEYS else prompt


def begin(language: str) -> Answer:
    """Say that a press has arrived: others may be before it."""
    return {"said_again": say("rep_begun", language)}


def stop() -> Answer:
    """Say no more how long it will take: what is done stays."""
    return {"said_again": ""}
