"""A button that hands a picture to other apps, or to the clipboard where the browser cannot."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.shared.requests import Answer, Panel
from demos.shared.widgets import PRIVATE, QUEUED, Words
from demos.shared.words import say

# Takes the file under the download button; says what became of it.
SHARE = """async (download) => {
  if (!download) return 'nothing';
  const blob = await (await fetch(download.url)).blob();
  const file = new File([blob], download.orig_name || 'picture.png', { type: blob.type });
  try {
    if (navigator.canShare && navigator.canShare({ files: [file] })) {
      await navigator.share({ files: [file], title: document.title });
      return 'done';
    }
    await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
    return 'copied';
  } catch (error) {
    return error.name === 'AbortError' ? '' : 'refused';
  }
}"""
OUTCOMES = ("done", "copied", "refused", "nothing")


def share_button(words: Words, language: gr.Radio, download: gr.DownloadButton, **options: Any) -> gr.Button:
    """Return the button beside a download button, which shares what that holds."""
    button = words.of(say).add(gr.Button(**options), "share_picture")
    outcome = gr.Textbox(visible=False)
    panel = Panel({"outcome": outcome, "language": language})
    shared = button.click(None, download, outcome, js=SHARE, **PRIVATE)
    shared.then(**panel.event(say_outcome, show_progress="hidden", **QUEUED))
    return button


def say_outcome(outcome: str, language: str) -> Answer:
    """Say what became of a picture that was to be shared; a cancelled share gives no message."""
    if outcome in OUTCOMES:
        gr.Info(say(f"share_{outcome}", language), duration=4)
    return {}
