from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from demos.replay import tab
from demos.replay.words import say
from demos.shared.widgets import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return Words().of(say)


@pytest.fixture(scope="module")
def blocks(words: Words) -> gr.Blocks:
    with gr.Blocks() as built:
        tab.build(words, gr.Radio(["en", "ja", "ko"], value="en", elem_id="language"))
    return built


@pytest.fixture(scope="module")
def page(blocks: gr.Blocks) -> dict[str, Any]:
    """What the browser is told of the page."""
    told: dict[str, Any] = blocks.get_config_file()
    return told


def events(page: dict[str, Any], identifier: str, kind: str) -> list[dict[str, Any]]:
    """Return the events of a component."""
    (number,) = (one["id"] for one in page["components"] if one["props"].get("elem_id") == identifier)
    return [one for one in page["dependencies"] if (number, kind) in one["targets"]]


def changes(page: dict[str, Any], event: dict[str, Any]) -> set[str]:
    """Return the names of what an event changes."""
    names = {one["id"]: one["props"].get("elem_id") for one in page["components"]}
    return {names[number] for number in event["outputs"] if names.get(number)}


@pytest.mark.parametrize("identifier", ["rep-strip", "rep-sheet"])
def test_two_presses_on_pictures_before_the_answer_both_count(page: dict[str, Any], identifier: str) -> None:
    assert [one["trigger_mode"] for one in events(page, identifier, "select")] == ["multiple"]


def test_changes_of_the_pictures_are_made_one_after_the_other(page: dict[str, Any], blocks: gr.Blocks) -> None:
    pressed = [("rep-strip", "select"), ("rep-undo", "click"), ("rep-ours", "click")]
    found = [one for identifier, kind in pressed for one in events(page, identifier, kind)]
    assert [one["trigger_mode"] for one in found] == ["multiple"] * 3
    bound = [blocks.fns[one["id"]] for one in found]
    assert {(one.concurrency_id, one.concurrency_limit) for one in bound} == {("replay-sources", 1)}


def test_only_handlers_say_what_is_in_the_buffer(page: dict[str, Any], words: Words) -> None:
    assert "rep-contents" not in [component.elem_id for component, _ in words.sentences()]
    told = [one for one in events(page, "language", "change") if "rep-contents" in changes(page, one)]
    assert len(told) == 1 and told[0]["backend_fn"]


def test_words_are_checked_by_one_event_so_that_the_newest_language_is_the_last(page: dict[str, Any]) -> None:
    (checked,) = events(page, "rep-own", "blur")
    assert checked in events(page, "language", "change") and checked["trigger_mode"] == "always_last"
    others = [one for one in events(page, "language", "change") if one != checked]
    assert changes(page, checked) == {"rep-unknown"} and not any("rep-unknown" in changes(page, one) for one in others)
