"""What the Colorize tab does: take pictures in, show one in colour while settings change, make the files."""

from __future__ import annotations

import functools
import tempfile
import threading
import zipfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demos.colorize.words import say
from demos.shared import models
from demos.shared.errors import explain
from demos.shared.widgets import keep_file, report_errors, save_picture
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import unused
from pipelines.common.images import decode, to_rgb
from pipelines.common.provenance import encode_png

PREVIEW = 1280  # longer side of what is shown while settings change, pixels
THUMBNAIL = 320
MIN_SIDE = 16
MAX_FILES = 20

# Photographs that scikit-image brings, with where they come from; all in the public domain or CC0.
EXAMPLES = {
    "camera.png": "Lav Varshney, CC0",
    "chelsea.png": "Stéfan van der Walt, CC0",
    "astronaut.png": "NASA, public domain",
    "coffee.png": "Rachel Michetti, CC0",
    "rocket.jpg": "SpaceX, public domain",
}

# One full-size picture in memory at a time: visitors take turns picture by picture, and one who has cancelled while
# a picture was being made holds nobody else's place.
_turn = threading.Lock()


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
        asked: what it was made from; where the page would ask for something else, it is no longer offered.
    """

    sources: tuple[str, ...] = ()
    file: str = ""
    asked: tuple[Any, ...] = ()


@report_errors
def take(files: Sequence[str] | None, taken: list[str], language: str) -> tuple[Any, Any, Any, Any, Any]:
    """Take uploads in, and the first that can be read to the front; where none can, everything stays as it was.

    Returns:
        What is taken, the picture in front, the list of files, the strip of what is done, and what was made.
    """
    paths = [str(path) for path in files or ()]
    if len(paths) > MAX_FILES:
        warn("", Misuse("too_many_files", given=len(paths), allowed=MAX_FILES), language)
        return gr.skip(), gr.skip(), uploads_of(taken), gr.skip(), gr.skip()
    front = None
    for path in paths:
        try:
            front = open_front(path)
            break
        except Misuse as error:
            warn(path, error, language)
    if paths and front is None:
        return gr.skip(), gr.skip(), uploads_of(taken), gr.skip(), gr.skip()
    return paths, front, gr.skip(), None, Made()


def uploads_of(taken: list[str]) -> list[str] | None:
    """Return what the list of files shows of what is taken: nothing of an example."""
    own = {str(file) for file in example_files()}
    return [path for path in taken if path not in own] or None


@report_errors
def take_example(language: str, event: gr.SelectData) -> tuple[list[str], Front, None, None, Made]:
    """Take one of the examples in, in place of what was uploaded; returns what ``take`` does."""
    path = str(example_files()[event.index])
    return [path], open_front(path), None, None, Made()


@report_errors
def bring_forward(finished: Made, language: str, event: gr.SelectData) -> Front:
    """Put one of the pictures that are done into the slider."""
    return open_front(finished.sources[event.index])


def open_front(path: str) -> Front:
    """Decode a picture for the slider.

    Raises:
        Misuse: no usable picture.
    """
    picture = decode(Path(path), min_side=MIN_SIDE)
    size = picture.size
    picture.thumbnail((PREVIEW, PREVIEW), Image.Resampling.LANCZOS)
    return Front(path, size, picture)


def example_files() -> list[Path]:
    """Return the example photographs there are."""
    spec = find_spec("skimage")
    folder = Path(str(spec.origin)).parent / "data" if spec is not None else Path()
    return [folder / name for name in EXAMPLES if (folder / name).is_file()]


def example_items(language: str) -> list[tuple[Image.Image, str]]:
    """Return a grey thumbnail and a caption of each example."""
    return [(grey_thumbnail(file), example_name(file, language)) for file in example_files()]


@functools.cache
def grey_thumbnail(file: Path) -> Image.Image:
    """Return an example without its colours, small; every page that is opened shows it."""
    with Image.open(file) as opened:
        return thumbnail(opened.convert("L"))


def example_name(file: Path, language: str) -> str:
    """Return what an example shows."""
    return say(f"photograph_{file.stem}", language)


def credits(language: str) -> str:
    """Return whose the examples are."""
    named = (f"{example_name(file, language)}: {EXAMPLES[file.name]}" for file in example_files())
    return say("color_credits", language).format(named=" · ".join(named))


@report_errors
def follow(
    front: Front | None, setting: str, strength: float, guesses: str, beside: str, language: str
) -> tuple[Any, str]:
    """Show the picture in front as the settings have it, and say what should be known of it."""
    if front is None:
        return None, ""
    made = models.colorize()(front.preview, setting=setting, strength=strength, guesses=guesses)
    left = to_rgb(front.preview)
    pair = (left if beside == "original" else left.convert("L").convert("RGB"), to_rgb(made.images[0]))
    said = [say("color_had", language)] if made.had_color else []
    if front.preview.size != front.size:
        width, height = front.size
        said.append(say("color_preview", language).format(width=width, height=height))
    return pair, " ".join(said)


def offer(taken: list[str], setting: str, strength: float, guesses: str, keep: bool, finished: Made) -> Any:
    """Offer what the button has made, as long as it would make the same again."""
    same = bool(finished.file) and finished.asked == asked(taken, setting, strength, guesses, keep)
    return gr.update(value=finished.file if same else None, interactive=same)


def asked(taken: Sequence[str], setting: str, strength: float, guesses: str, keep: bool) -> tuple[Any, ...]:
    """Return all that decides what the button makes."""
    return (*taken, setting, strength, guesses, keep, models.colorize().weights_sha256)


@report_errors
def color_files(
    files: Sequence[str] | None,
    taken: list[str],
    setting: str,
    strength: float,
    guesses: str,
    keep: bool,
    before: Made,
    language: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 (Gradio asks for it so)
) -> Generator[tuple[Any, Made], None, None]:
    """Colour every picture at its own size: one becomes a PNG, several a zip; one that cannot be read is named.

    An upload that is still being taken in counts already; what the last press made is removed.
    """
    sources = [str(path) for path in files or taken]
    if not sources:
        raise Misuse("picture_missing")
    question = asked(sources, setting, strength, guesses, keep)
    shown, done, written = list[tuple[str, str]](), list[str](), set[Path]()
    with tempfile.TemporaryDirectory() as folder:  # a cancel ends the generator here, and nothing is left
        archive = Path(folder) / "colorize.zip"
        for number, source in enumerate(sources):
            progress((number, len(sources)))
            path = unused(Path(folder) / f"{Path(source).stem}-color.png", written)
            try:
                small = color_one_file(source, path, setting, strength, guesses, keep)
            except Misuse as error:
                if number == len(sources) - 1 and not done:
                    raise
                written.discard(path)
                warn(source, error, language)
                continue
            shown.append((save_picture(small, path.name, None), path.name))
            done.append(source)
            if len(sources) > 1:
                put_into(archive, path)
            yield list(shown), Made(tuple(done))
        if before.file:
            Path(before.file).unlink(missing_ok=True)
        file = keep_file(archive if len(sources) > 1 else path)
    yield gr.skip(), Made(tuple(done), file, question)


def color_one_file(
    source: str, target: Path, setting: str, strength: float, guesses: str, keep: bool = True
) -> Image.Image:
    """Colour one file at its own size into another, when it is its turn; return a thumbnail.

    Raises:
        Misuse: no usable picture, or a bad setting.
    """
    with _turn:
        picture = decode(Path(source), min_side=MIN_SIDE)
        made = models.colorize()(picture, setting=setting, strength=strength, guesses=guesses)
        target.write_bytes(encode_png(made.images[0], made.provenance[0] if keep else None))
    return thumbnail(made.images[0])


def thumbnail(picture: Image.Image) -> Image.Image:
    """Make a picture small, in place, and return it."""
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return picture


@report_errors
def color_one(file: str | None, setting: str, strength: float, guesses: str, language: str = "en") -> str:
    """Colour one picture at its own size, for programs; return the PNG's path."""
    if not file:
        raise Misuse("picture_missing")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{Path(file).stem}-color.png"
        color_one_file(file, path, setting, strength, guesses)
        return keep_file(path)


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
