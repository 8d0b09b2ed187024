"""The pipelines behind the tab."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PIL import Image

from demos.shared import models
from pipelines import systems

if TYPE_CHECKING:
    from pipelines.scattering.pipeline import ScatteringPipeline

KINDS = ("adversarial", "ssgm", "sgm")


def scattering(kind: str) -> ScatteringPipeline:
    """Return a pipeline of scattering: ``adversarial``, in whose place promoted weights come, ``ssgm`` or ``sgm``."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    promoted = kind == "adversarial" and hub.live_folder("scattering") is not None
    name = "scattering" if promoted else f"scattering-{kind}"
    pipeline: ScatteringPipeline = models.current(name, lambda name: models.open_pipeline("scattering", name))
    return pipeline


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    return [partial(lambda kind: scattering(kind)(image), kind) for kind in KINDS]
