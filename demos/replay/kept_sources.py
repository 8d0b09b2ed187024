"""The pictures that are drawn anew, which the browser remembers over a reload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from demos.replay import first
from demos.replay.sources import MOST, saved, shown
from demos.shared.data_urls import PNG, read_url
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED
from pipelines.common.errors import Misuse

SIDE = 1024  # pixels at most, of one that comes back
LONGEST = 900_000  # characters of all together: a request has a million at most
# Keeps what the strip shows: ours by their names, others as PNG; nothing while it shows ours as they were at first.
KEEP = """async (shown) => {
  const ours = %s;
  const number = window.studioSources = (window.studioSources || 0) + 1;  // a slower, older one keeps nothing
  try {
    const urls = (shown || []).map((one) => one.image.url);
    const same = urls.length === ours.length && urls.every((url, place) => url.endsWith('/' + ours[place]));
    window.localStorage.removeItem('studio.sources');
    if (same) return;
    const kept = await Promise.all(urls.map(async (url) => {
      const name = ours.find((one) => url.endsWith('/' + one));
      if (name) return name;
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/png');
    }));
    const all = JSON.stringify(kept);
    if (number === window.studioSources && all.length <= %d) window.localStorage.setItem('studio.sources', all);
  } catch (error) { /* not remembered */ }
}"""
BRING_BACK = """() => {
  try {
    const kept = window.localStorage.getItem('studio.sources');
    return kept ? { value: kept, __type__: 'update' } : { __type__: 'update' };
  } catch (error) { return { __type__: 'update' }; }
}"""


def remember(app: gr.Blocks, strip: gr.Gallery, sources: gr.State, language: gr.Radio) -> None:
    """Keep what the strip shows, and bring it back when the page is loaded."""
    again = gr.Textbox("", visible=False)
    panel = Panel({"again": again, "strip": strip, "sources": sources, "language": language})
    ours = json.dumps([Path(path).name for path in first.sources()])
    strip.change(None, strip, js=KEEP % (ours, LONGEST), queue=False, **PRIVATE)
    again.change(**panel.event(take_again, "sources", "strip", show_progress="hidden", **QUEUED))
    app.load(None, None, again, js=BRING_BACK, queue=False, **PRIVATE)


def take_again(again: str) -> Answer:
    """Take up the pictures that the browser kept; none where one of them is no picture."""
    try:
        kept: Any = json.loads(again) if len(again) <= LONGEST else None
        if not isinstance(kept, list) or len(kept) > MOST:
            return {}
        taken = [path for one in kept for path in paths_of(one)]
    except (ValueError, RecursionError, Misuse):
        return {}
    return shown(taken) if taken else {}


def paths_of(kept: Any) -> list[str]:
    """Return the path of what was kept of one picture, ours or a new file; none of an empty text.

    Raises:
        Misuse: it is no picture.
    """
    ours = [path for path in first.sources() if Path(path).name == kept]
    picture = None if ours else read_url(kept, PNG, SIDE)
    return ours if picture is None else saved([picture])
