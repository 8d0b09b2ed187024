from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demos.chimera import pad
from demos.chimera.names import drawings
from demos.shared.data_urls import MOST, PNG
from pipelines.common.errors import Misuse
from tests.tools import png, sketch


def test_what_is_laid_on_the_pad_is_what_is_read_from_it() -> None:
    drawing = sketch(pad.SIDE).convert("L")
    read = pad.read(pad.written(drawing))
    assert read is not None and np.array_equal(np.asarray(read.convert("L")), np.asarray(drawing))
    small = pad.read(pad.written(sketch(100)))
    assert small is not None and small.size == (pad.SIDE, pad.SIDE)


def test_an_empty_pad_has_nothing_on_it() -> None:
    assert pad.read("") is None and pad.read(None) is None


def url(data: bytes, prefix: str = PNG) -> str:
    return prefix + base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "given",
    [
        7,
        ["data:image/png;base64,"],
        "griffin.png",
        "/etc/passwd",
        url(png(sketch(64)), "data:image/svg+xml;base64,"),
        PNG + "no base 64!",
        url(b"no picture"),
        url(png(sketch(64))[:100]),
        url(png(Image.new("1", (7000, 7000)))),
        PNG + "A" * (MOST + 1),
    ],
    ids=lambda given: str(given)[:30],
)
def test_what_no_pad_sends_is_refused(given: Any) -> None:
    with pytest.raises(Misuse):
        pad.read(given)


def test_one_of_our_drawings_is_laid_on_the_pad() -> None:
    for index, name in enumerate(drawings.sentences):
        laid = pad.read(pad.start_from(SimpleNamespace(index=index))["pad"])  # type: ignore[arg-type]
        assert laid is not None
        assert np.array_equal(np.asarray(laid.convert("L")), np.asarray(Image.open(pad.EXAMPLES / f"{name}.png")))
