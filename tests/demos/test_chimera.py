from __future__ import annotations

import io
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demos import chimera, models
from demos.painting import (
    Shown,
    choose_variant,
    chosen_input,
    compare,
    draw_on,
    follow,
    hex_color,
    lay_aside,
    paint_animals,
    take_upload,
    ways_of_looking,
)
from demos.sketchpad import CANVAS, drawing_of, lay_under, on_pad, start_from, take_away
from pipelines import hub, provenance
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.errors import Misuse
from tests.tools import noisy_picture, png, sketch


@pytest.fixture(autouse=True)
def small_model(chimera_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = ChimeraPipeline.from_pretrained(chimera_weights, "cpu")
    monkeypatch.setattr(models, "chimera", lambda weights="chimera": pipe)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def drawn(image: Image.Image) -> dict[str, Any]:
    return on_pad(image)


def grey(image: Image.Image | None) -> np.ndarray[Any, np.dtype[np.int64]]:
    assert image is not None
    return np.asarray(image.convert("L"), np.int64)


def press(**changed: Any) -> list[tuple[Any, ...]]:
    looks = {"origin": "draw", "pad": drawn(sketch(200)), "uploaded": None, "built": None, "kind": "auto"}
    looks |= {"sensitivity": 0.5, "detector": "learned", "weights": "chimera", "seed": 7, "mood": 0, "count": 2}
    options = {"background": "#ffffff", "keep": True, "mine": [], "shown": Shown(), "language": "en"}
    return list(paint_animals(**{**looks, **options, **changed}, progress=lambda *_: None))  # type: ignore[arg-type]


def test_each_picture_is_shown_as_soon_as_it_is_there() -> None:
    steps = press(count=3)
    assert [len(step[1]) for step in steps] == [1, 2, 3]
    paths = steps[-1][1]
    assert [provenance.read(Path(path)).index for path in paths] == [0, 1, 2]
    assert len({Path(path).read_bytes() for path in paths}) == 3


def test_the_same_press_gives_the_same_files() -> None:
    first, again, other = (press(seed=seed)[-1][1] for seed in (7, 7, 8))
    assert [Path(path).read_bytes() for path in first] == [Path(path).read_bytes() for path in again]
    assert Path(first[0]).read_bytes() != Path(other[0]).read_bytes()


def test_the_pictures_of_this_visit_are_kept() -> None:
    mine = press(count=1)[-1][2]
    both = press(count=1, seed=8, mine=mine)[-1][2]
    assert len(both) == 2 and both[1] == mine[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pad": None}, "nothing to colour"),
        ({"pad": drawn(Image.new("RGB", (99, 99), "white"))}, "nothing to colour"),
        ({"origin": "picture"}, "choose a picture"),
        ({"seed": -1}, "seed must be"),
        ({"background": "reddish"}, "not a colour"),
    ],
)
def test_what_cannot_be_painted_gets_a_sentence(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(gr.Error) as error:
        press(**changed)
    assert said in error.value.message.lower()


def test_the_tab_in_front_is_what_is_painted() -> None:
    photo, creature = noisy_picture(1, 64, 64), sketch(100)
    pad = drawn(sketch(64))
    assert chosen_input("picture", pad, photo, creature) is photo
    assert chosen_input("build", pad, photo, creature) is creature
    on_paper = chosen_input("draw", pad, photo, creature)
    assert on_paper is not None and on_paper.size == (CANVAS, CANVAS)
    assert chosen_input("draw", None, photo, creature) is None
    assert chosen_input("picture", pad, None, creature) is None and chosen_input("build", pad, photo, None) is None


def test_what_is_drawn_here_is_a_drawing_and_a_picture_is_looked_at_as_asked() -> None:
    for origin in ("draw", "build"):
        assert ways_of_looking(origin, "photo", 0.9, "canny") == {"kind": "drawing"}
    looking = ways_of_looking("picture", "photo", 0.9, "canny")
    assert looking == {"kind": "photo", "sensitivity": 0.9, "detector": "canny"}


def followed(pad: dict[str, Any] | None, live: bool = True, mood: int = 0, shown: Shown | None = None) -> Any:
    looks = ("draw", pad, None, None, "auto", 0.5, "learned", "chimera", 7, mood)
    return follow(*looks, "#ffffff", True, live, shown or Shown(), "en")


def test_the_lines_are_shown_black_on_white() -> None:
    lines, taken, *_ = followed(drawn(sketch(200)))
    assert np.asarray(lines).mean() > 200 and np.asarray(lines).min() == 0
    assert "drawing" in taken
    assert followed(None)[:3] == (None, "", None)


@pytest.mark.parametrize("mood", [0, 1])
def test_live_the_picture_of_the_chosen_mood_follows_the_pen(mood: int) -> None:
    lines, _, (before, after), download, shown = followed(drawn(sketch(200)), mood=mood)
    assert np.array_equal(np.asarray(before.convert("L")), np.asarray(lines))
    pressed = Path(press()[-1][1][mood])
    assert np.array_equal(np.asarray(after), np.asarray(Image.open(pressed)))
    assert Path(download["value"]).read_bytes() == pressed.read_bytes(), "the download is what is shown"
    assert shown.path == download["value"]


def test_not_live_the_picture_stays_and_with_nothing_to_paint_it_goes() -> None:
    assert followed(drawn(sketch(200)), live=False)[2:] == (gr.skip(),) * 3
    assert followed(None, live=False)[2:] == (gr.skip(),) * 3
    lines, _, pair, download, shown = followed(drawn(Image.new("RGB", (99, 99), "white")))
    assert (lines, pair, download["value"], download["interactive"], shown.path) == (None, None, None, False, None)


def chosen(index: int) -> Any:
    return SimpleNamespace(index=index)


def test_the_mood_chosen_stays_in_front() -> None:
    first = press()[-1][-1]
    pair, download, shown, mood = choose_variant(first, chosen(1))
    assert (mood, shown.path, download["value"]) == (1, first.variants[1], first.variants[1])
    assert np.array_equal(np.asarray(pair[1]), np.asarray(Image.open(first.variants[1])))
    again = press(mood=1, seed=8, shown=shown)
    assert [step[-1].path == step[-1].variants[-1] for step in again] == [True, True]
    assert press(mood=3)[-1][-1].path == press(mood=3)[-1][1][0], "two pictures have no fourth"


def test_a_kept_picture_stays_beside_what_comes_after() -> None:
    first = press()[-1][-1]
    pair, beside, shown = lay_aside(first, "en")
    assert beside == "kept" and np.array_equal(np.asarray(pair[0]), np.asarray(pair[1]))
    (left, right), *_ = press(seed=8, shown=shown)[-1]
    assert np.array_equal(np.asarray(left), np.asarray(Image.open(first.path)))
    assert not np.array_equal(np.asarray(left), np.asarray(right))
    (left, _), _ = compare(shown, "lines")
    assert np.array_equal(np.asarray(left.convert("L")), np.asarray(shown.lines))
    with pytest.raises(gr.Error, match="no picture to keep"):
        lay_aside(Shown(), "en")


def test_a_photograph_is_traced_and_never_painted() -> None:
    photo = png(noisy_picture(3, 600, 300))
    pad = lay_under(drawn(sketch(200)), photo, "en")
    under, drawing = np.asarray(pad["background"], int), drawing_of(pad)
    assert under.shape == (CANVAS, CANVAS, 3) and under.min() > 150 and under[CANVAS // 2].std() > 5, "faint, but there"
    assert drawing is not None
    assert np.abs(grey(drawing) - grey(drawing_of(drawn(sketch(200))))).max() < 2
    alone = take_away(pad)
    assert alone is not None and alone["background"] is None
    assert np.array_equal(np.asarray(drawing_of(alone)), np.asarray(drawing))
    untouched = drawing_of(lay_under(None, photo, "en"))
    assert untouched is not None and np.asarray(untouched).min() == 255 and take_away(None) is None
    with pytest.raises(gr.Error):
        lay_under(None, b"no picture", "en")


def test_a_built_creature_can_be_drawn_on() -> None:
    pad, ways, origin = draw_on(sketch(512))
    assert (ways["selected"], origin) == ("draw", "draw")
    assert grey(drawing_of(pad)).min() == 0
    assert draw_on(None)[0] == gr.skip()


def test_an_upload_is_bounded_and_made_anew() -> None:
    picture, _ = take_upload(png(Image.new("RGB", (3000, 1500), "red")), "en")
    assert picture is not None and picture.size == (1024, 512)
    for bad in (None, b"", b"text", png(Image.new("RGB", (3, 3)))):
        with pytest.raises(gr.Error):
            take_upload(bad, "en")


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


def test_a_drawing_to_start_from_can_be_erased() -> None:
    laid = start_from(SimpleNamespace(index=0))  # type: ignore[arg-type]
    strokes = laid["layers"][0]
    alpha = np.asarray(strokes.getchannel("A"))
    assert strokes.size == (CANVAS, CANVAS) and 0.01 < (alpha > 128).mean() < 0.2
    on_paper = Image.new("RGBA", strokes.size, "white")
    on_paper.alpha_composite(strokes)
    assert np.abs(np.asarray(on_paper.convert("L"), int) - np.asarray(laid["composite"].convert("L"), int)).max() <= 1


def test_a_served_file_is_a_png() -> None:
    data = Path(press(count=1)[-1][1][0]).read_bytes()
    assert Image.open(io.BytesIO(data)).format == "PNG"


def test_a_visitor_chooses_among_the_painters_there_are(
    chimera_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    for name in ("chimera", "chimera-lsgan", "colorize"):
        shutil.copytree(chimera_weights, tmp_path / "weights" / name)
    monkeypatch.setattr(hub, "BUNDLED", tmp_path / "weights")
    monkeypatch.setattr(models, "_opened", {})
    assert models.variants("chimera") == ["chimera", "chimera-lsgan"]
    assert [value for _, value in chimera.weights_choices("ja")] == ["chimera", "chimera-lsgan"]
    assert models.chimera("chimera-lsgan").weights == "chimera-lsgan"
    for name in ("colorize", "/etc", "owner/model"):
        with pytest.raises(Misuse):
            models.chimera(name)
