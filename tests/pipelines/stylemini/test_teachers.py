from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from pipelines.common.errors import Misuse
from pipelines.stylemini.teachers import STYLES, draw_in_style
from pipelines.stylemini.teachers.canvas import Pixels, from_lab, to_lab
from tests.pipelines.stylemini.shared import DRAWN, PICTURES, SIZE, Floats, drawn, gray, hues, likeness, picture


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("style", STYLES)
def test_a_drawing_is_a_picture_of_the_same_size_and_a_function_of_the_seed(style: str, size: int) -> None:
    given = picture("cat", size).copy()
    made = draw_in_style(given, style, 1)
    assert made.shape == given.shape and made.dtype == np.uint8
    assert np.array_equal(given, picture("cat", size)), "what was given is not changed"
    assert made.tobytes() == drawn("cat", style, 1, size).tobytes()
    other = draw_in_style(given, style, 8)
    assert np.array_equal(made, other) == (style == "photo")
    assert likeness(made, other) > 0.65, "another seed draws the same content"


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("style", STYLES)
def test_the_content_is_kept(style: str, size: int) -> None:
    names = PICTURES if size == SIZE else PICTURES[:2]
    alike = {name: likeness(picture(name, size), drawn(name, style, 1, size)) for name in names}
    assert min(alike.values()) > 0.5 and np.mean(list(alike.values())) > 0.7, alike
    others = [likeness(picture(one, size), drawn(other, style, 1, size)) for one, other in pairwise(names)]
    assert np.mean(list(alike.values())) > np.mean(others) + 0.4


@pytest.mark.parametrize("style", STYLES)
def test_a_plain_picture_stays_plain(style: str) -> None:
    made = cv2.GaussianBlur(gray(drawn("dark", style)), (0, 0), 8)[30:-30, 30:-30]
    assert made.std() < 0.12


def test_what_is_no_style_or_no_picture_is_refused() -> None:
    with pytest.raises(Misuse, match=r"style must be one of photo, oil painting, .*, got cubism"):
        draw_in_style(picture("cat"), "cubism", 0)
    for bad in (picture("cat")[:100], picture("cat")[..., :2], picture("cat")[:16, :16], picture("cat") / 255):
        with pytest.raises(ValueError, match="pixels must be"):
            draw_in_style(bad, "mosaic", 0)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [32, 100, 299])
def test_other_sizes_can_be_drawn_too(style: str, size: int) -> None:
    assert draw_in_style(picture("cat", size), style, 0).shape == (size, size, 3)


def test_a_photo_is_left_alone() -> None:
    assert np.array_equal(drawn("cat", "photo"), picture("cat"))


def statistics(pixels: Pixels) -> Floats:
    """Return what tells styles apart without a look at the content."""
    tone = gray(pixels)
    hue, saturation = hues(pixels)
    fine = tone - cv2.GaussianBlur(tone, (0, 0), 1.0)
    middle = cv2.GaussianBlur(tone, (0, 0), 1.0) - cv2.GaussianBlur(tone, (0, 0), 3.0)
    steps = np.abs(np.diff(tone, axis=1))
    border = np.concatenate([tone[:2].ravel(), tone[-2:].ravel(), tone[:, :2].ravel(), tone[:, -2:].ravel()])
    spread = np.abs(np.average(np.exp(1j * np.deg2rad(hue)), weights=saturation + 1e-3))
    levels = len(np.unique((pixels // 16).astype(int) @ (1, 16, 256)))
    return np.array(
        [
            *(tone.mean(), tone.std(), saturation.mean(), saturation.std(), 2 * spread),
            *(np.log(fine.std() + 1e-3), np.log(middle.std() + 1e-3), (steps < 0.004).mean(), np.log(levels)),
            *((tone < 0.15).mean(), (tone > 0.9).mean(), border.mean(), border.std()),
        ]
    )


def test_styles_are_told_apart_by_simple_statistics() -> None:
    """The nearest mean of a style, taken over the other pictures, is the right one nearly always."""
    table = np.array([[statistics(drawn(name, style, 1)) for name in PICTURES] for style in DRAWN])
    table /= table.std(axis=1).mean(axis=0)  # each in units of how much it varies within a style
    right = []
    for index in range(len(PICTURES)):
        means = np.delete(table, index, axis=1).mean(axis=1)
        gaps = np.linalg.norm(table[:, index, None] - means[None], axis=-1)
        right += [gaps[row].argmin() == row for row in range(len(DRAWN))]
    assert np.mean(right) > 0.85


def test_lab_and_back_is_the_same_color() -> None:
    colors = np.random.default_rng(0).random((5, 7, 3)).astype(np.float32)
    assert np.allclose(from_lab(to_lab(colors)), colors, atol=0.01)
