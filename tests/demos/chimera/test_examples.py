from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demos.chimera.examples import draw
from demos.chimera.examples.pen import SIDE, ink, line, place, shape, smooth
from pipelines.edges.finding import find_edges

FOLDER = Path(draw.__file__).parent


@pytest.mark.parametrize("name", draw.CREATURES)
def test_the_files_are_what_the_pen_draws(name: str) -> None:
    drawn, kept = np.asarray(ink(draw.CREATURES[name]), int), np.asarray(Image.open(FOLDER / f"{name}.png"), int)
    assert kept.shape == (SIDE, SIDE) and np.abs(drawn - kept).max() <= 2


def test_there_are_enough_and_each_is_a_drawing() -> None:
    assert len(draw.CREATURES) >= 20
    for name in draw.CREATURES:
        edges = find_edges(Image.open(FOLDER / f"{name}.png"))
        assert edges.kind == "drawing" and (edges.lines > 0).sum() > 400, name


def test_what_is_in_front_covers_what_is_behind() -> None:
    behind, in_front = line("0,50 100,50"), shape("30,30! 70,30! 70,70! 30,70!")
    paper = np.asarray(ink([behind, in_front]))
    middle, left = paper[SIDE // 2, SIDE // 2], paper[SIDE // 2, SIDE // 8]
    assert (middle, left) == (255, 0)


def test_a_smooth_line_goes_through_its_points_and_turns_at_corners() -> None:
    run = ((0.0, 0.0), (10.0, 5.0), (20.0, 0.0))
    assert all(point in smooth(run) for point in run)
    assert [len(part) for part in line("0,0 1,1 2,0! 3,1").runs] == [3, 2]


def test_placing_twice_in_the_mirror_changes_nothing() -> None:
    strokes = draw.CREATURES["fish"]
    there_and_back = place(place(strokes, mirror=True), mirror=True)
    assert np.allclose(there_and_back[0].runs[0], strokes[0].runs[0])
