from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.biggan import neighbours
from pipelines.biggan.neighbours import Neighbours
from pipelines.data import derived
from pipelines.data.resident import square
from pipelines.data.sources import open_source
from pipelines.metrics.descriptors import ScatteringExtractor


def test_a_training_picture_is_nearest_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    source, extractor = open_source("synthetic:40"), ScatteringExtractor(side=32)
    found = Neighbours.of(source, extractor)
    for entry in found.entries[3], found.entries[20]:
        own = Image.fromarray(square(source.load(entry), 32))
        pictures = found.nearest(own, count=4)
        assert len(pictures) == 4 and pictures[0][1] == entry.label
        assert np.array_equal(np.asarray(pictures[0][0]), np.asarray(own))

    def again(*_: object) -> None:
        raise AssertionError("features are kept")

    monkeypatch.setattr(neighbours, "compute", again)
    assert np.array_equal(Neighbours.of(source, extractor).features, found.features)
    assert len(Neighbours.of(source, extractor).nearest(own, count=999)) == len(found.entries)

    derived.forget(source.name)
    assert not [path for path in (tmp_path / "neighbours").rglob("*") if path.is_file()], "they go with the pictures"
