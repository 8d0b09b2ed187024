"""Many pictures on one: what a model makes, laid out to be looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipelines.errors import Misuse
from pipelines.images import decode, to_rgb

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
CAPTION = 20  # height of the line of names, pixels


def contact_sheet(rows: Sequence[Sequence[Image.Image]], *, cell: int = 128, abreast: int = 2) -> Image.Image:
    """Lay rows of pictures out on white, several rows side by side.

    Args:
        rows: at least one, all of the same length.
        cell: side of each picture on the sheet, pixels.
        abreast: rows side by side.
    """
    length = len(rows[0])
    sheet = Image.new("RGB", (length * abreast * cell, -(-len(rows) // abreast) * cell), "white")
    for number, row in enumerate(rows):
        for column, picture in enumerate(row):
            scaled = picture.convert("RGB").resize((cell, cell), Image.Resampling.LANCZOS)
            sheet.paste(scaled, ((number % abreast * length + column) * cell, number // abreast * cell))
    return sheet


def compare_folders(folders: Sequence[Path], *, cell: int = 128, abreast: int = 2) -> Image.Image:
    """Lay the pictures of several folders side by side: a column for each folder, under its name.

    The first folder names the rows. In the others ``cat-7-0.png``, the picture 0 of seed 7, belongs to ``cat`` as well.

    Args:
        folders: at least one, such as the drawings and what several weights painted of them.
        cell: side of each picture on the sheet, pixels.
        abreast: rows side by side.

    Raises:
        Misuse: a folder without pictures, or without one that a row asks for.
    """
    names = sorted(file.stem for file in pictures_in(folders[0]))
    rows = [[to_rgb(decode(find_picture(folder, name))) for folder in folders] for name in names]
    return under_captions(
        [folder.name for folder in folders] * abreast, contact_sheet(rows, cell=cell, abreast=abreast)
    )


def pictures_in(folder: Path) -> list[Path]:
    """Return a folder's pictures in the order of their names.

    Raises:
        Misuse: there are none.
    """
    found = sorted(file for file in folder.glob("*") if file.suffix.lower() in SUFFIXES)
    if not found:
        raise Misuse("file_not_found", given=f"{folder.name}/*.png")
    return found


def find_picture(folder: Path, name: str) -> Path:
    """Return the first picture of a name, or of a name, a seed and a number.

    Raises:
        Misuse: there is none.
    """
    named = re.compile(rf"{re.escape(name)}(-\d+-\d+)?")
    for file in pictures_in(folder):
        if named.fullmatch(file.stem):
            return file
    raise Misuse("file_not_found", given=f"{folder.name}/{name}.png")


def under_captions(captions: Sequence[str], sheet: Image.Image) -> Image.Image:
    """Write a name above each of a sheet's columns."""
    whole = Image.new("RGB", (sheet.width, sheet.height + CAPTION), "white")
    whole.paste(sheet, (0, CAPTION))
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(CAPTION - 7)
    width = sheet.width / len(captions)
    for column, caption in enumerate(captions):
        draw.text(((column + 0.5) * width, CAPTION / 2), caption, fill="black", font=font, anchor="mm")
    return whole
