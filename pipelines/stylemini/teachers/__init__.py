"""Teachers: functions that draw a photograph in a style, the targets that the diffusion model is trained on."""

from __future__ import annotations

import numpy as np

from pipelines.common.errors import check_choice
from pipelines.stylemini.teachers.canvas import Pixels, Teacher
from pipelines.stylemini.teachers.comic import comic
from pipelines.stylemini.teachers.metal import metallic_texture
from pipelines.stylemini.teachers.mosaic import mosaic
from pipelines.stylemini.teachers.oil import oil_painting
from pipelines.stylemini.teachers.pencil import pencil_sketch
from pipelines.stylemini.teachers.photo import photo
from pipelines.stylemini.teachers.pixel_art import pixel_art
from pipelines.stylemini.teachers.stained_glass import stained_glass
from pipelines.stylemini.teachers.ukiyoe import ukiyoe_print
from pipelines.stylemini.teachers.watercolor import watercolor
from pipelines.stylemini.teachers.wood import wood_texture

# A style's name is its word in a prompt.
STYLES: dict[str, Teacher] = {
    "photo": photo,
    "oil painting": oil_painting,
    "watercolor": watercolor,
    "pixel art": pixel_art,
    "metallic texture": metallic_texture,
    "wood texture": wood_texture,
    "stained glass": stained_glass,
    "mosaic": mosaic,
    "pencil sketch": pencil_sketch,
    "comic": comic,
    "ukiyo-e print": ukiyoe_print,
}
SMALLEST = 32  # the blocks on a side of pixel art


def draw_in_style(pixels: Pixels, style: str, seed: int) -> Pixels:
    """Return a photograph as drawn in a style.

    Args:
        pixels: (S, S, 3), 8-bit RGB, S of 32 or more; made for 64 and 128.
        style: a key of ``STYLES``.
        seed: of strokes, tiles and grain; the same seed gives the same bytes.

    Returns:
        (S, S, 3), 8-bit RGB.

    Raises:
        Misuse: there is no such style.
        ValueError: the array is no square 8-bit RGB picture.
    """
    check_choice("style", style, tuple(STYLES))
    square = pixels.ndim == 3 and pixels.shape[0] == pixels.shape[1] >= SMALLEST and pixels.shape[2] == 3
    if not square or pixels.dtype != np.uint8:
        wanted = f"(S, S, 3) of uint8 with S of {SMALLEST} or more"
        raise ValueError(f"pixels must be {wanted}, got {pixels.shape} of {pixels.dtype}")
    return STYLES[style](pixels, seed)
