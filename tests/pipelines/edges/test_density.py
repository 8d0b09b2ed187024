from __future__ import annotations

import numpy as np

from pipelines.edges.density import DENSEST, density, without_crowds


def test_a_pens_lines_stay_as_they_are() -> None:
    lines = np.zeros((256, 256), np.uint8)
    lines[::12] = 255
    assert without_crowds(lines) is lines


def test_double_strokes_become_one_and_the_rest_stays() -> None:
    lines = np.zeros((256, 256), np.uint8)
    lines[20:60:12, :100] = 255  # a pen's
    for row in range(120, 220, 6):
        lines[row, 100:220] = lines[row + 2, 100:220] = 255
    thinner = without_crowds(lines)
    assert density(lines).max() > DENSEST
    assert np.array_equal(thinner[:80, :80], lines[:80, :80])
    before, after = ((part[130:200, 130:200] > 0).sum() for part in (lines, thinner))
    assert 0.35 * before < after < 0.7 * before, "of two lines two pixels apart one is left"
    assert (thinner[130:200, 160] > 0).sum() >= 10, "and it is where they were"
