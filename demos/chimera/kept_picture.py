"""Uploaded pictures and the way in front, which the browser remembers over a reload as it does the drawing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import gradio as gr

from demos.shared.data_urls import JPEG, MOST, PNG, read_url
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED
from pipelines.common.errors import Misuse

# Keeps what the page shows of an upload to the bit, or, where that takes more than there is room for, as JPEG on white.
KEEP = """async (picture) => {
  const name = 'studio.' + %s;
  try {
    window.localStorage.removeItem(name);  // the one before comes back no more, even if this one has no room
    if (!picture) return;
    const image = new Image();
    image.src = picture.url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const brush = canvas.getContext('2d');
    brush.drawImage(image, 0, 0);
    const most = %d, ways = [['image/png'], ...[0.92, 0.8, 0.6].map((quality) => ['image/jpeg', quality])];
    for (const way of ways) {
      if (way.length > 1) {
        brush.globalCompositeOperation = 'destination-over';
        brush.fillStyle = 'white';
        brush.fillRect(0, 0, image.width, image.height);
      }
      const kept = canvas.toDataURL(...way);
      if (kept.length > most) continue;
      window.localStorage.setItem(name, kept);
      break;
    }
  } catch (error) { /* not remembered */ }
}"""
# Opens the way that was in front and remembers the next, and gives the pictures to the server once more.
BRING_BACK = """() => {
  const names = %s;
  try {
    const before = window.localStorage.getItem('studio.way');
    for (const way of ['draw', 'build', 'picture']) {
      const button = document.querySelector(`#tab-chi-${way}-button`);
      button.addEventListener('click', () => window.localStorage.setItem('studio.way', way));
      if (way === before) button.click();
    }
    const kept = names.map((name) => window.localStorage.getItem('studio.' + name));
    return kept.map((one) => ({ ...(one ? { value: one } : {}), __type__: 'update' }));
  } catch (error) { return names.map(() => ({ __type__: 'update' })); }
}"""


def remember(app: gr.Blocks, pictures: Mapping[str, tuple[gr.Image, gr.State]], language: gr.Radio) -> None:
    """Keep pictures and the way in front; bring them back when the page is loaded.

    Args:
        app: the page.
        pictures: what shows each and what holds it, by the names under which the browser keeps them.
        language: of errors.
    """
    kept = {name: gr.Textbox("", visible=False) for name in pictures}
    for name, (preview, uploaded) in pictures.items():
        panel = Panel({"again": kept[name], "preview": preview, "uploaded": uploaded, "language": language})
        preview.change(None, preview, js=KEEP % (json.dumps(name), MOST), queue=False, **PRIVATE)
        kept[name].change(**panel.event(take_again, "uploaded", "preview", show_progress="hidden", **QUEUED))
    app.load(None, None, [*kept.values()], js=BRING_BACK % json.dumps([*kept]), queue=False, **PRIVATE)


def take_again(again: str) -> Answer:
    """Take up the picture that the browser kept; one that cannot be read is left out."""
    try:
        picture: Any = read_url(again, PNG if again.startswith(PNG) else JPEG, 1024, alpha=True)
    except Misuse:
        picture = None
    return {} if picture is None else {"uploaded": picture, "preview": picture}
