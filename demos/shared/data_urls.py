"""Pictures that the browser keeps and sends as data URLs."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.images import decode, to_rgb

PNG, JPEG = "data:image/png;base64,", "data:image/jpeg;base64,"  # how they begin
MOST = 700_000  # characters of one; what a drawing pad sends has ten to forty thousand


def read_url(given: Any, prefix: str, side: int, *, alpha: bool = False) -> Image.Image | None:
    """Return the picture of a data URL, RGB; None for an empty one.

    Args:
        given: by the browser.
        prefix: how it must begin.
        side: the picture has at most its square in pixels.
        alpha: give it as RGBA where anything in it is transparent.

    Raises:
        Misuse: no picture, or not such a one.
    """
    if given in (None, ""):
        return None
    if not isinstance(given, str) or not given.startswith(prefix) or len(given) > MOST:
        raise Misuse("image_unreadable")
    try:
        data = base64.b64decode(given.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Misuse("image_unreadable") from error
    picture = decode(data, max_pixels=side * side)
    transparent = alpha and picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255)
    return picture if transparent else to_rgb(picture)
