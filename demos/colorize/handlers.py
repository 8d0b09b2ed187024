"""What the Colorize tab does: take pictures in, show one in colour while settings change, make the files."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demos.colorize import models
from demos.colorize.examples import example_files, thumbnail
from demos.colorize.words import say
from demos.shared.cache import workshop
from demos.shared.errors import explain
from demos.shared.requests import Answer, chosen
from demos.shared.widgets import keep_file, save_picture
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import unused
from pipelines.common.images import decode, to_rgb
from pipelines.common.provenance import encode_png

PREVIEW = 1280  # longer side of what is shown while settings change, pixels
Settings = Mapping[str, Any]  # setting, strength and guesses, as the pipeline takes them
MIN_SIDE = 16
MAX_FILES = 20

# One full-size picture in memory at a time: visitors alternate picture by picture, and one who has cancelled while
# a picture was being made holds nobody else's place.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, eq=False)
class Front:
    """The picture that a visitor looks at.

    Attributes:
        path: where the upload is kept.
        size: width and height, pixels.
        preview: the picture, its longer side at most ``PREVIEW``.
    """

    path: str
    size: tuple[int, int]
    preview: Image.Image


@dataclass(frozen=True, eq=False)
class Made:
    """What the button has made.

    Attributes:
        sources: uploads whose pictures are done.
        file: the PNG or the zip, empty until all are done.
        origin: all that it was made from; where that has changed on the page, it is no longer offered.
    """

    sources: tuple[str, ...] = ()
    file: str = ""
    origin: tuple[Any, ...] = ()


NOTHING_MADE: Answer = {"made": None, "finished": Made()}


@dataclass(frozen=True)
class Upload:
    """The list of files after it was changed, and what was taken of it before."""

    files: Sequence[str] | None
    taken: list[str]
    language: str


def take(request: Upload) -> Answer:
    """Take uploads in, and the first that can be read to the front; where none can, everything stays as it was."""
    paths = [str(path) for path in request.files or ()]
    if len(paths) > MAX_FILES:
        warn("", Misuse("too_many_files", given=len(paths), allowed=MAX_FILES), request.language)
        return {"files": uploads_of(request.taken)}
    for path in paths:
        try:
            return {"taken": paths, "front": open_front(path), **NOTHING_MADE}
        except Misuse as error:
            warn(path, error, request.language)
    return {"files": uploads_of(request.taken)} if paths else {"taken": [], "front": None, **NOTHING_MADE}


def uploads_of(taken: list[str]) -> list[str] | None:
    """Return what the list of files shows of what is taken: nothing of an example."""
    own = {str(file) for file in example_files()}
    return [path for path in taken if path not in own] or None


def take_example(event: gr.SelectData) -> Answer:
    """Take one of the examples in, in place of what was uploaded."""
    files = example_files()
    path = str(files[chosen(event, len(files))])
    return {"taken": [path], "front": open_front(path), "files": None, **NOTHING_MADE}


def bring_forward(finished: Made, event: gr.SelectData) -> Answer:
    """Put one of the pictures that are done into the slider."""
    return {"front": open_front(finished.sources[chosen(event, len(finished.sources))])}


def open_front(path: str) -> Front:
    """Decode a picture for the slider.

    Raises:
        Misuse: no usable picture.
    """
    picture = decode(Path(path), min_side=MIN_SIDE)
    size = picture.size
    picture.thumbnail((PREVIEW, PREVIEW), Image.Resampling.LANCZOS)
    return Front(path, size, picture)


@dataclass(frozen=True)
class Shown:
    """What decides what the slider shows."""

    front: Front | None
    settings: Settings
    beside: str
    language: str


def follow(request: Shown) -> Answer:
    """Show the picture in front as the settings have it, and say what should be known of it."""
    if request.front is None:
        return {"slider": None, "said": ""}
    preview, (width, height) = request.front.preview, request.front.size
    made = models.colorize()(preview, **request.settings)
    seen = to_rgb(preview)
    left = seen if request.beside == "original" else seen.convert("L").convert("RGB")
    said = [say("color_had", request.language)] if made.had_color else []
    if preview.size != (width, height):
        said.append(say("color_preview", request.language).format(width=width, height=height))
    return {"slider": (left, to_rgb(made.images[0])), "said": " ".join(said)}


@dataclass(frozen=True)
class Offered:
    """What the button has made, and all that it would make it from now."""

    taken: list[str]
    settings: Settings
    keep: bool
    finished: Made


def offer(request: Offered) -> Answer:
    """Offer what the button has made, as long as it would make the same again."""
    finished = request.finished
    same = bool(finished.file) and finished.origin == origin_of(request.taken, request.settings, request.keep)
    return {"download": gr.update(value=finished.file if same else None, interactive=same)}


def origin_of(sources: Sequence[str], settings: Settings, keep: bool) -> tuple[Any, ...]:
    """Return all that decides what the button makes of these sources."""
    return (*sources, *settings.values(), keep, models.colorize().weights_sha256)


@dataclass(frozen=True)
class Press:
    """The tab when the button is pressed; an upload that is still being taken in stands among the files already."""

    files: Sequence[str] | None
    taken: list[str]
    settings: Settings
    keep: bool
    finished: Made
    language: str


def color_files(
    request: Press,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 (Gradio asks for it so)
) -> Iterator[Answer]:
    """Colour every picture at its own size: one becomes a PNG, several a zip; one that cannot be read is named.

    What the last press made is removed.
    """
    sources = [str(path) for path in request.files or request.taken]
    if not sources:
        raise Misuse("picture_missing")
    if len(sources) > MAX_FILES:
        raise Misuse("too_many_files", given=len(sources), allowed=MAX_FILES)
    origin = origin_of(sources, request.settings, request.keep)
    shown, done, written = list[tuple[str, str]](), list[str](), set[Path]()
    with workshop() as folder:  # a cancel ends the generator here, and nothing is left
        archive = folder / "colorize.zip"
        for number, source in enumerate(sources):
            progress((number, len(sources)))
            path = unused(folder / f"{Path(source).stem}-color.png", written)
            try:
                small = color_one_file(source, path, request.settings, request.keep)
            except Misuse as error:
                if number == len(sources) - 1 and not done:
                    raise
                written.discard(path)
                warn(source, error, request.language)
                continue
            shown.append((save_picture(small, path.name, None), path.name))
            done.append(source)
            if len(sources) > 1:
                put_into(archive, path)
            yield {"made": list(shown), "finished": Made(tuple(done))}
        if request.finished.file:
            Path(request.finished.file).unlink(missing_ok=True)
        file = keep_file(archive if len(sources) > 1 else path)
    yield {"finished": Made(tuple(done), file, origin)}


def color_one_file(source: str, target: Path, settings: Settings, keep: bool = True) -> Image.Image:
    """Colour one file at its own size into another, when nobody else's is being made; return a thumbnail.

    Raises:
        Misuse: no usable picture, or a bad setting.
    """
    with _one_at_a_time:
        made = models.colorize()(decode(Path(source), min_side=MIN_SIDE), **settings)
        target.write_bytes(encode_png(made.images[0], made.provenance[0] if keep else None))
    return thumbnail(made.images[0])


@dataclass(frozen=True)
class Call:
    """What a program sends."""

    file: str | None
    setting: str
    strength: float
    guesses: str


def color_one(request: Call) -> Answer:
    """Colour one picture at its own size, for programs."""
    if not request.file:
        raise Misuse("picture_missing")
    settings = {"setting": request.setting, "strength": request.strength, "guesses": request.guesses}
    with workshop() as folder:
        path = folder / f"{Path(request.file).stem}-color.png"
        color_one_file(request.file, path, settings)
        return {"result": keep_file(path)}


def put_into(archive: Path, path: Path) -> None:
    """Move a file into an archive; pictures are packed already, and nothing in it differs from press to press."""
    entry = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_STORED) as opened:
        opened.writestr(entry, path.read_bytes())
    path.unlink()


def warn(path: str, error: StudioError, language: str) -> None:
    """Say what is wrong, with one file of several or with all; the others go on."""
    named = f"{Path(path).name}: " if path else ""
    gr.Warning(named + explain(error, language), duration=8)
