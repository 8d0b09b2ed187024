"""Backgrounds for cut-out animals: a colour, paper, nothing, or a photograph."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipelines.common.errors import Misuse
from pipelines.common.images import decode, to_rgb

Floats = NDArray[np.float32]
PAPER, TRANSPARENT = "paper", "transparent"


@dataclass(frozen=True)
class Background:
    """What an animal is laid on: a plain colour (3,) in [0, 1], a picture, or nothing."""

    color: Floats | None = None
    picture: Image.Image | None = None


def parse_background(text: str, behind: Image.Image | None = None) -> Background:
    """Return the background of a name; a picture given besides wins.

    Args:
        text: ``#rrggbb``, ``paper`` or ``transparent``.
        behind: a picture, cut to a square.

    Raises:
        Misuse: none of these.
    """
    if behind is not None:
        return Background(picture=to_rgb(decode(behind)))
    if text == TRANSPARENT:
        return Background()
    if text == PAPER:
        return Background(picture=paper())
    return Background(color=np.asarray(np.array(parse_color(text)) / 255, np.float32))


def parse_color(text: str) -> list[int]:
    """Return red, green and blue, 0 to 255, of ``#rrggbb``.

    Raises:
        Misuse: not such a colour.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(text)):
        raise Misuse("color_unknown", given=text)
    return list(bytes.fromhex(text[1:]))


@functools.lru_cache(maxsize=1)
def paper(side: int = 512) -> Image.Image:
    """Return a sheet of cream paper with a fine grain, the same every time."""
    rng = np.random.default_rng(1)
    fine, coarse = rng.normal(0, 1, (side, side)), rng.normal(0, 1, (side // 16, side // 16))
    fibres = cv2.GaussianBlur(fine, (0, 0), 1.2) * 4 + cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    sheet = np.array([248.0, 243.0, 230.0]) + 1.6 * fibres[..., None]
    return Image.fromarray(sheet.round().clip(0, 255).astype(np.uint8))


def lay_on(rgba: Floats, background: Background) -> Image.Image:
    """Lay an animal (S, S, 4), premultiplied in [0, 1], on a background; RGBA where there is none."""
    if background.picture is not None:
        fitted = ImageOps.fit(background.picture, rgba.shape[1::-1], Image.Resampling.LANCZOS)
        ground: Floats | None = np.asarray(np.asarray(fitted) / 255, np.float32)
    else:
        ground = background.color
    if ground is None:
        return to_image(rgba)
    laid = rgba[..., :3] + (1 - rgba[..., 3:]) * ground
    return Image.fromarray((laid * 255).round().clip(0, 255).astype(np.uint8))


def to_image(rgba: Floats) -> Image.Image:
    """Return a premultiplied animal as a picture with transparency."""
    straight = rgba.copy()
    straight[..., :3] /= np.maximum(rgba[..., 3:], 1 / 255)
    return Image.fromarray((straight * 255).round().clip(0, 255).astype(np.uint8), mode="RGBA")
