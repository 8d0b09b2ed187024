from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipelines.common.backgrounds import lay_on, parse_background, to_image
from pipelines.common.errors import Misuse


def half() -> np.ndarray:  # type: ignore[type-arg]
    """A red disc's left half: opaque on the left, nothing on the right."""
    rgba = np.zeros((32, 32, 4), np.float32)
    rgba[:, :16] = [0.8, 0.1, 0.1, 1.0]
    return rgba


def test_nothing_is_laid_on_nothing() -> None:
    alone = lay_on(half(), parse_background("transparent"))
    assert alone.mode == "RGBA" and np.asarray(alone)[0, 0].tolist() == [204, 26, 26, 255]
    assert np.asarray(alone)[0, 31, 3] == 0 and np.array_equal(np.asarray(alone), np.asarray(to_image(half())))


def test_a_colour_and_a_photograph_show_beside_the_animal() -> None:
    blue = np.asarray(lay_on(half(), parse_background("#0000fF")))
    assert blue[0, 0].tolist() == [204, 26, 26] and blue[0, 31].tolist() == [0, 0, 255]
    photo = np.asarray(lay_on(half(), parse_background("#ffffff", Image.new("RGB", (90, 40), (1, 120, 3)))))
    assert photo[0, 0].tolist() == [204, 26, 26] and photo[0, 31].tolist() == [1, 120, 3]


def test_paper_is_cream_with_a_grain_and_always_the_same() -> None:
    one, again = (np.asarray(lay_on(half(), parse_background("paper")), float)[:, 16:] for _ in range(2))
    assert np.array_equal(one, again) and 225 < one.mean() < 252 and 0.5 < one.std() < 12
    assert one[..., 0].mean() > one[..., 2].mean() + 5


def test_half_transparent_colours_are_not_darkened() -> None:
    rgba = np.full((4, 4, 4), 0.25, np.float32)
    rgba[..., 3] = 0.5
    assert np.asarray(to_image(rgba))[0, 0].tolist() == [128, 128, 128, 128]


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#ffffff\n", ""])
def test_what_is_no_background(text: str) -> None:
    with pytest.raises(Misuse) as error:
        parse_background(text)
    assert error.value.code == "color_unknown"
