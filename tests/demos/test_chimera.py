from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demos import chimera, models
from demos.chimera import chosen_input, follow, hex_color, kind_of, paint_animals, start_from, take_upload
from pipelines import provenance
from pipelines.chimera.pipeline import ChimeraPipeline
from tests.tools import noisy_picture, png, sketch


@pytest.fixture(autouse=True)
def small_model(chimera_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = ChimeraPipeline.from_pretrained(chimera_weights, "cpu")
    monkeypatch.setattr(models, "chimera", lambda: pipe)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def drawn(image: Image.Image) -> dict[str, Any]:
    return {"background": None, "layers": [], "composite": image}


def press(**changed: Any) -> list[tuple[Any, ...]]:
    arguments = {"origin": "draw", "pad": drawn(sketch(200)), "uploaded": None, "kind": "auto", "sensitivity": 0.5}
    options = {"seed": 7, "count": 2, "background": "#ffffff", "keep": True, "mine": [], "language": "en"}
    return list(paint_animals(**{**arguments, **options, **changed}, progress=lambda *_: None))  # type: ignore[arg-type]


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
    photo = noisy_picture(1, 64, 64)
    assert chosen_input("draw", drawn(sketch(64)), photo) != photo
    assert chosen_input("picture", drawn(sketch(64)), photo) is photo
    assert chosen_input("draw", None, photo) is None and chosen_input("picture", drawn(photo), None) is None


def test_the_pad_is_a_drawing_unless_the_visitor_says_otherwise() -> None:
    assert kind_of("draw", "auto") == "drawing" and kind_of("draw", "photo") == "photo"
    assert kind_of("picture", "auto") == "auto"


def followed(pad: dict[str, Any] | None, live: bool = True) -> tuple[Any, str, Any, Any]:
    return follow("draw", pad, None, "auto", 0.5, 7, "#ffffff", True, live, "en")


def test_the_lines_are_shown_black_on_white() -> None:
    shown, taken, _, _ = followed(drawn(sketch(200)))
    assert np.asarray(shown).mean() > 200 and np.asarray(shown).min() == 0
    assert "drawing" in taken
    assert followed(None)[:3] == (None, "", None)


def test_live_the_first_picture_of_a_press_follows_the_pen() -> None:
    lines, _, (before, after), download = followed(drawn(sketch(200)))
    assert np.array_equal(np.asarray(before.convert("L")), np.asarray(lines))
    pressed = Path(press()[-1][1][0])
    assert np.array_equal(np.asarray(after), np.asarray(Image.open(pressed)))
    assert Path(download["value"]).read_bytes() == pressed.read_bytes(), "the download is what is shown"


def test_not_live_the_picture_stays_and_with_nothing_to_paint_it_goes() -> None:
    assert followed(drawn(sketch(200)), live=False)[2:] == (gr.skip(), gr.skip())
    assert followed(None, live=False)[2:] == (gr.skip(), gr.skip())
    lines, _, shown, download = followed(drawn(Image.new("RGB", (99, 99), "white")))
    assert (lines, shown, download["value"], download["interactive"]) == (None, None, None, False)


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
    assert strokes.size == (chimera.CANVAS, chimera.CANVAS) and 0.01 < (alpha > 128).mean() < 0.2
    on_paper = Image.new("RGBA", strokes.size, "white")
    on_paper.alpha_composite(strokes)
    assert np.abs(np.asarray(on_paper.convert("L"), int) - np.asarray(laid["composite"].convert("L"), int)).max() <= 1


def test_a_served_file_is_a_png() -> None:
    data = Path(press(count=1)[-1][1][0]).read_bytes()
    assert Image.open(io.BytesIO(data)).format == "PNG"
