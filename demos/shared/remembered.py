"""What the browser remembers: after a reload, a step back or a sign-in settings and tab are as they were."""

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
# Filled with the names of the tabs, presses the one that the address asks for, and takes that out of the address, or
# the one that was in front last. On a phone it may be among those behind the three dots, which are there once the menu
# is open. (As a value, Gradio would not build what the tab holds; and it says of the first that it was selected.)
TAB = """() => {
  const names = %s;
  let wanted = location.hash.slice(1);
  if (names.includes(wanted)) history.replaceState(history.state, '', location.pathname + location.search);
  else try { wanted = window.sessionStorage.getItem('studio.tab'); } catch (error) { /* none */ }
  const button = (name) => document.querySelector(`#tab-${name}-button`);
  document.addEventListener('click', () => setTimeout(() => {
    const front = names.find((name) => button(name) && button(name).ariaSelected === 'true');
    try { if (front) window.sessionStorage.setItem('studio.tab', front); } catch (error) { /* no room */ }
  }, 100));
  if (names.indexOf(wanted) < 1) return;  // the first is in front
  const press = (tries) => {
    const shown = names.filter(button).length;
    const menu = document.querySelector('.overflow-menu');
    const behind = menu && menu.querySelectorAll('.overflow-dropdown button')[names.indexOf(wanted) - shown];
    if (button(wanted)) button(wanted).click();
    else if (shown && behind) behind.click();
    else if (tries > 0) {
      if (shown && menu && !menu.querySelector('.overflow-dropdown button')) menu.querySelector('button').click();
      setTimeout(() => press(tries - 1), 150);
    }
  };
  press(40);
}"""


def remember(components: Sequence[Any], app: gr.Blocks) -> None:
    """Save the values of components in the browser when one changes, and set them when the page is loaded."""
    allowed = {one.elem_id: [value for _, value in getattr(one, "choices", [])] or None for one in components}
    ids = json.dumps([*allowed])
    gr.on([one.change for one in components], None, [*components], js=SAVE % ids, queue=False, **PRIVATE)
    app.load(None, None, [*components], js=RESTORE % json.dumps(allowed), queue=False, **PRIVATE)


def remember_tab(names: Sequence[str], app: gr.Blocks) -> None:
    """Save which tab is in front, and bring it there when the page is loaded.

    Args:
        names: of the tabs in the order of the page, ``tab-NAME`` their ids.
        app: the page.
    """
    app.load(None, js=TAB % json.dumps(names), queue=False, **PRIVATE)
