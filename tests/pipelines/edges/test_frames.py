from __future__ import annotations

import cv2
import numpy as np

from pipelines.edges.frames import without_frames


def animal() -> np.ndarray:
    lines = np.zeros((256, 256), np.uint8)
    cv2.ellipse(lines, (128, 150), (60, 35), 0, 0, 360, 255)
    cv2.ellipse(lines, (70, 110), (22, 22), 0, 0, 360, 255)
    return lines


def test_a_frame_goes_and_the_animal_in_it_stays() -> None:
    framed = animal()
    cv2.polylines(framed, [np.array([[10, 40], [90, 40], [90, 20], [200, 20], [200, 240], [10, 240]])], True, 255)
    left = without_frames(framed)
    assert left[40:45, 20:80].sum() == 0 and left[100:200, 200].sum() == 0 and left[240, 20:190].sum() == 0
    assert (left[animal() > 0] > 0).mean() > 0.95


def test_ground_and_neck_stay() -> None:
    ground, neck = animal(), animal()
    ground[200:203:2] = 255
    neck[:110, 60:90:28] = 255
    for lines in (ground, neck, animal()):
        assert without_frames(lines) is lines


def test_a_low_box_is_no_frame() -> None:
    lines = animal()
    cv2.rectangle(lines, (200, 20), (240, 60), 255)
    assert without_frames(lines) is lines
