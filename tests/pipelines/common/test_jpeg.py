from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.common.jpeg import MAX_SCANNED, MAX_SCANS, check_scans, count_scans
from tests.tools import encoded, noisy_picture

PICTURE = noisy_picture(1, 64, 48)
START, END = b"\xff\xda", b"\xff\xd9"


def with_scans(count: int, kind: str = "progressive") -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    data = encoded(PICTURE, "JPEG", **{kind: True})
    last = data[data.rindex(START) : data.rindex(END)]
    return data[: data.rindex(END)] + (count - count_scans(data, 1000)) * last + END


@pytest.mark.parametrize(
    ("options", "scans"), [({}, 1), ({"progressive": True}, 10), ({"restart_marker_blocks": 2}, 1)]
)
def test_scans_are_counted_as_encoders_write_them(options: dict[str, int], scans: int) -> None:
    assert count_scans(encoded(PICTURE, "JPEG", **options), 1000) == scans


def test_scans_elsewhere_are_none() -> None:
    exif = Image.Exif()
    exif[0x010E] = "\xff\xda" * 300
    data = encoded(PICTURE, "JPEG", progressive=True, exif=exif, comment=START * 300)
    assert count_scans(data + START * 300, 1000) == 10, "in metadata, and after the end"
    assert decode(data + START * 300).size == PICTURE.size
    assert count_scans(data[:-300], 1000) <= 10 and count_scans(b"", 1000) == 0


def test_a_picture_of_thousands_of_scans_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decode(with_scans(MAX_SCANS)).size == PICTURE.size
    data = with_scans(2000)
    assert count_scans(data, 500) == 500, "counting ends, too"
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(Misuse, match="baseline") as error:
        decode(data)
    assert error.value.code == "image_too_many_scans"


def test_large_progressive_pictures_are_accepted_as_they_are_written() -> None:
    check_scans(with_scans(20), 50_000_000)
    with pytest.raises(Misuse):
        check_scans(with_scans(40), 50_000_000)
    check_scans(encoded(PICTURE, "JPEG"), 10 * MAX_SCANNED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_only_the_first_picture_is_decoded(kind: str) -> None:
    frames = [noisy_picture(number, 64, 48) for number in range(3)]
    data = bytearray(encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True))
    second = data.index(b"fdAT" if kind == "PNG" else b"ANMF", data.index(b"IDAT" if kind == "PNG" else b"ANMF") + 4)
    data[second + 60 : second + 90] = bytes(30)  # which no decoder bears
    assert np.array_equal(np.asarray(decode(bytes(data))), np.asarray(frames[0]))
