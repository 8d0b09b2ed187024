from __future__ import annotations

import json
import re
from typing import Any

import cv2
import numpy as np
import pytest

from demos.chimera import builder, names
from demos.chimera.builder import PARTS, Placed, draw, read
from demos.chimera.examples.draw import CREATURES
from demos.chimera.examples.pen import SIDE, ink
from demos.shared.errors import explain
from demos.shared.words import LANGUAGES
from pipelines.common.errors import Misuse
from pipelines.edges.finding import find_edges


def dark(placed: list[Placed]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    drawn = draw(placed)
    assert drawn is not None
    return np.asarray(drawn) < 128


def test_parts_fit_where_they_are() -> None:
    """Untouched, a lion's tail, body and head are the lion of our drawings."""
    lion = [Placed("lion_tail"), Placed("lion_body"), Placed("lion_head")]
    assert np.array_equal(dark(lion), np.asarray(ink(CREATURES["lion"])) < 128)


def test_what_comes_later_covers_what_came_before() -> None:
    behind, in_front = (dark([Placed(a), Placed(b)]) for a, b in (("lion_head", "wing"), ("wing", "lion_head")))
    assert not np.array_equal(behind, in_front)


@pytest.mark.parametrize("part", PARTS)
def test_the_browser_shows_what_the_server_draws(part: str) -> None:
    """The SVG's points under the browser's transform lie on the server's lines."""
    one = Placed(part, x=6, y=-4, scale=0.7, turn=30, mirror=True)
    sprite = builder.sprite(part)
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", sprite["svg"]), float) - (sprite["x"], sprite["y"])
    turn = np.radians(one.turn)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = points @ np.diag([-one.scale, one.scale]) @ matrix.T + (sprite["x"] + one.x, sprite["y"] + one.y)
    pixel = np.round(seen * SIDE / 100).astype(int)
    inside = pixel[((pixel >= 3) & (pixel < SIDE - 3)).all(axis=1)]
    near = cv2.dilate(dark([one]).astype(np.uint8), np.ones((7, 7), np.uint8))
    drawn = near[inside[:, 1], inside[:, 0]].mean()
    assert len(inside) > 3 and drawn > 0.75, "covered lines apart, all of it"


def test_every_part_has_a_name_and_is_a_drawing() -> None:
    assert set(names.parts.sentences) == set(PARTS)
    for name in PARTS:
        drawn = draw([Placed(name)])
        assert drawn is not None and (find_edges(drawn, kind="drawing").lines > 0).sum() > 40, name
    for language in LANGUAGES:
        said = builder.words(language)
        assert len(set(said.values())) == len(said), "no two buttons say the same"
    json.dumps(builder.kit("ko"))


def test_what_the_browser_sends_is_read() -> None:
    sent = [{"part": "wing", "x": 3, "y": -2.5, "scale": 1.2, "turn": 370, "mirror": True}, {"part": "lion_body"}]
    assert read(sent) == [Placed("wing", 3, -2.5, 1.2, 360, True), Placed("lion_body")]
    for empty in ([], (), "", None):
        assert read(empty) == [] and draw(read(empty)) is None


HOSTILE: list[Any] = [
    "wing",
    [{"part": "wing"}] * 13,
    ["wing"],
    [{"part": "../../etc/passwd"}],
    [{"part": ["wing"]}],
    [{}],
    [{"part": "wing", "x": "1"}],
    [{"part": "wing", "x": None}],
    [{"part": "wing", "turn": float("nan")}],
    [{"part": "wing", "scale": float("inf")}],
    [{"part": "wing", "y": True}],
]


@pytest.mark.parametrize("sent", HOSTILE, ids=str)
def test_anything_else_is_refused(sent: Any) -> None:
    with pytest.raises(Misuse) as error:
        read(sent)
    for language in LANGUAGES:
        assert explain(error.value, language)


def test_a_part_can_be_no_larger_than_what_can_be_drawn() -> None:
    assert read([{"part": "wing", "scale": 1e9, "x": -1e9}]) == [Placed("wing", -100, 0, 4)]
