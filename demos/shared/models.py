"""The pipelines behind the page: opened on first use, kept, and opened anew when other weights go live."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines import systems

logger = logging.getLogger("demos")

_building = threading.Lock()  # libraries change torch for all threads while they put a network together
_opened: dict[str, tuple[tuple[str, int], Any]] = {}


def live(system: str) -> Any:
    """Return a system's pipeline with the weights that are live now."""
    return current(system, lambda name: open_pipeline(system, name))


def open_pipeline(system: str, name: str) -> Any:
    """Open a system's pipeline with the weights of a name, or of a folder."""
    return systems.find(system).load_pipeline().from_pretrained(name)


def current(name: str, opener: Callable[[str], Any]) -> Any:
    """Return the opened pipeline of a name; it is opened again when its weights have changed."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    signature = weights_signature(hub.resolve(name))
    kept = _opened.get(name)
    if kept is None or kept[0] != signature:
        with _building:
            kept = _opened.get(name)
            if kept is None or kept[0] != signature:
                logger.info("opening %s", name)
                kept = (signature, opener(name))
                _opened[name] = kept
    return kept[1]


def weights_signature(folder: Path) -> tuple[str, int]:
    """Return what changes when a folder's weights do."""
    return str(folder), max((file.stat().st_mtime_ns for file in folder.rglob("*.safetensors")), default=0)
