"""Settings that the browser remembers: after a reload, a step back or a sign-in they are as they were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from demos.shared.widgets import PRIVATE

# The first is filled with the ids of the components, the second with the values that each may take, null for any.
SAVE = """(...values) => {
  const settings = Object.fromEntries(%s.map((id, place) => [id, values[place]]));
  try { window.localStorage.setItem('studio.settings', JSON.stringify(settings)); } catch (error) { /* no room */ }
}"""
RESTORE = """() => {
  let settings = {};
  try { settings = JSON.parse(window.localStorage.getItem('studio.settings')) || {}; } catch (error) { /* none */ }
  return Object.entries(%s).map(([id, values]) => {
    // An older page had other choices; where several may be chosen, all of them must be there still.
    const known = id in settings && (!values || [settings[id]].flat().every((one) => values.includes(one)));
    return { ...(known ? { value: settings[id] } : {}), __type__: 'update' };
  });
}"""


def remember(components: Sequence[Any], app: gr.Blocks) -> None:
    """Save the values of components in the browser when one changes, and set them when the page is loaded."""
    allowed = {one.elem_id: [value for _, value in getattr(one, "choices", [])] or None for one in components}
    ids = json.dumps([*allowed])
    gr.on([one.change for one in components], None, [*components], js=SAVE % ids, queue=False, **PRIVATE)
    app.load(None, None, [*components], js=RESTORE % json.dumps(allowed), queue=False, **PRIVATE)
