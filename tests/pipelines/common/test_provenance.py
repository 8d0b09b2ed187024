from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.common.provenance import (
    CHUNK,
    MAX_CHUNKS,
    MAX_HEAD,
    Provenance,
    encode_png,
    image_sha256,
    of_strip,
    read,
)
from tests.tools import encoded, noisy_picture, png, raw_png

MADE = Provenance("chimera", "me/größe", "ab" * 32, 7, 3, {"kind": "auto", "sensitivity": 0.5}, "cd" * 32)


def test_round_trip_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "made.png"
    path.write_bytes(encode_png(noisy_picture(1), MADE))
    assert read(path) == read(path.read_bytes()) == MADE


def test_a_strip_says_of_each_picture_what_differs() -> None:
    ways = [replace(MADE, arguments={**MADE.arguments, "share": share}) for share in (0.0, 0.5, 1.0)]
    assert of_strip(ways) == replace(MADE, arguments={**MADE.arguments, "share": [0.0, 0.5, 1.0]})
    row = of_strip([MADE, replace(MADE, index=4)])
    assert (row.index, row.arguments) == (3, {**MADE.arguments, "index": [3, 4]})
    assert of_strip([MADE]) == MADE and Provenance.from_json(row.to_json()) == row


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


FIELDS = {**json.loads(MADE.to_json())}


def with_text(text: str, keyword: str = CHUNK, before: int = 0) -> bytes:
    info = PngImagePlugin.PngInfo()
    for number in range(before):
        info.add_text(f"other{number}", "x")
    info.add_text(keyword, text)
    return png(noisy_picture(1), pnginfo=info)


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", "3", "{}", '{"system": "chimera"}', '{"what": 1}', "[" * 50_000),
        '{"system": "\\ud800", "weights": "chimera", "weights_sha256": "", "seed": 1, "index": 0}',
        *(json.dumps({**FIELDS, **wrong}) for wrong in ({"seed": 10**50}, {"seed": "7"}, {"seed": True}, {"seed": -1})),
        *(json.dumps({**FIELDS, "arguments": wrong}) for wrong in ([], None, {"a": 2**63}, {"a": math.nan})),
        json.dumps({**FIELDS, "arguments": {"a": [[[[[[[[[[1]]]]]]]]]]}}),
        json.dumps({**FIELDS, "arguments": {"a": 7}}).replace('{"a": 7}', '{"a": 1e999}'),
        json.dumps({**FIELDS, "other_weights": {"a": 7}}),
        json.dumps({**FIELDS, "input_sha256": 7}),
        json.dumps({**FIELDS, "seed": 1}).replace('"seed": 1', '"seed": ' + "9" * 5000),
        json.dumps({**FIELDS, "weights": "x" * 70_000}),
    ],
)
def test_a_text_that_is_no_provenance(text: str) -> None:
    with pytest.raises(Misuse, match="no provenance that can be read") as error:
        read(with_text(text))
    assert error.value.code == "provenance_unreadable"


def test_nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode_png(noisy_picture(1), MADE)
    animation = png(noisy_picture(1), save_all=True, append_images=[noisy_picture(2)] * 3)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    assert read(data) == MADE == read(data[: data.index(b"IDAT") + 6]), "the pixels are not even looked at"
    for other in (animation, raw_png(60_000, 60_000, depth=1, kind=0, rows=b"")):
        with pytest.raises(Misuse) as error:
            read(other)
        assert error.value.code == "provenance_missing"


def test_chunks_are_bounded_in_number_and_size(tmp_path: Path) -> None:
    assert read(with_text(MADE.to_json(), before=20)) == MADE
    for data in (with_text(MADE.to_json(), before=MAX_CHUNKS), with_text("x" * MAX_HEAD, keyword="other")):
        with pytest.raises(Misuse) as error:
            read(data)
        assert error.value.code == "provenance_missing"
    whole = png(noisy_picture(1))
    for cut in (b"", whole[:8], whole[:20], whole[:35], whole[:8] + b"\xff" * 30):
        with pytest.raises(Misuse) as error:
            read(cut)
        assert error.value.code in ("image_unreadable", "image_empty")


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
