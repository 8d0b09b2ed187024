"""The language switch: the browser's language at first, the chosen one after, on this visit and the next."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from demos.shared.widgets import QUIET, Words
from demos.shared.words import LANGUAGES, preferred_language

# The language chosen on an earlier visit, none where there was none.
CHOSEN_LANGUAGE = """() => {
  try { return window.localStorage.getItem('studio.language'); } catch (error) { return null; }
}"""
# Remembers the language that a visitor chooses.
REMEMBER_LANGUAGE = """(language) => {
  try { window.localStorage.setItem('studio.language', language); } catch (error) { /* not remembered */ }
}"""
# Changes sentences; filled with a table: language, then component by component, property and sentence.
TRANSLATE = """(language) => {
  const table = %s;
  document.documentElement.lang = language;
  return (table[language] || table.en).map((own) => ({ ...own, __type__: 'update' }));
}"""


def follow_language(words: Words, language: gr.Radio, app: gr.Blocks) -> None:
    """Make the page speak the browser's language at first, and the chosen one after.

    Sentences are changed in the browser. Were they outputs of an event of the server, Gradio would set each of them
    anew with every step of every later event, and read all that a changed tab holds: it would send the drawing a dozen
    times for each stroke.
    """
    sentences, functions = words.sentences(), words.functions()

    def updates(chosen: str) -> list[Any]:
        return [gr.update(**{name: make(chosen) for name, make in own.items()}) for _, own in functions]

    def greet(chosen: str | None, request: gr.Request) -> list[Any]:
        preferred = chosen or preferred_language(request.headers.get("accept-language"))
        as_built = [gr.skip()] * len(functions)  # a page is built in English
        return [preferred, *(as_built if preferred == "en" else updates(preferred))]

    outputs = [component for component, _ in functions]
    app.load(greet, language, [language, *outputs], js=CHOSEN_LANGUAGE, **QUIET)
    language.input(updates, language, outputs, trigger_mode="always_last", **QUIET)
    language.input(None, language, js=REMEMBER_LANGUAGE, **QUIET)
    table = {code: [{n: make(code) for n, make in own.items()} for _, own in sentences] for code in LANGUAGES}
    language.change(
        None, language, [component for component, _ in sentences], js=TRANSLATE % json.dumps(table), **QUIET
    )
