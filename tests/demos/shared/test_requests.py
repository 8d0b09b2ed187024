from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import pytest

from demos.shared.requests import Form
from pipelines.common.errors import Misuse


@dataclass(frozen=True)
class Request:
    name: str
    count: int
    language: str


@pytest.fixture
def form() -> Form[Request]:
    with gr.Blocks():
        inputs = {"name": gr.Textbox(), "count": gr.Number(), "language": gr.Radio(["en", "ja"])}
        outputs = {"greeting": gr.Textbox(), "length": gr.Number()}
    return Form(Request, inputs, outputs)


def ask(form: Form[Request], handler: Any, *others: Any, language: str = "en") -> Any:
    values = {form.inputs["name"]: "Ada", form.inputs["count"]: 2, form.inputs["language"]: language}
    return form.event(handler, "greeting", "length")["fn"](values, *others)


def test_values_become_a_request_and_answers_find_their_components(form: Form[Request]) -> None:
    def greet(request: Request) -> dict[str, Any]:
        return {"greeting": request.name * request.count}

    assert ask(form, greet) == {form.outputs["greeting"]: "AdaAda"}
    event = form.event(greet, "length")
    assert event["inputs"] == set(form.inputs.values()) and event["outputs"] == [form.outputs["length"]]


def test_answers_come_one_by_one_and_errors_in_the_visitors_language(form: Form[Request]) -> None:
    def count(request: Request) -> Iterator[dict[str, Any]]:
        yield {"length": 1}
        raise Misuse("drawing_empty")

    steps = ask(form, count, language="ja")
    assert next(steps) == {form.outputs["length"]: 1}
    with pytest.raises(gr.Error, match="まだ塗るものが"):
        next(steps)


def test_a_handler_that_answers_what_it_did_not_announce_is_caught(form: Form[Request]) -> None:
    with pytest.raises(gr.Error):
        ask(form, lambda request: {"colour": "red"})


def test_a_form_without_one_of_its_fields_is_caught(form: Form[Request]) -> None:
    with pytest.raises(AssertionError):
        Form(Request, {"name": form.inputs["name"]}, {})


def test_gradio_finds_what_it_has_to_fill_itself(form: Form[Request]) -> None:
    from gradio.helpers import special_args

    def chosen(request: Request, event: gr.SelectData, progress: gr.Progress = gr.Progress()) -> dict[str, Any]:  # noqa: B008
        return {}

    bound = form.event(chosen)["fn"]
    _, progress, event, _ = special_args(bound)
    assert (event, progress) == (1, 2)
