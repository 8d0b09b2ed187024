from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.edges.regions import find_regions, silhouette

Lines = NDArray[np.uint8]


def drawn(*shapes: tuple[str, tuple[int, ...]]) -> Lines:
    lines = np.zeros((256, 256), np.uint8)
    for kind, numbers in shapes:
        if kind == "line":
            cv2.line(lines, numbers[:2], numbers[2:], 255, 1)
        elif kind == "box":
            cv2.rectangle(lines, numbers[:2], numbers[2:], 255, 1)
        else:
            x, y, width, height, start, end = numbers
            cv2.ellipse(lines, (x, y), (width, height), 0, start, end, 255, 1)
    return lines


def body(gap: int = 0) -> Lines:
    """An oval of 60 by 40 pixels whose outline is open for ``gap`` degrees."""
    return drawn(("arc", (128, 128, 60, 40, 0, 360 - gap)))


def test_a_closed_outline_encloses_what_is_in_it() -> None:
    regions = find_regions(body())
    for outside in (regions.narrow, regions.wide):
        assert not outside[128, 128] and outside[5, 5] and outside[128, 230]
        assert not (outside & (body() > 0)).any(), "a line is not outside"


@pytest.mark.parametrize("gap", [4, 12, 30])
def test_an_open_outline_encloses_it_too(gap: int) -> None:
    regions = find_regions(body(gap))
    assert not regions.wide[128, 128] and regions.wide[5, 5]
    assert not regions.narrow[128, 128], "what leaks is closed in both"


def test_a_very_open_outline_with_lines_in_it_encloses_it_too() -> None:
    """A quarter of the outline is missing, more than any single gap that is closed at first."""
    lines = body(100) | drawn(("line", (90, 128, 150, 120)), ("line", (110, 145, 150, 142)))
    regions = find_regions(lines)
    assert not regions.wide[128, 120] and not regions.wide[150, 128] and regions.wide[5, 5]


def test_one_line_encloses_nothing() -> None:
    regions = find_regions(drawn(("line", (20, 128, 230, 128)), ("line", (40, 40, 60, 90))))
    assert regions.wide.mean() > 0.98


def test_between_two_closed_legs_nothing_is_enclosed() -> None:
    """A belly from which two legs hang: 16 pixels between them, which a wide closing alone would fill."""
    animal = drawn(("box", (60, 60, 196, 120)), ("box", (80, 120, 110, 220)), ("box", (126, 120, 156, 220)))
    animal[120, 81:110] = 0
    animal[120, 127:156] = 0
    regions = find_regions(animal)
    assert regions.wide[180, 118] and not regions.wide[180, 95] and not regions.wide[90, 128]


def test_a_bay_between_wing_and_tail_stays_outside() -> None:
    animal = drawn(
        ("arc", (128, 170, 70, 40, 0, 360)), ("arc", (90, 90, 14, 60, 0, 360)), ("arc", (130, 90, 14, 60, 0, 360))
    )
    assert find_regions(animal).wide[70, 110], "12 pixels between two closed shapes"


def test_the_flood_is_the_same_for_a_mirrored_drawing() -> None:
    lines = body(30)
    one, other = find_regions(lines), find_regions(np.ascontiguousarray(lines[:, ::-1]))
    assert (one.wide[:, ::-1] == other.wide).mean() > 0.99


def test_a_subject_before_a_plain_background_is_told() -> None:
    picture = np.full((256, 256, 3), (240, 235, 220), np.uint8)
    cv2.ellipse(picture, (128, 128), (60, 90), 20, 0, 360, (120, 60, 30), -1)
    cv2.ellipse(picture, (128, 128), (20, 20), 0, 0, 360, (240, 235, 220), -1)  # an eye of the background's colour
    mask = silhouette(picture)
    assert mask is not None and mask[128, 128] and mask[128, 90] and not mask[5, 5]
    assert 0.2 < mask.mean() < 0.3


def test_a_busy_background_has_no_silhouette() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    assert silhouette(noise) is None
    assert silhouette(np.full((256, 256, 3), 200, np.uint8)) is None, "and nothing has none"


def test_an_outline_of_double_strokes_encloses_its_body_though_it_leaks() -> None:
    """Auto-canny traces both sides of a stroke: the strip between them is no body beside which a bay would lie."""
    outer, inner = body(20), drawn(("arc", (128, 128, 56, 36, 0, 340)))
    caps = drawn(("line", (188, 128, 184, 128)), ("line", (184, 114, 181, 116)))
    lines = outer | inner | caps
    regions = find_regions(lines)
    assert not regions.wide[128, 128] and regions.wide[5, 5]


def test_the_frame_closes_what_it_cuts_off() -> None:
    """A head whose neck runs out of the picture, wider than any gap that is closed."""
    head = drawn(("arc", (128, 110, 60, 60, 120, 420)), ("line", (98, 162, 90, 255)), ("line", (158, 162, 166, 255)))
    regions = find_regions(head)
    assert not regions.wide[110, 128] and not regions.wide[230, 128]
    assert regions.wide[230, 40] and regions.wide[5, 5]


def test_between_legs_that_are_single_strokes_nothing_is_enclosed() -> None:
    """A belly and two legs, each one line; above it the back is open, so that nothing solid is beside them."""
    horse = drawn(("line", (70, 120, 190, 120)), ("line", (75, 120, 70, 200)), ("line", (112, 120, 108, 200)))
    assert find_regions(horse).wide[180, 92]
