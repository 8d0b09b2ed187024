"""Draws the page's icon and the card that previews show: ``python -m demos.shared.front.draw``."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from demos.shared.words import say

FOLDER = Path(__file__).parent
GREEN, PAPER, INK = "#047857", "#fafaf9", "#1c1917"


def main() -> None:
    """Write both from the first picture of the page."""
    first = FOLDER.parents[1] / "chimera" / "examples" / "first"
    animal, lines = Image.open(first / "0-cut.png"), Image.open(first / "lines.png").convert("L")
    icon(animal).save(FOLDER / "icon.png", optimize=True)
    card(animal, lines).save(FOLDER / "card.png", optimize=True)


def icon(animal: Image.Image) -> Image.Image:
    """Return the animal's face on a green tile, 192 x 192."""
    tile = Image.new("RGBA", (192, 192))
    ImageDraw.Draw(tile).rounded_rectangle([0, 0, 191, 191], 40, fill=GREEN)
    tile.alpha_composite(animal.crop((20, 40, 92, 112)).resize((180, 180), Image.Resampling.LANCZOS), (6, 10))
    return tile


def card(animal: Image.Image, lines: Image.Image) -> Image.Image:
    """Return drawing and picture side by side under the title, 1200 x 630."""
    sheet = Image.new("RGB", (1200, 630), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((60, 36), say("title", "en"), INK, font=ImageFont.load_default(64))
    pen.text((60, 116), say("tagline", "en"), "#57534e", font=ImageFont.load_default(28))
    side = 420
    for place in (150, 630):
        pen.rounded_rectangle([place, 176, place + side, 176 + side], 20, fill="white", outline="#d6d3d1")
    drawn = ImageOps.invert(lines.resize((side, side), Image.Resampling.LANCZOS))
    sheet.paste(INK, (150, 176), drawn)
    picture = animal.resize((side, side), Image.Resampling.LANCZOS)
    sheet.paste(picture, (630, 176), picture)
    return sheet


if __name__ == "__main__":
    main()
