from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from demos.replay import first, sources
from demos.replay.sources import MOST, MOST_UNDONE, Chosen
from pipelines.common.errors import Misuse
from tests.tools import noisy_picture

OURS = Chosen(first.sources(), [], "en")


def press(path: str) -> Any:
    """Return what Gradio says of a picture that is pressed."""
    return SimpleNamespace(index=0, value={"image": {"path": path, "url": f"/file={path}"}, "caption": ""})


def after(request: Chosen, answer: Any) -> Chosen:
    """Return the pictures as they are after an answer."""
    assert [path for path, _ in answer.get("strip", [])] == answer.get("sources", [])
    return Chosen(answer.get("sources", request.sources), answer.get("before", request.before), request.language)


def colors(paths: list[str]) -> list[Any]:
    """Return the pictures' top left pixels."""
    return [Image.open(path).convert("RGB").getpixel((0, 0)) for path in paths]


@pytest.fixture
def plain(tmp_path: Path) -> list[str]:
    """Pictures of one colour each, the red of which is their number."""
    paths = [tmp_path / f"plain-{number}.png" for number in range(6)]
    for number, path in enumerate(paths):
        Image.new("RGB", (32, 32), (number, 0, 0)).save(path)
    return [str(path) for path in paths]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sentences that the page has said."""
    heard: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda sentence, duration: heard.append(sentence))
    return heard


def test_pictures_are_taken_in_place_of_ours(pictures: list[str], tmp_path: Path) -> None:
    answer = sources.take(pictures, OURS)
    assert len(answer["sources"]) == 2 and answer["files"] is None
    assert [Image.open(path).size for path in answer["sources"]] == [(32, 32)] * 2
    assert sources.take(None, OURS) == {}
    with pytest.raises(Misuse, match="4"):
        sources.take(pictures * 3, OURS)
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(Misuse):
        sources.take([str(tmp_path / "notes.png")], OURS)
    with pytest.raises(gr.Error, match=r"notes\.png: .*画像") as error:
        sources.take([*pictures, str(tmp_path / "notes.png")], Chosen([], [], "ja"))
    assert error.value.print_exception is False


def test_more_pictures_join_those_that_a_visitor_has_brought(plain: list[str], said: list[str]) -> None:
    two = after(OURS, sources.take(plain[:2], OURS))
    three = after(two, sources.take(plain[2:3], two))
    assert three.sources[:2] == two.sources and [red for red, *_ in colors(three.sources)] == [0, 1, 2]
    assert not said
    full = after(three, sources.take(plain[3:5], three))
    assert [red for red, *_ in colors(full.sources)] == [1, 2, 3, 4], "the oldest makes room"
    assert len(said) == 1 and "Undo" in said[0]
    assert after(full, sources.undo(full.before)) == three
    fewer = after(OURS, sources.take_off(OURS, press(first.sources()[0])))
    assert len(sources.take(plain[:1], fewer)["sources"]) == 1, "some of ours are ours still"


@pytest.mark.parametrize(("width", "height", "taken"), [(1, 1, False), (15, 40, False), (16, 40, True)])
def test_a_picture_of_a_few_pixels_is_refused(width: int, height: int, taken: bool, tmp_path: Path) -> None:
    noisy_picture(1, width, height).save(tmp_path / "small.png")
    try:
        assert len(sources.take([str(tmp_path / "small.png")], OURS)["sources"]) == 1 and taken
    except Misuse as error:
        assert not taken and error.code == "image_too_small"


def test_every_change_can_be_undone_one_after_the_other(plain: list[str]) -> None:
    seen = [OURS]
    seen.append(after(seen[-1], sources.take(plain[:3], seen[-1])))
    seen.append(after(seen[-1], sources.take_off(seen[-1], press(seen[-1].sources[0]))))
    seen.append(after(seen[-1], sources.take_off(seen[-1], press(seen[-1].sources[1]))))
    seen.append(after(seen[-1], sources.back(seen[-1])))
    assert [len(one.sources) for one in seen] == [4, 3, 2, 1, 4]
    now = seen.pop()
    while seen:
        now = after(now, sources.undo(now.before))
        assert now == seen.pop()
    assert now == OURS and sources.undo(now.before) == {}
    assert sources.back(OURS) == {}, "what changes nothing needs no undo"


def test_no_more_changes_are_kept_than_a_visitor_would_undo(plain: list[str]) -> None:
    now = after(OURS, sources.take(plain[:1], OURS))
    for _ in range(MOST_UNDONE):
        now = after(now, sources.take(plain[:1], now))
    assert len(now.before) == MOST_UNDONE and OURS.sources not in now.before and len(now.sources) == MOST


def test_presses_that_come_before_the_answers_take_off_what_was_pressed(plain: list[str], said: list[str]) -> None:
    start = after(OURS, sources.take([plain[0], plain[1], plain[1], plain[2]], OURS))
    one, two, like_two, three = start.sources
    now = start
    for path in (one, two, two):
        now = after(now, sources.take_off(now, press(f"/elsewhere/{Path(path).name}")))  # Gradio serves a copy
    assert now.sources == [like_two, three], "a picture pressed twice leaves once, and none that looks like it"
    now = after(now, sources.take_off(now, press(three)))
    assert len(said) == 3 and sources.take_off(now, press(like_two)) == {}, "the last one stays"
    assert len(said) == 4 and after(now, sources.undo(now.before)).sources == [like_two, three]


@pytest.mark.parametrize("value", [None, "a.png", {}, {"image": None}, {"image": {"path": 3}}, [["image"]]])
def test_a_press_on_no_picture_is_refused(value: Any) -> None:
    with pytest.raises(Misuse) as error:
        sources.take_off(OURS, SimpleNamespace(index=0, value=value))  # type: ignore[arg-type]
    assert error.value.code == "request_unusable"
