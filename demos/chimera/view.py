"""What a visitor of the Chimera tab looks at, and what follows from it for the page."""

from __future__ import annotations

from dataclasses import dataclass, field

import gradio as gr
from PIL import Image

from demos.shared.requests import Answer


@dataclass(eq=False)
class View:
    """What the visitor looks at. One object a visit: an answer that comes late finds what was chosen meanwhile.

    Attributes:
        origin: the way it was made by, as in ``Request``.
        lines: black on white, the size of the pictures.
        path: the picture in the slider.
        cutout: the same animal alone, under the download button.
        variants: picture and cut-out of the last press.
        variant_lines: the lines of that press.
        seed: of that press.
        edges: the lines shown below, which a click falls on.
        kept: a picture laid aside to compare others with.
        beside: what is on the left of the slider's handle, ``lines`` or ``kept``.
        mine: pictures of this visit, the newest first.
    """

    origin: str = "draw"
    lines: Image.Image | None = None
    path: str | None = None
    cutout: str | None = None
    variants: list[tuple[str, str]] = field(default_factory=list)
    variant_lines: Image.Image | None = None
    seed: int = 7
    edges: Image.Image | None = None
    kept: str | None = None
    beside: str = "lines"
    mine: list[str] = field(default_factory=list)

    def show(self, lines: Image.Image | None, path: str | None, cutout: str | None) -> Answer:
        """Put another picture into the slider and under the download button."""
        self.lines, self.path, self.cutout = lines, path, cutout
        return self.answer()

    def pair(self) -> tuple[Image.Image | str, str] | None:
        """Return the slider's two sides, pictures or their files; None where there is no picture."""
        if self.path is None or self.lines is None:
            return None
        kept = self.beside == "kept" and self.kept is not None
        return str(self.kept) if kept else self.lines, self.path

    def answer(self) -> Answer:
        """Return what follows from it: slider and download button."""
        download = gr.update(value=self.cutout, interactive=self.cutout is not None)
        return {"result": self.pair(), "download": download}
