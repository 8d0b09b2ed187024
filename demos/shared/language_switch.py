"""The language switch: the browser's language at first, the chosen one after, on this visit and the next."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from demos.shared.widgets import QUIET, Words
from demos.shared.words import LANGUAGES

# The language chosen on an earlier visit, else the first of the browser's that the page speaks; filled with those.
FIRST_LANGUAGE = """() => {
  const offered = %s;
  let kept = null;
  try { kept = window.localStorage.getItem('studio.language'); } catch (error) { /* none */ }
  const wanted = [kept, ...(navigator.languages || [navigator.language])].map((tag) => (tag || '').slice(0, 2));
  const first = wanted.find((tag) => offered.includes(tag)) || 'en';
  return { ...(first === 'en' ? {} : { value: first }), __type__: 'update' };  // in English it is already
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

    A page is built in English. Sentences are changed in the browser: were they outputs of an event of the server,
    Gradio would set each of them anew with every step of every later event, and read all that a changed tab holds.
    """
    sentences, functions = words.sentences(), words.functions()

    def updates(chosen: str) -> list[Any]:
        return [gr.update(**{name: make(chosen) for name, make in own.items()}) for _, own in functions]

    outputs = [component for component, _ in functions]
    app.load(None, None, language, js=FIRST_LANGUAGE % json.dumps([*LANGUAGES]), **QUIET)
    language.change(updates, language, outputs, trigger_mode="always_last", **QUIET)
    language.input(None, language, js=REMEMBER_LANGUAGE, **QUIET)
    table = {code: [{n: make(code) for n, make in own.items()} for _, own in sentences] for code in LANGUAGES}
    translated, js = [component for component, _ in sentences], TRANSLATE % json.dumps(table)
    # Chosen by hand it speaks at once; what follows a change waits for all that was bound to it before.
    gr.on([language.input, language.change], None, language, translated, js=js, **QUIET)
