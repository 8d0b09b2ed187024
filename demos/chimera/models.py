"""The pipelines behind the tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from demos.shared import models

if TYPE_CHECKING:
    from pipelines.chimera.pipeline import ChimeraPipeline
    from pipelines.pix2pix.pipeline import Pix2PixPipeline


def chimera() -> ChimeraPipeline:
    """Return chimera's pipeline with the weights that are live now."""
    pipeline: ChimeraPipeline = models.live("chimera")
    return pipeline


def pix2pix() -> Pix2PixPipeline:
    """Return the pipeline of pix2pix as published, with the weights that are live now."""
    pipeline: Pix2PixPipeline = models.live("pix2pix")
    return pipeline


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    return [lambda: chimera()(image, kind="drawing")]
