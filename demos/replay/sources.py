"""Which pictures are drawn anew: uploads, ours, some of them; what replaces them can be undone."""

from __future__ import annotations

import html
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from PIL import Image

from demos.replay import first, models
from demos.replay.words import say
from demos.shared.errors import explain
from demos.shared.requests import Answer
from demos.shared.widgets import save_picture
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.images import decode, to_rgb

if TYPE_CHECKING:
    from pipelines.stylemini.pipeline import StyleMiniPipeline

MOST = 4  # pictures
LEAST = 16  # pixels, the shorter side of an upload
MOST_UNDONE = 10  # changes of the pictures


@dataclass(frozen=True)
class Chosen:
    """The pictures when something is done with them; fields are named as components.

    Attributes:
        sources: paths of those that are drawn; no two files have the same name.
        before: what they were before each change that can be undone, the last one last.
        language: of the page.
    """

    sources: list[str]
    before: list[list[str]]
    language: str

    def change(self, paths: list[str]) -> Answer:
        """Answer the pictures that are drawn from now on; the change can be undone."""
        return {**shown(paths), "before": [*self.before, self.sources][-MOST_UNDONE:]}


def shown(paths: list[str]) -> Answer:
    """Answer the pictures that are drawn from now on."""
    return {"sources": paths, "strip": [(path, "") for path in paths]}


def take(files: list[str] | None, request: Chosen) -> Answer:
    """Add uploaded pictures to the visitor's own, whose oldest make room, or take them in the place of ours."""
    if not files:
        return {}
    if len(files) > MOST:
        raise Misuse("too_many_files", given=len(files), allowed=MOST)
    taken = saved(squares(models.stylemini(), files, request.language))
    own = [*(path for path in request.sources if path not in first.sources()), *taken]
    if len(own) > MOST:
        gr.Info(say("rep_made_room", request.language), duration=4)
    return {**request.change(own[-MOST:]), "files": None}


def saved(pictures: Sequence[Image.Image]) -> list[str]:
    """Write pictures where the page may serve them from, each by a name of its own, and return their paths."""
    return [save_picture(one, f"{uuid.uuid4().hex}.png", None) for one in pictures]


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


def take_off(request: Chosen, event: gr.SelectData) -> Answer:
    """Take the picture that was pressed off what is drawn; the last one stays."""
    name = pressed(event)
    left = [path for path in request.sources if Path(path).name != name]
    if len(left) == len(request.sources):  # pressed twice
        return {}
    if not left:
        gr.Info(say("rep_last_stays", request.language), duration=4)
        return {}
    gr.Info(say("rep_taken_off", request.language), duration=4)
    return request.change(left)


def pressed(event: gr.SelectData) -> str:
    """Return the name of the file that was pressed: where it stands may have changed since.

    Raises:
        Misuse: none was.
    """
    match event.value:
        case {"image": {"path": str(path)}}:
            return Path(path).name
    raise Misuse("request_unusable")


def back(request: Chosen) -> Answer:
    """Put our pictures back as what is drawn."""
    return {} if request.sources == first.sources() else request.change(first.sources())


def undo(before: list[list[str]]) -> Answer:
    """Draw what was drawn before the last change that is not undone yet."""
    return {**shown(before[-1]), "before": before[:-1]} if before else {}
