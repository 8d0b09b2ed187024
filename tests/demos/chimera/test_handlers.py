from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demos.chimera import builder, pad
from demos.chimera.handlers import (
    Request,
    View,
    choose_place,
    choose_variant,
    compare,
    draw_on,
    follow,
    lay_aside,
    make_variants,
    take_photo,
    take_upload,
)
from demos.shared import models
from demos.shared.widgets import to_gradio_error
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from tests.tools import noisy_picture, png, sketch


@pytest.fixture(autouse=True)
def small_models(chimera_weights: Path, pix2pix_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, published = (
        kind.from_pretrained(weights, "cpu")
        for kind, weights in ((ChimeraPipeline, chimera_weights), (Pix2PixPipeline, pix2pix_weights))
    )
    monkeypatch.setattr(models, "chimera", lambda: pipe)
    monkeypatch.setattr(models, "pix2pix", lambda: published)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def grey(image: Image.Image | None) -> np.ndarray[Any, np.dtype[np.int64]]:
    assert image is not None
    return np.asarray(image.convert("L"), np.int64)


def request(**changed: Any) -> Request:
    quick = {"pad": pad.written(sketch(200)), "look": "natural", "ink": 0.25, "count": 2}
    return Request(**{**quick, **changed})


def seen(side: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a side of the slider, which is a picture or its file."""
    return np.asarray((Image.open(side) if isinstance(side, str) else side).convert("RGB"))


def followed(**changed: Any) -> View:
    """Follow the pen on a page where nothing was made, and return what the visitor looks at then."""
    view = View()
    follow(request(view=view, **changed))
    return view


def path_of(**changed: Any) -> Path:
    """Return the picture that follows."""
    path = followed(**changed).path
    assert path is not None
    return Path(path)


def press(**changed: Any) -> list[dict[str, Any]]:
    """Press the button, and return the answers; of the strip the pictures alone."""
    steps = make_variants(request(**changed), progress=lambda *_: None)  # type: ignore[arg-type]
    return [{**step, "variants": step["variants"]["value"]} for step in steps]


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


def test_pix2pix_as_published_makes_it_too() -> None:
    assert provenance.read(path_of(weights="pix2pix")).system == "pix2pix"
    assert [provenance.read(Path(path)).system for path in press(weights="pix2pix")[-1]["variants"]] == ["pix2pix"] * 2


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


def chosen(index: Any) -> Any:
    return SimpleNamespace(index=index)


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
