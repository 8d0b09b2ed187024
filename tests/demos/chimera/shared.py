"""Requests of the Chimera tab, and what comes of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from demos.chimera import pad
from demos.chimera.handlers import Request, follow, make_variants
from demos.chimera.view import View
from tests.tools import sketch


def grey(image: Image.Image | None) -> np.ndarray[Any, np.dtype[np.int64]]:
    assert image is not None
    return np.asarray(image.convert("L"), np.int64)


def request(**changed: Any) -> Request:
    quick = {"pad": pad.written(sketch(200)), "look": "natural", "ink": 0.25, "count": 2}
    return Request(**{**quick, **changed})


def seen(side: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a side of the slider, which is a picture or its file."""
    return np.asarray((Image.open(side) if isinstance(side, str) else side).convert("RGB"))


def followed(**changed: Any) -> View:
    """Follow the pen on a page where nothing was made, and return what the visitor looks at then."""
    view = View()
    follow(request(view=view, **changed))
    return view


def path_of(**changed: Any) -> Path:
    """Return the picture that follows."""
    path = followed(**changed).path
    assert path is not None
    return Path(path)


def press(**changed: Any) -> list[dict[str, Any]]:
    """Press the button, and return the answers; of the strip the pictures alone."""
    steps = make_variants(request(**changed), progress=lambda *_: None)  # type: ignore[arg-type]
    return [{**step, "variants": step["variants"]["value"]} for step in steps]


def chosen(index: Any) -> Any:
    return SimpleNamespace(index=index)
