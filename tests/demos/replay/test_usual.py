from __future__ import annotations

import gradio as gr
import pytest

from demos.replay import tab, usual
from demos.replay.words import say
from demos.shared.widgets import Words


def fields() -> usual.Values:
    with gr.Blocks():
        parts = tab.build_styles(Words().of(say), gr.Radio(["en"]), gr.State([]))
    return {name: parts[name].value for name in ("strength", "guidance", "steps")}


def test_the_fields_begin_at_what_suits_the_model_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fields() == {"strength": 1.0, "guidance": 2.0, "steps": 6}
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", "somebody/large")
    assert fields() == {"strength": 0.6, "guidance": 7.5, "steps": 20}


@pytest.mark.parametrize("names", [("strength", "guidance", "steps"), ("guidance", "steps")])
def test_where_the_small_model_draws_instead_untouched_fields_become_its_own(names: tuple[str, ...]) -> None:
    untouched = {name: usual.LARGE[name] for name in names}
    assert usual.suiting(untouched, small=True) == {name: usual.SMALL[name] for name in names}
    assert usual.suiting(untouched, small=False) == untouched
    changed = {**untouched, "steps": 12.0}
    assert usual.suiting(changed, small=True) == changed, "what somebody has set stays"
