"""Many pictures on one: what a model makes, laid out to be looked at."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from pipelines.common.errors import Misuse, check_choice
from pipelines.common.files import write_beside
from pipelines.common.images import decode, to_rgb
from pipelines.data.entries import SUFFIXES

WRITTEN = (".png", ".jpg", ".jpeg", ".webp")
CAPTION = 20  # height of the line of names, pixels


def contact_sheet(rows: Sequence[Sequence[Image.Image]], *, cell: int = 128, abreast: int = 2) -> Image.Image:
    """Lay rows of pictures out on white, several rows side by side.

    Args:
        rows: at least one, all of the same length.
        cell: side of each picture on the sheet, pixels; what is not square is framed in white.
        abreast: rows side by side.
    """
    length = len(rows[0])
    sheet = Image.new("RGB", (length * abreast * cell, -(-len(rows) // abreast) * cell), "white")
    for number, row in enumerate(rows):
        for column, picture in enumerate(row):
            scaled = ImageOps.pad(picture.convert("RGB"), (cell, cell), Image.Resampling.LANCZOS, color="white")
            sheet.paste(scaled, ((number % abreast * length + column) * cell, number // abreast * cell))
    return sheet


def compare_folders(folders: Sequence[Path], *, cell: int = 128, abreast: int = 2) -> Image.Image:
    """Lay the pictures of several folders side by side: a column for each folder, under its name.

    The first folder's pictures are the rows. In the others a picture of the same name is taken or, where there is none,
    the first that ``generate`` would have named after it: ``cat-7-0.png`` or ``cat-color.png`` for ``cat.png``.

    Args:
        folders: at least one, such as the drawings and what several weights painted of them.
        cell: side of each picture on the sheet, pixels.
        abreast: rows side by side.

    Raises:
        Misuse: a folder without pictures, or without one that a row asks for.
    """
    firsts = pictures_in(folders[0])
    files = [[first, *(named_after(first, folder) for folder in folders[1:])] for first in firsts]
    rows = [[to_rgb(decode(file, max_side=cell)) for file in row] for row in files]
    abreast = min(abreast, len(rows))
    sheet = contact_sheet(rows, cell=cell, abreast=abreast)
    return under_captions([folder.resolve().name for folder in folders] * abreast, sheet)


def pictures_in(folder: Path) -> list[Path]:
    """Return a folder's pictures in the order of their names.

    Raises:
        Misuse: there are none.
    """
    shown = (file for file in folder.glob("*") if file.is_file() and not file.name.startswith("."))
    found = [file for file in shown if file.suffix.lower() in SUFFIXES]
    if not found:
        raise Misuse("file_not_found", given=f"{folder.resolve().name}/*.png")
    return sorted(found, key=lambda file: (file.stem, file.suffix))


def named_after(first: Path, folder: Path) -> Path:
    """Return a folder's picture that bears the first's name, or was made of it.

    Raises:
        Misuse: there is none.
    """
    made_of = re.compile(rf"{re.escape(first.stem)}(-\d+-\d+|-color|-lines)")
    files = pictures_in(folder)
    same = [file for file in files if file.stem == first.stem]
    for file in same or [file for file in files if made_of.fullmatch(file.stem)]:
        return file
    raise Misuse("file_not_found", given=f"{folder.resolve().name}/{first.stem}.png")


def check_sheet(path: Path) -> None:
    """Raise ``Misuse`` unless a sheet can be written under such a name: to be asked before the work."""
    check_choice("sheet", path.suffix.lower(), WRITTEN)


def write_sheet(sheet: Image.Image, path: Path, written: Collection[Path] = ()) -> Path:
    """Write a sheet in the format that its name says, numbered where another file bears the name; return that name.

    Args:
        sheet: what to write.
        path: the name wanted.
        written: what this run has written so far.

    Raises:
        Misuse: it is too large for its format.
    """
    encoded = io.BytesIO()
    try:
        sheet.save(encoded, format=Image.registered_extensions().get(path.suffix.lower()))
    except ValueError as error:
        raise Misuse("setting_invalid", name=path.name, detail=f"{sheet.width} x {sheet.height}: {error}") from error
    return write_beside(path, encoded.getvalue(), set(written))


def under_captions(captions: Sequence[str], sheet: Image.Image) -> Image.Image:
    """Write a name above each of a sheet's columns."""
    whole = Image.new("RGB", (sheet.width, sheet.height + CAPTION), "white")
    whole.paste(sheet, (0, CAPTION))
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(CAPTION - 7)
    width = sheet.width / len(captions)
    for column, caption in enumerate(captions):
        draw.text(((column + 0.5) * width, CAPTION / 2), caption, fill="black", font=font, anchor="mm")
    return whole
