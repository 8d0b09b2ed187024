"""What is on the page before anybody has drawn: ``python -m demos.chimera.examples.first`` paints it.

To be run again when other weights are bundled, of which a test compares digests, or when pictures come out otherwise.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from demos.chimera import pad
from demos.chimera.handlers import Request, make
from demos.chimera.view import View
from pipelines.common.provenance import encode_png

FOLDER = Path(__file__).parent / "first"
COUNT = int(Request.count)


def view() -> View:
    """Return the first drawing in all its variants, as they lie beside this file."""
    lines = Image.open(FOLDER / "lines.png")
    lines.load()
    variants = [(str(FOLDER / f"{number}.png"), str(FOLDER / f"{number}-cut.png")) for number in range(COUNT)]
    (path, cutout), *_ = variants
    return View(lines=lines, path=path, cutout=cutout, variants=variants, variant_lines=lines, edges=lines)


def main() -> None:
    """Paint the first drawing as the page would."""
    FOLDER.mkdir(exist_ok=True)
    request = Request(pad=pad.written(pad.first()))
    for number in range(COUNT):
        made = make(request, number)
        (FOLDER / f"{number}.png").write_bytes(encode_png(made.picture, made.origin))
        (FOLDER / f"{number}-cut.png").write_bytes(encode_png(made.cutout, made.alone))
        made.lines.convert("1").save(FOLDER / "lines.png", optimize=True)


if __name__ == "__main__":
    main()
