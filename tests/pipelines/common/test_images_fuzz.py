from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import StudioError
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance, encode_png, read
from tests.pipelines.common.test_images import heic
from tests.tools import encoded, noisy_picture

PICTURE = noisy_picture(5, 40, 40)
MADE = encode_png(PICTURE, Provenance("chimera", "chimera", "0" * 64, 7, 0, {"kind": "auto"}))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "HEIC"])
def test_a_damaged_file_is_a_picture_or_one_sentence(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    valid = heic(PICTURE) if kind == "HEIC" else encoded(PICTURE, kind, exif=exif)
    rng = np.random.default_rng(112)
    for _ in range(200):
        try:
            assert decode(flipped(valid, rng)).mode in ("RGB", "RGBA")
        except StudioError as error:
            assert error.code.startswith("image_")


def test_a_damaged_provenance_is_one_or_one_sentence() -> None:
    rng = np.random.default_rng(112)
    for _ in range(200):
        try:
            assert isinstance(read(flipped(MADE, rng)), Provenance)
        except StudioError as error:
            assert error.code in ("image_unreadable", "provenance_missing", "provenance_unreadable")


def flipped(valid: bytes, rng: np.random.Generator) -> bytes:
    damaged = np.frombuffer(valid, np.uint8).copy()
    where = rng.integers(0, len(damaged), rng.integers(1, 9))
    damaged[where] ^= rng.integers(1, 256, len(where)).astype(np.uint8)
    return damaged.tobytes()
