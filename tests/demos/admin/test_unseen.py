from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
import pandas as pd
from PIL import Image

from demos.admin.jobs import LOOKS, Look, Seen, news
from demos.admin.unseen import unseen


def chart(*values: float) -> Any:
    return gr.update(value=pd.DataFrame({"step": range(len(values)), "value": values}), visible=True)


def test_only_what_is_new_is_sent() -> None:
    answer = {"log": "step 1", "charts": {0: chart(1.0), 1: chart(2.0)}}
    new, shown = unseen(answer, {})
    assert new == answer
    assert unseen(answer, shown) == ({}, shown)
    later = {"log": "step 2", "charts": {0: chart(1.0), 1: chart(2.0, 1.5)}}
    new, shown = unseen(later, shown)
    assert [*new] == ["log", "charts"] and [*new["charts"]] == [1]
    assert [*unseen(answer, shown)[0]] == ["log", "charts"], "what was there before is new again"
    assert unseen({"log": "step 2"}, shown) == ({}, shown), "what is not answered is still there"


def looks(answer: dict[str, Any], count: int, request: Look) -> tuple[list[list[str]], Look]:
    """Look several times; return what was sent each time, and the request that would be next."""
    sent = []
    for _ in range(count):
        found = dict(news({**answer, "seen": Seen()} if "log" in answer else answer, request))
        request = replace(request, seen=found.pop("seen"))
        sent.append(sorted(found))
    return sent, request


def test_all_is_sent_at_first_when_something_else_is_chosen_and_now_and_then() -> None:
    answer = {"log": "done", "table": [[1, "done"]]}
    both = ["log", "table"]
    sent, request = looks(answer, 3, Look(1, 0, 0, Seen()))
    assert sent == [both, [], []]
    sent, request = looks(answer, 2, replace(request, beside=2))
    assert sent == [both, []]
    sent, request = looks(answer, LOOKS + 1, request)
    assert sent.count(both) == 1 and sent.count([]) == LOOKS
    trouble, request = looks({"standing": "the queue cannot be opened"}, 1, request)
    assert trouble == [["standing"]]
    assert looks(answer, 2, request)[0] == [both, []], "in the place of the trouble all is there again"


def test_what_the_one_who_looks_may_have_changed_is_sent_whenever_it_is_answered() -> None:
    """A preview comes back after another was looked at; the choice of weights is not set back unasked."""
    picture, weights = Image.new("RGB", (2, 2)), gr.update(choices=["last"], value="last")
    request, sent = Look(1, 0, 0, Seen()), []
    for answer in ({"preview": picture, "export": weights}, {}, {"preview": picture}, *[{}] * LOOKS):
        found = dict(news({**answer, "log": "done", "seen": Seen()}, request))
        request = replace(request, seen=found["seen"])
        sent.append([name for name in ("preview", "export") if name in found])
    assert sent == [["preview", "export"], [], ["preview"], *[[]] * LOOKS]


def test_charts_that_grow_are_sent_now_and_then_and_when_a_job_ends() -> None:
    request, sent = Look(1, 0, 0, Seen()), []
    for step, status in enumerate(["running"] * 8 + ["done"]):
        answer = {"log": str(step), "charts": {0: chart(*range(step + 1))}, "seen": Seen({1: status})}
        found = news(answer, request)
        request = replace(request, seen=found["seen"])
        sent.append("charts" in found)
        assert found["log"] == str(step)
    assert sent == [True, False, False, False, False, True, False, False, True]
