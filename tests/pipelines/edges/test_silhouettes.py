from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from pipelines.common import device
from pipelines.edges.cutouts import Floats
from pipelines.edges.regions import find_regions
from pipelines.edges.silhouettes import decide, likelihood
from tests.pipelines.edges.test_regions import drawn

RING = drawn(("arc", (128, 128, 80, 60, 0, 360)), ("arc", (128, 128, 40, 30, 0, 360)))
RULES = find_regions(RING)


def disc(width: int, height: int) -> Floats:
    """1 in an oval around the middle."""
    filled = cv2.ellipse(np.zeros((256, 256), np.uint8), (128, 128), (width, height), 0, 0, 360, 1, -1)
    return np.asarray(filled, np.float32)


def blurred(likely: Floats, *, dx: float = 0.0) -> Floats:
    """As a network at half the resolution would say it, a little beside the line."""
    moved = cv2.warpAffine(likely, np.array([[1, 0, dx], [0, 1, 0]], np.float32), (256, 256))
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), 3), np.float32)


def test_a_region_is_inside_or_outside_up_to_its_lines() -> None:
    """What strays over a line by two pixels does not: the hole of a ring is a hole, and its rim is whole."""
    wanted = disc(80, 60) - disc(40, 30)
    away = cv2.dilate(RING, np.ones((3, 3), np.uint8)) == 0  # a disc is not filled to the very pixels of its line
    answers = [decide(RING, blurred(wanted, dx=dx), RULES) for dx in (-2.0, 0.0, 2.0)]
    for regions in answers:
        assert np.array_equal(regions.wide[away], (wanted < 0.5)[away])
        assert np.array_equal(regions.wide, answers[0].wide) and np.array_equal(regions.narrow, regions.wide)
        assert not regions.wide[RING > 0].any()


def test_the_same_lines_may_enclose_an_eye_or_a_hole() -> None:
    assert decide(RING, disc(80, 60) - disc(40, 30), RULES).wide[128, 128]
    assert not decide(RING, disc(80, 60), RULES).wide[128, 128]


def test_in_doubt_the_rules_are_believed() -> None:
    """They fill a ring, and nothing outside it."""
    for doubtful in (0.4, 0.6):
        regions = decide(RING, np.full((256, 256), doubtful, np.float32), RULES)
        assert not regions.wide[128, 128] and not regions.wide[128, 180] and regions.wide[20, 20]


def test_of_a_pens_lines_only_holes_are_told() -> None:
    """What rules leave outside stays there, however likely; what they fill may still be a hole."""
    everywhere, nowhere = np.ones((256, 256), np.float32), np.zeros((256, 256), np.float32)
    assert (
        not decide(RING, everywhere, RULES).wide[20, 20] and decide(RING, everywhere, RULES, by_pen=True).wide[20, 20]
    )
    assert decide(RING, nowhere, RULES, by_pen=True).wide[128, 128]


def test_thin_legs_that_are_open_at_the_foot_are_legs() -> None:
    """Rules and network agree on them, though they are nowhere deep."""
    lines = drawn(("arc", (128, 100, 70, 40, 0, 360)))
    for left in (90, 150):
        lines |= drawn(("line", (left, 136, left, 210)), ("line", (left + 7, 136, left + 7, 210)))
        lines[136:140, left + 1 : left + 7] = 0
    rules = find_regions(lines)
    body = disc(70, 40)
    body = np.roll(body, -28, axis=0)
    for left in (90, 150):
        body[130:209, left + 1 : left + 7] = 1
    assert not rules.wide[180, 94] and not rules.wide[180, 154]
    for by_pen in (True, False):
        outside = decide(lines, blurred(body) ** 0.5, rules, by_pen=by_pen).wide
        assert not outside[180, 92:96].any() and not outside[180, 152:156].any() and outside[180, 110:140].all()


def test_nothing_outside_a_picture_filling_pens_outline_lies_inside() -> None:
    lines = drawn(("box", (4, 4, 251, 251)))
    lines[120:130, 251] = 0
    rules = find_regions(lines)
    outside = decide(lines, np.ones((256, 256), np.float32), rules, by_pen=True).wide
    assert outside[:3].all() and outside[:, :3].all() and not outside[100, 100]


def test_a_gap_is_cut_across_where_the_body_ends() -> None:
    lines = drawn(("arc", (128, 128, 60, 40, 40, 320)))  # the right end is missing
    regions = decide(lines, blurred(disc(60, 40)), find_regions(lines))
    assert not regions.wide[128, 100:180].any() and regions.wide[128, 195:].all() and regions.wide[:80].all()


def test_a_network_is_shown_lines_and_answers_in_likelihoods() -> None:
    shown: list[Tensor] = []

    def left_half(x: Tensor) -> Tensor:
        shown.append(x)
        logits = torch.full((1, 1, 256, 256), -20.0)
        logits[..., :128] = 20
        return logits

    answer = likelihood(left_half, RING, RULES, device.choose("cpu"))
    assert answer.shape == (256, 256) and answer[:, :128].min() > 0.99 and answer[:, 128:].max() < 0.01
    assert np.array_equal(shown[0][0, 0].float().numpy() > 0, RING > 0) and shown[0].shape == (1, 3, 256, 256)
