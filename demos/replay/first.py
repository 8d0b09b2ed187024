"""What is on the tab before anybody has pressed anything, and its card's sheet: ``python -m demos.replay.first``.

To be run again when other weights are bundled; a test compares digests. The pictures are scikit-image's ``chelsea``
(Stefan van der Walt, CC0), ``coffee`` (Rachel Michetti, CC0), ``astronaut`` and ``rocket`` (NASA and SpaceX, both in
the public domain).
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from demos.replay import handlers, models, usual
from pipelines.weights import hub

FOLDER = Path(__file__).parent / "examples"
# Left, top, right and bottom of what is shown of each picture, pixels.
PICTURES = {
    "chelsea.png": (70, 0, 370, 300),
    "coffee.png": (120, 0, 520, 400),
    "astronaut.png": (90, 0, 390, 300),
    "rocket.jpg": (180, 40, 560, 420),
}
STYLES = tuple(handlers.STYLES[key] for key in ("oil", "glass", "mosaic", "pencil", "ukiyoe"))
SEED, KEEPING = 7, 1.0


def sources() -> list[str]:
    """Return the pictures' paths."""
    return [str(FOLDER / f"{Path(name).stem}.png") for name in PICTURES]


def items() -> list[tuple[str, str]]:
    """Return what the strip shows of them."""
    return [(path, "") for path in sources()]


def sheet() -> str:
    """Return where the sheet is."""
    return str(FOLDER / "sheet.png")


def drawn() -> handlers.Drawn:
    """Return what the sheet shows."""
    columns = range(len(PICTURES))
    rows = (tuple(str(FOLDER / f"{handlers.KEYS[style]}-{number}.png") for number in columns) for style in STYLES)
    return handlers.Drawn(tuple(rows), STYLES, sheet=sheet())


def press() -> handlers.Press:
    """Return what a press on the untouched page asks for."""
    how = (usual.SMALL["strength"], usual.SMALL["guidance"], KEEPING, usual.SMALL["steps"])
    return handlers.Press(sources(), list(STYLES), "", *how, "", SEED, False, "en")


def main() -> None:
    """Make the pictures as the page would."""
    FOLDER.mkdir(exist_ok=True)
    pipe, data = models.stylemini(), Path(str(find_spec("skimage").origin)).parent / "data"  # type: ignore[union-attr]
    for (name, box), path in zip(PICTURES.items(), sources(), strict=True):
        with Image.open(data / name) as opened:
            pipe.seen(opened.convert("RGB").crop(box)).save(path)
    *_, last = handlers.draw(press())
    Path(sheet()).write_bytes(Path(last["sheet"]).read_bytes())
    for row, kept in zip(last["drawn"].files, drawn().files, strict=True):
        for made, path in zip(row, kept, strict=True):
            Path(path).write_bytes(Path(made).read_bytes())
    *_, every = handlers.draw(replace(press(), styles=list(handlers.STYLES.values())))
    with Image.open(every["sheet"]) as opened:
        opened.save(hub.BUNDLED / "stylemini" / "styles.webp", quality=75, method=6)


if __name__ == "__main__":
    main()
