from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demos.chimera import builder, pad
from demos.chimera.handlers import (
    choose_variant,
    draw_on,
    follow,
    take_photo,
    take_upload,
)
from demos.chimera.view import View
from demos.shared.widgets import to_gradio_error
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from tests.demos.chimera.shared import followed, grey, path_of, press, request, seen
from tests.tools import noisy_picture, png, sketch

pytestmark = pytest.mark.usefixtures("small_models")


def test_each_picture_is_shown_as_soon_as_it_is_there() -> None:
    steps = press(count=3)
    assert [len(step["variants"]) for step in steps] == [1, 2, 3]
    paths = steps[-1]["variants"]
    assert [provenance.read(Path(path)).index for path in paths] == [0, 1, 2]
    assert len({Path(path).read_bytes() for path in paths}) == 3


def test_the_same_press_gives_the_same_files() -> None:
    first, again, other = (press(seed=seed)[-1]["variants"] for seed in (7, 7, 8))
    assert [Path(path).read_bytes() for path in first] == [Path(path).read_bytes() for path in again]
    assert Path(first[0]).read_bytes() != Path(other[0]).read_bytes()


def test_the_pictures_of_this_visit_are_kept() -> None:
    view = View()
    (first,) = press(count=1, view=view)[-1]["gallery"]
    both = press(count=1, seed=8, view=view)[-1]["gallery"]
    assert len(both) == 2 and both[1] == first


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pad": ""}, "nothing to paint"),
        ({"pad": pad.written(Image.new("L", (99, 99), 255))}, "nothing to paint"),
        ({"origin": "picture"}, "choose a picture"),
        ({"seed": -1}, "seed must be"),
        ({"ground": "color", "color": "reddish"}, "not a colour"),
        ({"share": 0.5, "toward": -4}, "toward must be"),
    ],
)
def test_what_cannot_be_made_gets_a_sentence(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(Exception) as error:
        press(**changed)
    assert said in str(to_gradio_error(error.value, "en").message).lower()


def test_the_pictures_of_the_last_press_can_be_chosen_though_the_next_is_refused() -> None:
    view = View()
    press(count=3, view=view)
    with pytest.raises(Misuse):
        press(count=3, seed=8, pad="", view=view)
    event: Any = SimpleNamespace(index=2)
    assert choose_variant(view, event)["variant"] == 2 and view.seed == 7


def test_the_tab_in_front_is_what_is_made() -> None:
    photo, lion = noisy_picture(1, 64, 64), [{"part": "lion_body"}]
    everything: dict[str, Any] = {"pad": pad.written(sketch(64)), "uploaded": photo, "builder": lion}
    assert request(origin="picture", **everything).picture() is photo
    built, drawn = (grey(request(origin=origin, **everything).picture()) for origin in ("build", "draw"))
    assert np.array_equal(built, grey(builder.draw([builder.Placed("lion_body")])))
    assert np.array_equal(drawn, grey(sketch(64).convert("L").resize((pad.SIDE, pad.SIDE))))
    for origin in ("draw", "picture", "build"):
        assert request(origin=origin, pad="").picture() is None


def test_what_is_drawn_here_is_a_drawing_and_a_picture_is_looked_at_as_asked() -> None:
    for origin in ("draw", "build"):
        assert request(origin=origin, kind="photo", detector="canny").looking() == {"kind": "drawing"}
    looking = request(origin="picture", kind="photo", sensitivity=0.9, detector="canny").looking()
    assert looking == {"kind": "photo", "sensitivity": 0.9, "detector": "canny"}


def test_the_lines_are_shown_black_on_white() -> None:
    answer = follow(request())
    assert np.asarray(answer["edges"]).mean() > 200 and np.asarray(answer["edges"]).min() == 0
    assert "drawing" in answer["taken"]
    empty = follow(request(pad=""))
    assert (empty["edges"], empty["taken"], empty["result"]) == (None, "", None)


@pytest.mark.parametrize("variant", [0, 1])
def test_live_the_picture_of_the_chosen_style_follows_the_pen(variant: int) -> None:
    answer = follow(request(variant=variant))
    before, after = answer["result"]
    assert np.array_equal(seen(before), seen(answer["edges"]))
    view = View()
    pressed = press(view=view)[-1]
    assert np.array_equal(seen(after), seen(pressed["variants"][variant]))
    assert Path(answer["download"]["value"]).read_bytes() == Path(view.variants[variant][1]).read_bytes()


def test_the_download_is_the_animal_alone_whatever_it_is_shown_on() -> None:
    grounds, photo = ("paper", "transparent", "photo"), noisy_picture(3)
    on = {ground: followed(ground=ground, behind=photo) for ground in grounds}
    alone = {Path(str(view.cutout)).read_bytes() for view in on.values()}
    assert len(alone) == 1 and Image.open(io.BytesIO(alone.pop())).mode == "RGBA"
    assert [Image.open(str(on[ground].path)).mode for ground in grounds] == ["RGB", "RGBA", "RGB"]
    origin = provenance.read(Path(str(on["photo"].cutout)))
    assert origin.arguments["background"] == "transparent" and not origin.other_inputs
    assert set(provenance.read(Path(str(on["photo"].path))).other_inputs) == {"behind"}


def test_furs_of_a_photograph_a_second_one_and_the_way_to_another_seed() -> None:
    plain = path_of().read_bytes()
    changed: list[dict[str, Any]] = [
        {"look": "wild"},
        {"fur": noisy_picture(5, 64, 64)},
        {"share": 0.5},
        {"second": "seed"},
        {"second": "photo", "other_fur": noisy_picture(6, 64, 64)},
        {"second": "seed", "place": (0.1, 0.9)},
        {"ink": 0.9},
    ]
    made = [path_of(**one).read_bytes() for one in changed]
    assert len({plain, *made}) == len(changed) + 1
    for useless in ({"toward": 77}, {"other_seed": 5}, {"other_fur": noisy_picture(6)}, {"place": (0.1, 0.9)}):
        now = path_of(**useless)  # type: ignore[arg-type]
        assert np.array_equal(np.asarray(Image.open(now)), np.asarray(Image.open(io.BytesIO(plain))))


def test_detail_is_followed_for_a_picture() -> None:
    picture = noisy_picture(5, 64, 64)
    made = [
        seen(follow(request(origin="picture", uploaded=picture, kind="photo", detail=detail))["result"][1])
        for detail in (0.0, 1.0)
    ]
    assert np.abs(made[0].astype(int) - made[1]).max() > 0


def test_a_picture_without_lines_is_said_to_have_none() -> None:
    white = Image.new("RGB", (64, 64), "white")
    for view in (View(), View(origin="picture")):
        assert "No lines" in follow(request(origin="picture", uploaded=white, view=view))["taken"]
    assert follow(request(origin="picture", uploaded=None)) == {}, "nobody has chosen one yet"


def test_pix2pix_as_published_makes_it_too() -> None:
    assert provenance.read(path_of(weights="pix2pix")).system == "pix2pix"
    assert [provenance.read(Path(path)).system for path in press(weights="pix2pix")[-1]["variants"]] == ["pix2pix"] * 2


def test_a_built_creature_can_be_drawn_on() -> None:
    laid = pad.read(draw_on(request(builder=[{"part": "lion_body"}]))["pad"])
    assert np.array_equal(grey(laid), grey(builder.draw([builder.Placed("lion_body")])))
    with pytest.raises(Misuse):
        draw_on(request(builder=[]))


def test_an_upload_is_bounded_and_made_anew() -> None:
    answer = take_upload(png(Image.new("RGB", (3000, 1500), "red")))
    assert answer["preview"] is answer["photo"] and answer["photo"].size == (1024, 512)
    for bad in (None, b"", b"text", png(Image.new("RGB", (3, 3)))):
        with pytest.raises(Misuse):
            take_photo(bad)
