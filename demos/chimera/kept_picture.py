"""The uploaded picture and the way in front, which the browser remembers over a reload as it does the drawing."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.chimera import pad
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED
from pipelines.common.errors import Misuse

# Keeps what the page shows of an upload, as JPEG: a browser has room for a few megabytes.
KEEP = """async (picture) => {
  try {
    if (!picture) { window.localStorage.removeItem('studio.picture'); return; }
    const image = new Image();
    image.src = picture.url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const brush = canvas.getContext('2d');
    brush.fillStyle = 'white';
    brush.fillRect(0, 0, image.width, image.height);
    brush.drawImage(image, 0, 0);
    const most = %d;
    for (const quality of [0.92, 0.8, 0.6]) {
      const kept = canvas.toDataURL('image/jpeg', quality);
      if (kept.length > most) continue;
      window.localStorage.setItem('studio.picture', kept);
      break;
    }
  } catch (error) { /* not remembered */ }
}"""
# Opens the way that was in front and remembers the next, and gives the picture to the server once more.
BRING_BACK = """() => {
  try {
    const before = window.localStorage.getItem('studio.way');
    for (const way of ['draw', 'build', 'picture']) {
      const button = document.querySelector(`#tab-${way}-button`);
      button.addEventListener('click', () => window.localStorage.setItem('studio.way', way));
      if (way === before) button.click();
    }
    const kept = window.localStorage.getItem('studio.picture');
    return { ...(kept ? { value: kept } : {}), __type__: 'update' };
  } catch (error) { return { __type__: 'update' }; }
}"""


def remember(app: gr.Blocks, preview: gr.Image, uploaded: gr.State, language: gr.Radio) -> None:
    """Keep the picture that ``preview`` shows and the way in front; bring both back when the page is loaded."""
    again = gr.Textbox("", visible=False)
    panel = Panel({"again": again, "preview": preview, "uploaded": uploaded, "language": language})
    preview.change(None, preview, js=KEEP % pad.MOST, queue=False, **PRIVATE)
    app.load(None, None, again, js=BRING_BACK, queue=False, **PRIVATE)
    again.change(**panel.event(take_again, "uploaded", "preview", show_progress="hidden", **QUEUED))


def take_again(again: str) -> Answer:
    """Take up the picture that the browser kept; one that cannot be read is left out."""
    try:
        picture: Any = pad.read_url(again, pad.JPEG, 1024)
    except Misuse:
        picture = None
    return {} if picture is None else {"uploaded": picture, "preview": picture}
