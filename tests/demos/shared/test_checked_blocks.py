from __future__ import annotations

import asyncio
import datetime
import errno
import logging
import math
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from demos.shared.checked_blocks import Blocks
from demos.shared.widgets import Stubless
from pipelines.common.errors import Misuse


class Failing(gr.Textbox, metaclass=Stubless):
    """Fails as its value says."""

    def preprocess(self, payload: Any) -> Any:
        failures = {"misuse": Misuse("picture_missing"), "disk": OSError(errno.ENOSPC, "full", "/tmp/x.png")}
        raise failures.get(payload, ValueError("what a stranger sent"))


def ask(app: Blocks, function: int, *inputs: Any, language: str = "en", data: Any = None) -> str:
    """Return what a visitor reads who calls a function of the page, empty where it went well."""
    request: Any = SimpleNamespace(headers={"accept-language": language})
    event = gr.EventData(None, data)
    try:
        asyncio.run(app.process_api(function, list(inputs), request=request, event_data=event))
    except gr.Error as error:
        assert not error.print_exception, "a stranger fills no log"
        return str(error.message)
    return ""


def page(component: Any, handler: Any) -> Blocks:
    with Blocks(analytics_enabled=False) as app:
        component.render()
        gr.Button().click(handler, component)
        gr.Button().click(None, component, js="(value) => value")
    return app


def test_a_page_that_is_heard_from_again_is_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradio notes a broken connection once for all, and an hour after it was made what a visitor has is gone."""
    with Blocks(analytics_enabled=False) as app:
        kept = gr.State()
        gr.Button().click(lambda: None)
    session = SessionState(app)
    session[kept._id] = "a photograph"
    session.is_closed = True
    asyncio.run(app.process_api(0, [], state=session))
    later = datetime.datetime.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr("gradio.state_holder.datetime", SimpleNamespace(datetime=SimpleNamespace(now=lambda: later)))
    assert [(value, expired) for _, value, expired in session.state_components] == [("a photograph", False)]
    session.is_closed = True  # and a phone that is asleep keeps it for a day
    assert [expired for _, _, expired in session.state_components] == [False]


@pytest.mark.parametrize(
    ("component", "sent"),
    [
        (gr.Checkbox(render=False), "yes"),
        (gr.Number(render=False), ["1"]),
        (gr.Number(render=False), True),
        (gr.Number(render=False), math.nan),
        (gr.Slider(render=False), -math.inf),
        (gr.ColorPicker(render=False), 7),
        (gr.Number(render=False), {"a": 1}),
        (gr.File(render=False), {"path": "/etc/passwd"}),
        (gr.File(render=False), {"path": "https://example.org/large", "meta": {"_type": "gradio.FileData"}}),
        (gr.File(render=False), 7),
        (gr.Image(render=False), "data:nothing"),
    ],
)
def test_what_a_component_cannot_read_gets_a_sentence(
    component: Any, sent: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = page(component, lambda value: None)
    assert "reload" in ask(app, 0, sent)
    assert any("가" <= letter <= "힣" for letter in ask(app, 0, sent, language="ko"))
    assert "reload" in ask(app, 0), "an input is missing"
    assert "reload" in ask(app, 1, None), "the browser's own event"
    assert not caplog.records


@pytest.mark.parametrize(
    ("sent", "said"), [("misuse", "choose a picture first"), ("disk", "no room left"), ("", "reload")]
)
def test_a_component_of_ours_says_what_is_wrong(sent: str, said: str) -> None:
    assert said in ask(page(Failing(render=False), lambda value: None), 0, sent).lower()


@pytest.mark.parametrize("data", [None, [], "x", {}, {"index": 1}])
def test_a_selection_that_selects_nothing_is_refused(data: Any, caplog: pytest.LogCaptureFixture) -> None:
    def selected(event: gr.SelectData) -> str:
        return str(event.index)

    with Blocks(analytics_enabled=False) as app:
        gr.Gallery().select(selected, None, gr.Textbox())
    assert "reload" in ask(app, 0, data=data)
    assert ask(app, 0, data={"index": 1, "value": None}) == "" and not caplog.records


def test_our_own_mistakes_still_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with Blocks(analytics_enabled=False) as app:
        gr.Button().click(lambda: "no number", None, gr.Number(precision=0))
    with caplog.at_level(logging.ERROR):
        assert "not with what you did" in ask(app, 0)
    assert caplog.records[0].exc_info is not None


def test_a_browser_leaves_the_size_of_files_to_the_server_whose_sentence_is_in_its_language() -> None:
    app = page(gr.File(render=False), print)
    app.max_file_size = 100
    assert app.get_config_file()["max_file_size"] is None
