"""Every tab's models, opened and run once behind the page, so that the first visitor does not wait for them."""

from __future__ import annotations

import logging
import threading
from importlib import import_module
from importlib.util import find_spec

from PIL import Image, ImageDraw

from demos import page

logger = logging.getLogger("demos")


def warm_up() -> None:
    """Do what the ``models.py`` of each tab says is to be done first."""
    image = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(image).ellipse([8, 8, 56, 56], outline="black", width=2)
    having = (package for _, package in page.tabs() if find_spec(f"{package}.models") is not None)
    for package in having:
        for call in import_module(f"{package}.models").first_calls(image):
            try:
                call()
            except Exception:
                logger.exception("warming up failed; the first visitor will see why")


def warm_up_behind() -> threading.Thread:
    """Start ``warm_up`` in a thread of its own."""
    thread = threading.Thread(target=warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread
