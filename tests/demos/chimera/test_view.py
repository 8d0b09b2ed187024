from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demos.chimera import pad
from demos.chimera.handlers import (
    choose_place,
    choose_variant,
    compare,
    follow,
    lay_aside,
    make_variants,
)
from demos.chimera.view import View
from pipelines.common.errors import Misuse
from tests.demos.chimera.shared import chosen, followed, press, request, seen
from tests.tools import sketch

pytestmark = pytest.mark.usefixtures("small_models")


def test_not_live_the_picture_stays_and_with_nothing_to_make_it_goes() -> None:
    assert set(follow(request(live=False))) == {"edges", "taken"} == set(follow(request(live=False, pad="")))
    view = followed()
    answer = follow(request(pad=pad.written(Image.new("L", (99, 99), 255)), view=view))
    assert (answer["edges"], answer["result"], answer["download"]["value"]) == (None, None, None)
    assert answer["download"]["interactive"] is False and view.path is None


def test_a_way_with_nothing_in_it_yet_leaves_the_picture_of_another_and_takes_its_own_away() -> None:
    view = followed()
    before = view.path
    assert before is not None and not follow(request(origin="picture", view=view)) and view.path == before
    follow(request(origin="picture", uploaded=sketch(64), view=view))
    assert view.path not in (None, before)
    assert follow(request(origin="picture", view=view))["result"] is None, "the file was taken away"


def test_the_style_chosen_stays_in_front() -> None:
    view = View()
    press(view=view)
    second = view.variants[1]
    answer = choose_variant(view, chosen(1))
    assert (answer["variant"], view.path, answer["download"]["value"]) == (1, *second)
    assert answer["seed"] == 7, "whatever seed stands there meanwhile"
    assert np.array_equal(seen(answer["result"][1]), seen(second[0]))
    for _ in make_variants(request(variant=1, seed=8, view=view), progress=lambda *_: None):  # type: ignore[arg-type]
        assert view.path == view.variants[-1][0], "the first until there is a second"
    press(variant=3, view=view)
    assert view.path == view.variants[0][0], "two pictures have no fourth"


def test_a_chosen_variant_comes_with_its_own_lines() -> None:
    view = View()
    lines = press(view=view)[-1]["edges"]
    follow(request(pad="", view=view))
    left, right = choose_variant(view, chosen(1))["result"]
    assert np.array_equal(seen(left), seen(lines)) and right == view.variants[1][0]


def test_a_click_on_the_lines_says_where_the_second_fur_begins() -> None:
    view = followed()
    assert view.edges is not None
    width, height = view.edges.size
    clicks = (
        (view, [width / 4, height / 2], (0.25, 0.5)),
        (view, [-5, 9999], (0.0, 1.0)),
        (View(), [0, 0], (0.0, 0.0)),
    )
    for looking_at, click, place in clicks:
        assert choose_place(looking_at, chosen(click)) == {"place": place}


@pytest.mark.parametrize("index", [None, -1, 99, 10**30, 0.5, "0", True, [0, 0, 0], ["a", "b"], {}])
def test_what_was_never_there_cannot_be_selected(index: Any) -> None:
    view = View()
    press(view=view)
    for handler in (pad.start_from, partial(choose_variant, view), partial(choose_place, view)):
        with pytest.raises(Misuse) as error:
            handler(chosen(index))
        assert error.value.code == "request_unusable"


def test_a_kept_picture_stays_beside_what_comes_after() -> None:
    view = followed()
    first = str(view.path)
    answer = lay_aside(view)
    left, right = answer["result"]
    assert answer["beside"] == "kept" and np.array_equal(seen(left), seen(right))
    left, right = press(seed=8, view=view)[-1]["result"]
    assert np.array_equal(seen(left), seen(first))
    assert not np.array_equal(seen(left), seen(right))
    left, _ = compare(view, "lines")["result"]
    assert np.array_equal(seen(left), seen(view.lines))
    with pytest.raises(Misuse, match="no picture to keep"):
        lay_aside(View())


def test_what_is_chosen_while_pictures_are_made_is_not_overwritten() -> None:
    view = followed()
    first = str(view.path)
    steps = make_variants(request(seed=8, view=view), progress=lambda *_: None)  # type: ignore[arg-type]
    next(steps)
    lay_aside(view)
    kept = str(view.kept)
    assert kept != first
    left, _ = next(steps)["result"]
    assert np.array_equal(seen(left), seen(kept)), "the kept picture, not the lines"
