"""The photographs that the Colorize tab offers, and how a picture is shown small."""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from demos.colorize.words import say
from pipelines.common.provenance import encode_png

THUMBNAIL = 320

# Photographs that scikit-image brings, with where they come from; all in the public domain or CC0.
EXAMPLES = {
    "camera.png": "Lav Varshney, CC0",
    "chelsea.png": "Stéfan van der Walt, CC0",
    "astronaut.png": "NASA, public domain",
    "coffee.png": "Rachel Michetti, CC0",
    "rocket.jpg": "SpaceX, public domain",
}


def example_files() -> list[Path]:
    """Return the example photographs there are."""
    spec = find_spec("skimage")
    folder = Path(str(spec.origin)).parent / "data" if spec is not None else Path()
    return [folder / name for name in EXAMPLES if (folder / name).is_file()]


def example_items(language: str) -> list[tuple[str, str]]:
    """Return a grey thumbnail's path and a caption of each example."""
    folder = get_upload_folder()
    return [(grey_thumbnail(file, folder), example_name(file, language)) for file in example_files()]


@functools.cache
def grey_thumbnail(file: Path, folder: str) -> str:
    """Write an example without its colours, small, to where the page may serve it from, and return its path."""
    with Image.open(file) as opened:
        data = encode_png(thumbnail(opened.convert("L")), None)
    return str(save_bytes_to_cache(data, f"{file.stem}.png", cache_dir=folder))


def example_name(file: Path, language: str) -> str:
    """Return what an example shows."""
    return say(f"photograph_{file.stem}", language)


def credits(language: str) -> str:
    """Return whose the examples are."""
    named = (f"{example_name(file, language)}: {EXAMPLES[file.name]}" for file in example_files())
    return say("color_credits", language).format(named=" · ".join(named))


def thumbnail(picture: Image.Image) -> Image.Image:
    """Make a picture small, in place, and return it."""
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return picture
