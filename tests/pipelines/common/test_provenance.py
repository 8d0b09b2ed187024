from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.common.provenance import CHUNK, Provenance, encode_png, image_sha256, read
from tests.tools import encoded, noisy_picture, png, raw_png

MADE = Provenance("chimera", "me/größe", "ab" * 32, 7, 3, {"kind": "auto", "sensitivity": 0.5}, "cd" * 32)


def test_round_trip_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "made.png"
    path.write_bytes(encode_png(noisy_picture(1), MADE))
    assert read(path) == read(path.read_bytes()) == MADE


def test_the_pixels_are_untouched() -> None:
    picture = noisy_picture(1)
    assert np.array_equal(np.asarray(decode(encode_png(picture, MADE))), np.asarray(picture))


def test_json_is_canonical() -> None:
    text = MADE.to_json()
    assert text.isascii() and text == json.dumps(json.loads(text), sort_keys=True)
    assert Provenance.from_json(text) == MADE


def test_no_provenance_leaves_nothing() -> None:
    picture = noisy_picture(1)
    picture.info["comment"] = "secret"
    data = encode_png(picture, None)
    assert data == png(noisy_picture(1))
    assert CHUNK.encode() not in data and b"secret" not in data and b"tEXt" not in data


@pytest.mark.parametrize("data", [png(noisy_picture(1)), encoded(noisy_picture(1), "JPEG")])
def test_a_picture_without_provenance(data: bytes) -> None:
    with pytest.raises(Misuse) as error:
        read(data)
    assert error.value.code == "provenance_missing"


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    for source in (b"text", tmp_path / "none.png"):
        with pytest.raises(Misuse) as error:
            read(source)
        assert error.value.code == "image_unreadable"


def test_a_bomb_is_refused() -> None:
    bomb = raw_png(60_000, 60_000, depth=1, kind=0, rows=b"\0" * 1000)
    with pytest.raises(Misuse):
        read(bomb)


@pytest.mark.parametrize("text", ["", "no json", "[]", "3", "{}", '{"system": "chimera"}', '{"what": 1}'])
def test_a_text_that_is_no_provenance(text: str) -> None:
    with pytest.raises(Misuse) as error:
        Provenance.from_json(text)
    assert error.value.code == "provenance_missing"


def test_the_digest_is_of_the_pixels_and_not_of_the_file() -> None:
    picture = noisy_picture(1)
    files = (png(picture), png(picture, compress_level=1), encoded(picture, "WEBP", lossless=True))
    assert {image_sha256(decode(data)) for data in files} == {image_sha256(picture)}


def test_the_digest_tells_pictures_apart() -> None:
    picture = noisy_picture(1)
    other = picture.copy()
    other.putpixel((3, 3), (1, 2, 3))
    turned = Image.frombytes("RGB", picture.size[::-1], picture.tobytes())
    assert len({image_sha256(image) for image in (picture, other, turned, picture.convert("RGBA"))}) == 4
