from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from pipelines.metrics.lines import distance_to, edge_f1

CIRCLE = cv2.circle(np.zeros((128, 128), np.uint8), (60, 64), 40, 255, 1)
EMPTY = np.zeros_like(CIRCLE)


def shifted(by: int) -> np.ndarray:
    return np.roll(CIRCLE, by, axis=1)


def test_lines_agree_with_themselves() -> None:
    assert edge_f1(CIRCLE, CIRCLE) == edge_f1(EMPTY, EMPTY) == 1


def test_nothing_agrees_with_no_line() -> None:
    assert edge_f1(CIRCLE, EMPTY) == edge_f1(EMPTY, CIRCLE) == 0


def test_the_order_does_not_matter() -> None:
    half = CIRCLE.copy()
    half[:64] = 0
    assert edge_f1(half, shifted(2)) == pytest.approx(edge_f1(shifted(2), half))


def test_small_shifts_are_forgiven_and_large_ones_are_not() -> None:
    assert edge_f1(shifted(1), CIRCLE) == edge_f1(shifted(2), CIRCLE) == 1
    assert edge_f1(shifted(10), CIRCLE) < 0.45
    assert edge_f1(shifted(10), CIRCLE, tolerance=10) == 1


def test_f1_by_hand() -> None:
    found, wanted = EMPTY.copy(), EMPTY.copy()
    found[10, 10:20] = 255  # all ten right
    wanted[10, 10:20], wanted[60, 10:40] = 255, 255  # a quarter found
    assert edge_f1(found, wanted, tolerance=0) == pytest.approx(2 * 1 * 0.25 / 1.25)


def test_distances_agree_with_scipy() -> None:
    np.testing.assert_allclose(distance_to(CIRCLE), distance_transform_edt(CIRCLE == 0), atol=1e-3)
