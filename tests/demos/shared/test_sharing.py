from __future__ import annotations

import gradio as gr
import pytest

from demos.shared.sharing import say_outcome
from demos.shared.words import say


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_what_became_of_a_picture_to_be_shared_is_said(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda sentence, **_: heard.append(sentence))
    for outcome in ("copied", "refused", "", "anything else"):
        assert say_outcome(outcome, language) == {}
    assert heard == [say("share_copied", language), say("share_refused", language)]
