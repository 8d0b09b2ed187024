"""The pipeline behind the tab, and the training pictures that are nearest to what it draws."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from demos.shared import models
from pipelines import systems
from pipelines.data.superclasses import SUPERCLASSES
from pipelines.weights import hub

if TYPE_CHECKING:
    from pipelines.biggan.neighbours import Neighbours
    from pipelines.biggan.pipeline import BigGANPipeline
    from pipelines.data.library import DataSet

logger = logging.getLogger("demos")

_lock = threading.Lock()
_neighbours: dict[tuple[str, float], Neighbours | None] = {}  # by source, and when it was taken in


def biggan() -> BigGANPipeline:
    """Return BigGAN's pipeline with the weights that are live now."""
    pipeline: BigGANPipeline = models.live("biggan")
    return pipeline


def classes() -> tuple[str, ...]:
    """Return the classes of the weights that are live now, without opening them."""
    found: list[str] = json.loads((hub.resolve("biggan") / "config.json").read_text())["classes"]
    return tuple(found)


def are_superclasses() -> bool:
    """Say whether these are those of the bundled weights, which the page's pictures are of."""
    return set(classes()) == set(SUPERCLASSES)


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    return [lambda: biggan()()]


def neighbours() -> Neighbours | None:
    """Return what finds BigGAN's nearest training pictures.

    None where no data set of its classes, or of CIFAR-100's where it knows the superclasses, is on this machine, and
    while its pictures are still being read.
    """
    with systems.IMPORTING:
        from pipelines.data import library
        from pipelines.data.superclasses import superclass_numbers

    known = classes()
    for data in library.data_sets():
        named = tuple(data.classes)
        if set(named) == set(known) or (are_superclasses() and superclass_numbers(named) is not None):
            with _lock:
                begun = (data.source, data.at) in _neighbours
                for other in [key for key in _neighbours if key[0] == data.source and key[1] != data.at]:
                    del _neighbours[other]  # of a set that was deleted
                found: Neighbours | None = _neighbours.setdefault((data.source, data.at), None)
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
        _neighbours[data.source, data.at] = found
