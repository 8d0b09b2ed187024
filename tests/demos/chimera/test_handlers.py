from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demos.chimera.handlers import (
    Request,
    Shown,
    choose_place,
    choose_variant,
    compare,
    draw_on,
    follow,
    hex_color,
    lay_aside,
    make_variants,
    take_photo,
    take_upload,
)
from demos.chimera.sketchpad import CANVAS, drawing_of, lay_under, on_pad, start_from, take_away, take_drawing
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
    looks = {"origin": "draw", "drawing": sketch(200), "uploaded": None, "built": None, "kind": "auto"}
    looks |= {"sensitivity": 0.5, "detector": "auto", "weights": "chimera", "seed": 7, "variant": 0, "count": 2}
    furs = {"look": "natural", "fur": None, "toward": 8, "share": 0.0, "second": "none", "other_fur": None}
    furs |= {"other_seed": 9, "place": (0.5, 0.5), "reach": 0.3}
    options = {
        "ink": 0.25,
        "detail": 0.5,
        "ground": "white",
        "color": "#88aaff",
        "behind": None,
        "live": True,
        "keep": True,
    }
    options |= {"mine": [], "shown": Shown(), "language": "en"}
    return Request(**{**looks, **furs, **options, **changed})


def press(**changed: Any) -> list[dict[str, Any]]:
    return list(make_variants(request(**changed), progress=lambda *_: None))  # type: ignore[arg-type]


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
    mine = press(count=1)[-1]["mine"]
    both = press(count=1, seed=8, mine=mine)[-1]["mine"]
    assert len(both) == 2 and both[1] == mine[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"drawing": None}, "nothing to colour"),
        ({"drawing": Image.new("RGB", (99, 99), "white")}, "nothing to colour"),
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
    photo, creature = noisy_picture(1, 64, 64), sketch(100)
    drawing = take_drawing(on_pad(sketch(64)))["drawing"]
    everything: dict[str, Any] = {"drawing": drawing, "uploaded": photo, "built": creature}
    assert request(origin="picture", **everything).picture() is photo
    assert request(origin="build", **everything).picture() is creature
    assert request(origin="draw", **everything).picture() is drawing and drawing.size == (CANVAS, CANVAS)
    assert request(origin="draw", drawing=None).picture() is None
    assert request(origin="picture").picture() is None and request(origin="build").picture() is None


def test_what_is_drawn_here_is_a_drawing_and_a_picture_is_looked_at_as_asked() -> None:
    for origin in ("draw", "build"):
        assert request(origin=origin, kind="photo", detector="canny").looking() == {"kind": "drawing"}
    looking = request(origin="picture", kind="photo", sensitivity=0.9, detector="canny").looking()
    assert looking == {"kind": "photo", "sensitivity": 0.9, "detector": "canny"}


def test_the_lines_are_shown_black_on_white() -> None:
    answer = follow(request())
    assert np.asarray(answer["edges"]).mean() > 200 and np.asarray(answer["edges"]).min() == 0
    assert "drawing" in answer["taken"]
    empty = follow(request(drawing=None))
    assert (empty["edges"], empty["taken"], empty["result"]) == (None, "", None)


@pytest.mark.parametrize("variant", [0, 1])
def test_live_the_picture_of_the_chosen_style_follows_the_pen(variant: int) -> None:
    answer = follow(request(variant=variant))
    before, after = answer["result"]
    assert np.array_equal(np.asarray(before.convert("L")), np.asarray(answer["edges"]))
    pressed = press()[-1]
    assert np.array_equal(np.asarray(after), np.asarray(Image.open(pressed["variants"][variant])))
    cutout = Path(answer["download"]["value"])
    assert cutout.read_bytes() == Path(pressed["shown"].variants[variant][1]).read_bytes()
    assert answer["shown"].cutout == str(cutout)


def test_the_download_is_the_animal_alone_whatever_it_is_shown_on() -> None:
    grounds, photo = ("paper", "transparent", "photo"), noisy_picture(3)
    on = {ground: follow(request(ground=ground, behind=photo)) for ground in grounds}
    alone = {Path(answer["download"]["value"]).read_bytes() for answer in on.values()}
    assert len(alone) == 1 and Image.open(io.BytesIO(alone.pop())).mode == "RGBA"
    shown = {ground: Image.open(answer["shown"].path) for ground, answer in on.items()}
    assert [shown[ground].mode for ground in grounds] == ["RGB", "RGBA", "RGB"]
    origin = provenance.read(Path(on["photo"]["shown"].cutout))
    assert origin.arguments["background"] == "transparent" and not origin.other_inputs
    assert set(provenance.read(Path(on["photo"]["shown"].path)).other_inputs) == {"behind"}


def test_furs_of_a_photograph_a_second_one_and_the_way_to_another_seed() -> None:
    plain = Path(follow(request())["shown"].path).read_bytes()
    changed: list[dict[str, Any]] = [
        {"look": "wild"},
        {"fur": noisy_picture(5, 64, 64)},
        {"share": 0.5},
        {"second": "seed"},
        {"second": "photo", "other_fur": noisy_picture(6, 64, 64)},
        {"second": "seed", "place": (0.1, 0.9)},
        {"ink": 0.9},
    ]
    made = [Path(follow(request(**one))["shown"].path).read_bytes() for one in changed]
    assert len({plain, *made}) == len(changed) + 1
    for useless in ({"toward": 77}, {"other_seed": 5}, {"other_fur": noisy_picture(6)}, {"place": (0.1, 0.9)}):
        now = follow(request(**useless))["shown"].path  # type: ignore[arg-type]
        assert np.array_equal(np.asarray(Image.open(now)), np.asarray(Image.open(io.BytesIO(plain))))


def test_detail_is_followed_for_a_picture() -> None:
    picture = noisy_picture(5, 64, 64)
    made = [
        np.asarray(follow(request(origin="picture", uploaded=picture, kind="photo", detail=detail))["result"][1])
        for detail in (0.0, 1.0)
    ]
    assert np.abs(made[0].astype(int) - made[1]).max() > 0


def test_pix2pix_as_published_makes_it_too() -> None:
    answer = follow(request(weights="pix2pix"))
    assert provenance.read(Path(answer["shown"].path)).system == "pix2pix"
    assert [provenance.read(Path(path)).system for path in press(weights="pix2pix")[-1]["variants"]] == ["pix2pix"] * 2


def test_not_live_the_picture_stays_and_with_nothing_to_make_it_goes() -> None:
    assert set(follow(request(live=False))) == {"edges", "taken"} == set(follow(request(live=False, drawing=None)))
    answer = follow(request(drawing=Image.new("RGB", (99, 99), "white")))
    assert (answer["edges"], answer["result"], answer["download"]["value"]) == (None, None, None)
    assert answer["download"]["interactive"] is False and answer["shown"].path is None


def chosen(index: Any) -> Any:
    return SimpleNamespace(index=index)


def test_the_style_chosen_stays_in_front() -> None:
    first = press()[-1]["shown"]
    answer = choose_variant(first, chosen(1))
    shown = answer["shown"]
    assert (answer["variant"], shown.path, answer["download"]["value"]) == (1, *first.variants[1])
    assert np.array_equal(np.asarray(answer["result"][1]), np.asarray(Image.open(first.variants[1][0])))
    again = press(variant=1, seed=8, shown=shown)
    assert [step["shown"].path == step["variants"][-1] for step in again] == [True, True]
    assert press(variant=3)[-1]["shown"].path == press(variant=3)[-1]["variants"][0], "two pictures have no fourth"


def test_a_click_on_the_lines_says_where_the_second_fur_begins() -> None:
    shown = follow(request())["shown"]
    width, height = shown.lines.size
    clicks = (
        (shown, [width / 4, height / 2], (0.25, 0.5)),
        (shown, [-5, 9999], (0.0, 1.0)),
        (Shown(), [0, 0], (0.0, 0.0)),
    )
    for looking_at, click, place in clicks:
        assert choose_place(looking_at, chosen(click)) == {"place": place}


@pytest.mark.parametrize("index", [None, -1, 99, 10**30, 0.5, "0", True, [0, 0, 0], ["a", "b"], {}])
def test_what_was_never_there_cannot_be_selected(index: Any) -> None:
    shown = press()[-1]["shown"]
    for handler in (start_from, partial(choose_variant, shown), partial(choose_place, shown)):
        with pytest.raises(Misuse) as error:
            handler(chosen(index))
        assert error.value.code == "request_unusable"


def test_a_kept_picture_stays_beside_what_comes_after() -> None:
    first = press()[-1]["shown"]
    answer = lay_aside(first)
    shown, pair = answer["shown"], answer["result"]
    assert answer["beside"] == "kept" and np.array_equal(np.asarray(pair[0]), np.asarray(pair[1]))
    left, right = press(seed=8, shown=shown)[-1]["result"]
    assert np.array_equal(np.asarray(left), np.asarray(Image.open(first.path)))
    assert not np.array_equal(np.asarray(left), np.asarray(right))
    left, _ = compare(shown, "lines")["result"]
    assert np.array_equal(np.asarray(left.convert("L")), np.asarray(shown.lines))
    with pytest.raises(Misuse, match="no picture to keep"):
        lay_aside(Shown())


def test_a_photograph_is_traced_and_never_painted() -> None:
    photo = png(noisy_picture(3, 600, 300))
    drawn = drawing_of(on_pad(sketch(200)))
    pad = lay_under(drawn, photo)["laid"]
    under, drawing = np.asarray(pad["background"], int), drawing_of(pad)
    assert under.shape == (CANVAS, CANVAS, 3) and under.min() > 150 and under[CANVAS // 2].std() > 5, "faint, but there"
    assert drawing is not None
    assert np.abs(grey(drawing) - grey(drawn)).max() < 2
    alone = take_away(drawing)["laid"]
    assert alone is not None and alone["background"] is None
    assert np.array_equal(np.asarray(drawing_of(alone)), np.asarray(drawing))
    untouched = drawing_of(lay_under(None, photo)["laid"])
    assert untouched is not None and np.asarray(untouched).min() == 255 and take_away(None) == {"laid": None}
    with pytest.raises(Misuse):
        lay_under(None, b"no picture")


def test_a_built_creature_can_be_drawn_on() -> None:
    assert grey(drawing_of(draw_on(sketch(512))["laid"])).min() == 0
    with pytest.raises(Misuse):
        draw_on(None)


def test_an_upload_is_bounded_and_made_anew() -> None:
    answer = take_upload(png(Image.new("RGB", (3000, 1500), "red")))
    assert answer["preview"] is answer["photo"] and answer["photo"].size == (1024, 512)
    for bad in (None, b"", b"text", png(Image.new("RGB", (3, 3)))):
        with pytest.raises(Misuse):
            take_photo(bad)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("#12aB9f", "#12aB9f"),
        ("rgb(255, 0, 16)", "#ff0010"),
        ("rgba(12.4, 300, -4, 0.5)", "#0cff00"),
    ],
)
def test_colours_of_the_picker(given: str, wanted: str) -> None:
    assert hex_color(given) == wanted


@pytest.mark.parametrize("given", ["rgb(", "rgb()", "rgba(1,2)", "rgb(1e999, 0, 0)", "rgb" + "(" * 9999, "rgb(a,b,c)"])
def test_what_no_picker_sends_is_no_colour(given: str) -> None:
    with pytest.raises(Misuse, match="not a colour"):
        hex_color(given)


def test_what_was_taken_already_is_kept() -> None:
    assert take_drawing({"background": None, "layers": [], "composite": None}) == {}
    assert take_drawing(None) == {"drawing": None}


def test_a_drawing_to_start_from_can_be_erased() -> None:
    laid = start_from(SimpleNamespace(index=0))["laid"]  # type: ignore[arg-type]
    strokes = laid["layers"][0]
    alpha = np.asarray(strokes.getchannel("A"))
    assert strokes.size == (CANVAS, CANVAS) and 0.01 < (alpha > 128).mean() < 0.2
    on_paper = Image.new("RGBA", strokes.size, "white")
    on_paper.alpha_composite(strokes)
    assert np.abs(np.asarray(on_paper.convert("L"), int) - np.asarray(laid["composite"].convert("L"), int)).max() <= 1
