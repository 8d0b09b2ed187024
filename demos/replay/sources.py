"""Which pictures are drawn anew: uploads, ours, some of them; what replaces them can be undone."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from PIL import Image

from demos.replay import first, models
from demos.replay.words import say
from demos.shared.errors import explain
from demos.shared.requests import Answer, chosen
from demos.shared.widgets import save_picture
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.images import decode, to_rgb

if TYPE_CHECKING:
    from pipelines.stylemini.pipeline import StyleMiniPipeline

MOST = 4  # pictures
LEAST = 16  # pixels, the shorter side of an upload


def shown(paths: list[str], before: list[str]) -> Answer:
    """Answer the pictures that are drawn from now on, and those that were before."""
    return {"sources": paths, "strip": [(path, "") for path in paths], "before": before}


def take(files: list[str] | None, sources: list[str], language: str) -> Answer:
    """Take uploaded pictures in the place of those that are there."""
    if not files:
        return {}
    if len(files) > MOST:
        raise Misuse("too_many_files", given=len(files), allowed=MOST)
    pictures = squares(models.stylemini(), files, language)
    taken = [save_picture(one, f"picture-{n}.png", None) for n, one in enumerate(pictures)]
    return {**shown(taken, sources), "files": None}


def squares(pipe: StyleMiniPipeline, files: list[str], language: str) -> list[Image.Image]:
    """Return what a model sees of uploaded pictures; none is held whole.

    Raises:
        Misuse: the only one cannot be used.
        gr.Error: one of several cannot be used; it says which.
    """
    seen = []
    for file in files:
        try:
            seen.append(pipe.seen(to_rgb(decode(Path(file), min_side=LEAST))))
        except StudioError as error:
            if len(files) == 1:
                raise
            said = f"{html.escape(Path(file).name)}: {explain(error, language)}"
            raise gr.Error(said, duration=8, print_exception=False) from error
    return seen


def refuse() -> Answer:
    """Take files that cannot be used off the page."""
    return {"files": None}


def take_off(sources: list[str], language: str, event: gr.SelectData) -> Answer:
    """Take the picture that was pressed off what is drawn; the last one stays."""
    number = chosen(event, len(sources))
    if len(sources) == 1:
        gr.Info(say("rep_last_stays", language), duration=4)
        return {}
    gr.Info(say("rep_taken_off", language), duration=4)
    return shown([path for place, path in enumerate(sources) if place != number], sources)


def back(sources: list[str]) -> Answer:
    """Put our pictures back as what is drawn."""
    return shown(first.sources(), sources)


def undo(sources: list[str], before: list[str]) -> Answer:
    """Draw what was drawn before; done twice, all is as it was."""
    return shown(before, sources) if before else {}
