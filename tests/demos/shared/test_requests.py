from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.helpers import special_args

from demos.shared import requests
from demos.shared.errors import explain
from demos.shared.requests import Answer, Panel
from demos.shared.turns import PATIENCE, Kind, Turns
from demos.shared.words import LANGUAGES, say
from pipelines.common.errors import Misuse


@dataclass(frozen=True)
class Request:
    name: str
    sizes: Mapping[str, float]


@pytest.fixture
def panel() -> Panel:
    with gr.Blocks():
        sizes = {"width": gr.Number(), "height": gr.Number()}
        parts = {"sizes": sizes, "name": gr.Textbox(), "length": gr.Number(), "language": gr.Radio([*LANGUAGES])}
    return Panel(parts)


def ask(panel: Panel, handler: Any, *others: Any, language: str = "en") -> Any:
    return panel.event(handler, "name", "sizes")["fn"]("Ada", 3, 4, language, *others)


def test_values_become_a_request_and_answers_find_their_components(panel: Panel) -> None:
    def grow(request: Request) -> Answer:
        return {"name": request.name * 2, "sizes": {"height": sum(request.sizes.values())}}

    parts = panel.components
    name, width, height = parts["name"], parts["sizes"]["width"], parts["sizes"]["height"]
    assert ask(panel, grow) == {name: "AdaAda", height: 7, width: gr.skip()}
    event = panel.event(grow, "name", "sizes", queue=False)
    assert event["inputs"] == [name, width, height, parts["language"]] and event["queue"] is False
    assert event["outputs"] == [name, width, height]


def test_a_handler_may_take_and_answer_nothing(panel: Panel) -> None:
    assert panel.event(lambda: {})["fn"]("en") is None
    assert panel.event(lambda: {}, "name")["fn"]("en") == {panel.components["name"]: gr.skip()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_come_one_by_one_and_errors_in_the_visitors_language(panel: Panel, language: str) -> None:
    def fail(request: Request) -> Answer:
        raise Misuse("drawing_empty")

    def count(request: Request) -> Iterator[Answer]:
        yield {"name": "one"}
        raise Misuse("drawing_empty")

    steps = ask(panel, count, language=language)
    assert next(steps)[panel.components["name"]] == "one"
    for failing in (lambda: next(steps), lambda: ask(panel, fail, language=language)):
        with pytest.raises(gr.Error) as error:
            failing()
        assert error.value.message == explain(Misuse("drawing_empty"), language)


def test_what_nobody_expected_is_logged_and_not_shown(panel: Panel, caplog: pytest.LogCaptureFixture) -> None:
    def leak(request: Request) -> Answer:
        raise RuntimeError("/secret/path")

    with pytest.raises(gr.Error) as error:
        ask(panel, leak)
    assert "secret" not in str(error.value.message) and "/secret/path" in caplog.text


def test_a_handler_that_answers_what_it_did_not_announce_is_caught(panel: Panel) -> None:
    with pytest.raises(gr.Error):
        ask(panel, lambda: {"length": 3})


def test_arguments_may_have_the_names_of_components_themselves(panel: Panel) -> None:
    def both(sizes: Mapping[str, float], name: str) -> Answer:
        return {"name": f"{name}: {sizes}"}

    event = panel.event(both, "name")
    parts = panel.components
    assert event["inputs"] == [*parts["sizes"].values(), parts["name"], parts["language"]]
    assert event["fn"](3, 4, "Ada", "en") == {parts["name"]: "Ada: {'width': 3, 'height': 4}"}


def test_a_panel_without_one_of_a_requests_fields_is_caught(panel: Panel) -> None:
    def greet(request: Request) -> Answer:
        return {}

    with pytest.raises(KeyError, match="sizes"):
        Panel({"name": panel.components["name"]}).event(greet)


def test_gradio_finds_what_it_has_to_fill_itself(panel: Panel) -> None:
    def chosen(request: Request, event: gr.SelectData, progress: gr.Progress = gr.Progress()) -> Answer:  # noqa: B008
        return {"name": event}

    _, progress, event, _ = special_args(panel.event(chosen)["fn"])
    assert (event, progress) == (4, 5)
    assert ask(panel, chosen, "the third")[panel.components["name"]] == "the third"


def test_who_asks_is_looked_at_before_anything_else(panel: Panel) -> None:
    asked: list[Any] = []

    def admit(visitor: Any, language: str) -> None:
        asked.append((visitor, language))
        if visitor is None:
            raise gr.Error("not you")

    def greet(request: Request) -> Answer:
        asked.append(request.name)
        return {}

    guarded = Panel({name: one for name, one in panel.components.items() if name != "language"}, "ja", admit)
    fn = guarded.event(greet)["fn"]
    inputs, *_ = special_args(fn, ["Ada", 3, 4], "the visitor")  # type: ignore[arg-type]
    fn(*inputs)
    assert asked == [("the visitor", "ja"), "Ada"], "Gradio fills in who asks"
    with pytest.raises(gr.Error, match="not you"):
        fn("Ada", 3, 4, None)
    assert asked[2:] == [(None, "ja")]


def shared(panel: Panel, handler: Any, kind: Kind, language: str = "en") -> list[Any]:
    """Return what a handler answers that takes turns."""
    fn = panel.event(handler, "name", turns=kind)["fn"]
    who = SimpleNamespace(session_hash="me", client=SimpleNamespace(host="10.0.0.1"))

    async def all_of() -> list[Any]:
        return [answer[panel.components["name"]] async for answer in fn(4, language, who)]

    return asyncio.run(all_of())


def variants(length: float) -> Iterator[Answer]:
    for number in range(int(length)):
        yield {"name": f"picture {number}"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crowd_gets_fewer_pictures_each_and_is_told_so(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", told.append)
    press = Kind(count="length")
    monkeypatch.setattr(requests, "TURNS", Turns(seconds=0.01))
    assert shared(panel, variants, press, language) == [f"picture {number}" for number in range(4)] and told == []
    slow = Turns(seconds=PATIENCE)
    for number in range(2):
        slow.join(Kind(), str(number), "10.0.0.2")
    monkeypatch.setattr(requests, "TURNS", slow)
    monkeypatch.setattr(slow, "clock", iter(range(0, 1000, 10)).__next__)
    assert shared(panel, variants, press, language) == ["picture 0"]
    assert told[-1] == say("fewer_pictures", language).format(made=1, wanted=4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stroke_that_is_left_out_says_so_where_it_may(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    busy = Turns(seconds=PATIENCE)
    busy.join(Kind(), "another", "10.0.0.2")
    monkeypatch.setattr(requests, "TURNS", busy)
    assert shared(panel, variants, Kind(live=True, said="name"), language) == [say("live_left_out", language)]
    assert shared(panel, variants, Kind(live=True), language) == [gr.skip()], "what is shown stays"


def test_too_many_presses_of_a_visitor_get_a_sentence(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Turns()
    monkeypatch.setattr(requests, "TURNS", busy)
    for _ in range(2):
        busy.join(Kind(), "me", "10.0.0.1")
    with pytest.raises(gr.Error, match=r"try again in about \d+ seconds"):
        shared(panel, variants, Kind(count="length"))
