"""What is on the tab before anybody has pressed anything: ``python -m demos.scattering.first`` makes it.

To be run again when other weights are bundled; a test compares digests. The portrait that is restored is scikit-image's
``astronaut``, by NASA, in the public domain.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from demos.scattering import handlers
from demos.scattering.words import say
from pipelines.common.provenance import encode_png

FOLDER = Path(__file__).parent / "examples"
FACE = (183, 84, 255, 156)  # of the portrait: left, top, right, bottom, pixels
RESTORED = (*(f"by_{name}" for name in handlers.MODELS), "difference")
FILES = {name: f"{name}.png" for name in (*handlers.MODELS[:2], "seen", *RESTORED, "film", "steered")}
FILES |= {"morph": "morph.webp"}


def path(name: str) -> str:
    """Return where one of the pictures is."""
    return str(FOLDER / FILES[name])


def pair() -> tuple[str, str]:
    """Return the sides of the slider."""
    return path("seen"), path(RESTORED[0])


def strip(language: str) -> list[tuple[str, str]]:
    """Return the restored portrait by each model, and what was lost."""
    return [(path(name), say(f"scat_{name}", language)) for name in RESTORED]


def restored() -> list[Image.Image]:
    """Return what is seen of the portrait, and the pictures of the strip."""
    pictures = []
    for name in ("seen", *RESTORED):
        with Image.open(path(name)) as opened:
            pictures.append(opened.convert("RGB"))
    return pictures


def portrait() -> Image.Image:
    """Return the face of the portrait."""
    folder = Path(str(find_spec("skimage").origin)).parent  # type: ignore[union-attr]
    with Image.open(folder / "data" / "astronaut.png") as opened:
        return opened.convert("RGB").crop(FACE)


def main() -> None:
    """Make the pictures as the page would."""
    FOLDER.mkdir(exist_ok=True)
    for name in handlers.MODELS[:2]:
        sheet, origin = handlers.sheet(name, handlers.Drawn())
        Path(path(name)).write_bytes(encode_png(sheet, origin))
    made = handlers.restored(portrait(), "en")
    for picture, name in zip(made["restored"], ("seen", *RESTORED), strict=True):
        picture.convert("L").save(path(name), optimize=True)
    morphed = handlers.morph(handlers.Way(7, 8, None, None, handlers.MODELS[0]))
    middle = {str(number): 0.0 for number in range(handlers.SLIDERS)}
    steered = handlers.steer(handlers.Steered(middle, 7, handlers.MODELS[0]))
    for name, file in (("morph", morphed["animation"]), ("film", morphed["film"]), ("steered", steered["steered"])):
        Path(path(name)).write_bytes(Path(file).read_bytes())


if __name__ == "__main__":
    main()
