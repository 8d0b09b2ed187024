"""Keeping a picture of a sheet that was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demos.shared.requests import Answer
from demos.shared.widgets import add_to_mine
from demos.shared.words import say


@dataclass(frozen=True)
class Pressed:
    """A sheet and the kept pictures beside it when the sheet is pressed; fields are named as components.

    Attributes:
        drawn: what the sheet shows, as its tab notes it.
        kept: files of the pictures that were kept before, the newest first. One list a visit, which presses add to:
            two may wait for their turns at once.
        language: of the page.
    """

    drawn: Any
    kept: list[str]
    language: str

    def keep(self, path: str) -> Answer:
        """Put a picture first among the kept ones, and say so."""
        self.kept[:] = add_to_mine(self.kept, [path])
        gr.Info(say("kept_now", self.language), duration=4)
        return {"kept": self.kept, "gallery": [*self.kept]}
