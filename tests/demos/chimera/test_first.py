from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from demos.chimera import pad
from demos.chimera.examples import first
from pipelines.common import provenance
from pipelines.weights import hub


def test_the_first_pictures_are_the_bundled_weights_own() -> None:
    view = first.view()
    assert len(view.variants) == first.COUNT and (view.path, view.cutout) == view.variants[0]
    digest = hub.weights_sha256(hub.BUNDLED / "chimera")
    for number, paths in enumerate(view.variants):
        for origin in map(provenance.read, map(Path, paths)):
            assert (origin.index, origin.seed, origin.weights_sha256) == (number, 7, digest), "run first.py again"


def test_they_show_the_drawing_on_the_pad() -> None:
    view = first.view()
    assert view.lines is not None and view.path is not None
    lines = np.asarray(view.lines.convert("L")) < 128
    drawn = np.asarray(pad.first().resize(view.lines.size)) < 200
    assert (lines & drawn).sum() > 0.9 * lines.sum()
    assert Image.open(view.path).size == view.lines.size
