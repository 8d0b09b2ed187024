"""What is on the tab before anybody has uploaded: ``python -m demos.colorize.first`` colours it.

To be run again when other weights are bundled; a test compares digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from demos.colorize import examples, handlers, models
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png

PICTURE = Path(__file__).parent / "first.png"
EXAMPLE = "astronaut.png"  # by NASA, in the public domain


@dataclass(frozen=True, eq=False)
class View:
    """What the visitor looks at at first: nothing where the example is missing.

    Attributes:
        taken: files taken in.
        front: the one in the slider.
        pair: the slider's two sides.
    """

    taken: list[str]
    front: handlers.Front | None = None
    pair: tuple[Image.Image, Image.Image] | None = None


def view() -> View:
    """Return the example, and its colours as they lie beside this file."""
    found = [str(file) for file in examples.example_files() if file.name == EXAMPLE]
    if not found:
        return View([])
    front = handlers.open_front(found[0])
    with Image.open(PICTURE) as opened:
        return View(found, front, (front.preview.convert("L").convert("RGB"), opened.convert("RGB")))


def main() -> None:
    """Colour the example as the page would."""
    (path,) = view().taken
    made = models.colorize()(decode(Path(path), min_side=handlers.MIN_SIDE))
    PICTURE.write_bytes(encode_png(made.images[0], made.provenance[0]))


if __name__ == "__main__":
    main()
