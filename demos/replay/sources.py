"""Which pictures are drawn anew: uploads, ours, some of them; what replaces them can be undone."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from demos.replay import first
from demos.replay.words import say
from demos.shared import models
from demos.shared.requests import Answer, chosen
from demos.shared.widgets import save_picture
from pipelines.common.errors import Misuse
from pipelines.common.images import decode, to_rgb

MOST = 4  # pictures


def shown(paths: list[str], before: list[str]) -> Answer:
    """Answer the pictures that are drawn from now on, and those that were before."""
    return {"sources": paths, "strip": [(path, "") for path in paths], "before": before}


def take(files: list[str] | None, sources: list[str]) -> Answer:
    """Take uploaded pictures in the place of those that are there."""
    if not files:
        return {}
    if len(files) > MOST:
        raise Misuse("too_many_files", given=len(files), allowed=MOST)
    pipe = models.stylemini()
    taken = [
        save_picture(pipe.seen(to_rgb(decode(Path(file)))), f"picture-{n}.png", None) for n, file in enumerate(files)
    ]
    return {**shown(taken, sources), "files": None}


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
