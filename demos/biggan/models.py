"""The pipeline behind the tab, and the training pictures that are nearest to what it draws."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from demos.shared import models
from pipelines import systems

if TYPE_CHECKING:
    from pipelines.biggan.neighbours import Neighbours
    from pipelines.biggan.pipeline import BigGANPipeline
    from pipelines.data.library import DataSet

logger = logging.getLogger("demos")

_lock = threading.Lock()
_neighbours: dict[str, Neighbours | None] = {}


def biggan() -> BigGANPipeline:
    """Return BigGAN's pipeline with the weights that are live now."""
    pipeline: BigGANPipeline = models.live("biggan")
    return pipeline


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    return [lambda: biggan()()]


def neighbours() -> Neighbours | None:
    """Return what finds BigGAN's nearest training pictures.

    None where no data set of CIFAR-100's classes is on this machine, and while its pictures are still being read.
    """
    with systems.IMPORTING:
        from pipelines.data import library
        from pipelines.data.superclasses import superclass_numbers

    for data in library.data_sets():
        if superclass_numbers(tuple(data.classes)) is not None:
            with _lock:
                begun = data.source in _neighbours
                found: Neighbours | None = _neighbours.setdefault(data.source, None)
            if not begun:
                threading.Thread(target=read_neighbours, args=(data,), name="neighbours", daemon=True).start()
            return found
    return None


def read_neighbours(data: DataSet) -> None:
    """Describe the pictures of a data set, once."""
    with systems.IMPORTING:
        from pipelines.biggan.evaluation import independent_extractor
        from pipelines.biggan.neighbours import Neighbours
        from pipelines.data.sources import open_source

    try:
        found = Neighbours.of(open_source(data.source), independent_extractor(tuple(data.classes)))
    except Exception:
        logger.exception("the training pictures of %s cannot be described", data.name)
        return
    with _lock:
        _neighbours[data.source] = found
