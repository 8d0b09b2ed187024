from __future__ import annotations

import base64
import io

import numpy as np
import pytest

from demos.chimera.kept_picture import take_again
from demos.shared.data_urls import JPEG, PNG
from tests.tools import noisy_picture, png


def test_the_picture_that_the_browser_kept_is_taken_up() -> None:
    picture, buffer = noisy_picture(1, 300, 200).convert("RGB"), io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    answer = take_again(JPEG + base64.b64encode(buffer.getvalue()).decode())
    taken = np.asarray(answer["uploaded"], int)
    assert answer["preview"] is answer["uploaded"] and np.abs(taken - np.asarray(picture, int)).mean() < 12


def test_what_has_room_comes_back_to_the_bit_with_its_transparency() -> None:
    picture = noisy_picture(1, 64, 64).convert("RGBA")
    picture.putalpha(noisy_picture(2, 64, 64).convert("L"))
    taken = take_again(PNG + base64.b64encode(png(picture)).decode())["uploaded"]
    assert taken.mode == "RGBA" and taken.tobytes() == picture.tobytes()


@pytest.mark.parametrize("kept", ["", "nonsense", JPEG + "////", "data:text/html;base64,PGI+"])
def test_what_is_no_picture_is_forgotten(kept: str) -> None:
    assert take_again(kept) == {}
