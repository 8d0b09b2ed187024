"""What is on the tab before anybody has pressed anything: ``python -m demos.biggan.first`` makes it.

To be run again when other weights are bundled; a test compares digests.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from demos.biggan import handlers
from pipelines.common.provenance import encode_png, of_strip
from pipelines.common.sheets import contact_sheet
from pipelines.data.superclasses import SUPERCLASSES
from pipelines.systems import find

FOLDER = Path(__file__).parent / "examples"
FILES = {name: f"{name}.png" for name in ("sheet", "large", "samples", "film", "walk")} | {"morph": "morph.webp"}
CLASSES = tuple(SUPERCLASSES)
DRAWN = handlers.Drawn(("fish", "flowers", "insects", "large_carnivores", "people", "trees"), 6, 2.0, 7)
WAY = {"from": ("large_carnivores", 7), "to": ("trees", 8)}
WALK = ("flowers", 7)
LARGE = (0, 0)  # column and row of the picture that is shown large


def path(name: str) -> str:
    """Return where one of the pictures is."""
    return str(FOLDER / FILES[name])


def choices(language: str) -> list[tuple[str, str]]:
    """Return the classes of the bundled weights as choices."""
    return handlers.choices_of(CLASSES, language)


def samples(language: str) -> list[tuple[Image.Image, str]]:
    """Return a picture of each class with its name."""
    sheet, side = handlers.picture_of(FOLDER / FILES["samples"]), handlers.CELL
    cells = [sheet.crop((0, row * side, side, (row + 1) * side)) for row in range(len(CLASSES))]
    named = zip(cells, CLASSES, strict=True)
    return [(handlers.smooth(cell, 3 * side), handlers.name_of(name, language)) for cell, name in named]


def pair() -> tuple[Image.Image, Image.Image]:
    """Return the sides of the slider."""
    sheet, side = handlers.picture_of(FOLDER / FILES["sheet"]), handlers.CELL
    left, top = (place * side for place in LARGE)
    return handlers.pair(sheet.crop((left, top, left + side, top + side)))


def main() -> None:
    """Make the pictures as the page would."""
    FOLDER.mkdir(exist_ok=True)
    pipe = find("biggan").load_pipeline().from_pretrained("biggan")
    way = handlers.Way(*(WAY[key][number] for number in (0, 1) for key in ("from", "to")))  # type: ignore[arg-type]
    settings = handlers.Settings(DRAWN.classes, DRAWN.count, DRAWN.truncation, DRAWN.seed)
    drawn = handlers.draw(settings, "en")
    morphed, walked = handlers.morph(way), handlers.walk(*WALK)
    made = {
        "sheet": drawn["download"],
        "large": drawn["sheet"],
        "walk": walked["walked"],
        "morph": morphed["animation"],
        "film": morphed["film"],
    }
    for name, file in made.items():
        Path(path(name)).write_bytes(Path(file).read_bytes())
    result = pipe.apply(None, pipe.arguments_class.parse({"truncation": 0.7}), seed=DRAWN.seed, count=1)
    column = contact_sheet([[picture] for picture in result.images], cell=handlers.CELL, abreast=1)
    Path(path("samples")).write_bytes(encode_png(column, of_strip(result.provenance)))


if __name__ == "__main__":
    main()
