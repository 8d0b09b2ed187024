"""The pipeline behind the tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from demos.shared import models

if TYPE_CHECKING:
    from pipelines.colorize.pipeline import ColorizePipeline


def colorize() -> ColorizePipeline:
    """Return colorize's pipeline with the weights that are live now."""
    pipeline: ColorizePipeline = models.live("colorize")
    return pipeline


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    return [lambda: colorize()(image)]
