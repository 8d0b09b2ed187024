from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from demos.replay import tab, usual
from demos.replay.words import say
from demos.shared.widgets import Words
from pipelines.diffusion.opening import open_model
from pipelines.stylemini.pipeline import StyleMiniPipeline
from tests.pipelines.diffusion.folders import CPU, write_model


def fields() -> usual.Values:
    with gr.Blocks():
        parts = tab.build_styles(Words().of(say), gr.Radio(["en"]), gr.State([]))
    return {name: parts[name].value for name in ("strength", "guidance", "steps")}


def test_the_fields_begin_at_what_suits_the_model_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fields() == {"strength": 1.0, "guidance": 2.0, "steps": 6}
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", "somebody/large")
    assert fields() == {"strength": 0.6, "guidance": 7.5, "steps": 20}


@pytest.mark.parametrize("names", [("strength", "guidance", "steps"), ("guidance", "steps")])
def test_where_another_model_draws_untouched_fields_become_its_own(
    names: tuple[str, ...], pipe: StyleMiniPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = open_model(write_model(tmp_path / "fast", sees_source=False, scheduler="lcm"), CPU)
    plain = open_model(write_model(tmp_path / "plain", sees_source=False), CPU)
    of_small, of_large = ({name: values[name] for name in names} for values in (usual.SMALL, usual.LARGE))
    assert usual.suiting(of_large, pipe.model) == of_large, "nobody asked for a large one: somebody has set them"
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", "somebody/large")
    assert usual.suiting(of_large, pipe.model) == of_small
    assert usual.suiting(of_large, plain) == of_large
    assert usual.suiting(of_large, fast) == {name: {**usual.LARGE, "guidance": 1, "steps": 6}[name] for name in names}
    changed = {**of_large, "steps": 12.0}
    assert usual.suiting(changed, pipe.model) == changed, "what somebody has set stays"
