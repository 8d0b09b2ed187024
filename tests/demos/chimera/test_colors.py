"""What the colour picker sends."""

from __future__ import annotations

import pytest

from demos.chimera.handlers import hex_color
from pipelines.common.errors import Misuse


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("#12aB9f", "#12aB9f"),
        ("rgb(255, 0, 16)", "#ff0010"),
        ("rgba(12.4, 300, -4, 0.5)", "#0cff00"),
    ],
)
def test_colours_of_the_picker(given: str, wanted: str) -> None:
    assert hex_color(given) == wanted


@pytest.mark.parametrize("given", ["rgb(", "rgb()", "rgba(1,2)", "rgb(1e999, 0, 0)", "rgb" + "(" * 9999, "rgb(a,b,c)"])
def test_what_no_picker_sends_is_no_colour(given: str) -> None:
    with pytest.raises(Misuse, match="not a colour"):
        hex_color(given)
