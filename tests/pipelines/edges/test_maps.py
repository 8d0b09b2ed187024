from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.backbones.hed import HED
from pipelines.common import device
from pipelines.data.sources import open_source
from pipelines.edges.cutouts import SIZE
from pipelines.edges.maps import BORDER, evenly, map_path, probability_map, read_map, write_maps

SOURCE = open_source("synthetic:24")
CPU = device.Placement(torch.device("cpu"), torch.float32)


def test_a_map_is_kept_beside_its_picture(tmp_path: Path) -> None:
    entry = SOURCE.entries[0]
    assert read_map(tmp_path, entry) is None
    map_path(tmp_path, entry).parent.mkdir(parents=True)
    Image.new("L", (SIZE, SIZE), 51).save(map_path(tmp_path, entry))
    found = read_map(tmp_path, entry)
    assert found is not None and found.shape == (SIZE, SIZE) and np.allclose(found, 0.2)


def test_the_padding_at_the_edge_draws_no_line() -> None:
    found = probability_map(lambda x: torch.ones(1, 1, *x.shape[-2:]), np.zeros((64, 48, 3), np.float32), CPU)
    assert found.shape == (64, 48) and found[BORDER:-BORDER, BORDER:-BORDER].min() == 1
    assert found.sum() == (64 - 2 * BORDER) * (48 - 2 * BORDER)


def test_every_class_has_its_share() -> None:
    chosen = evenly(SOURCE.entries, 12)
    labels = [entry.label for entry in chosen]
    assert len(set(chosen)) == 12 and {labels.count(label) for label in set(labels)} == {3}
    assert evenly(SOURCE.entries, None) == evenly(SOURCE.entries, 99) == SOURCE.entries


def test_maps_that_are_there_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    monkeypatch.setattr(HED, "from_package", classmethod(lambda cls: cls().eval()))
    assert write_maps(SOURCE, tmp_path, most=2) == 2
    path = map_path(tmp_path, evenly(SOURCE.entries, 2)[0])
    before = path.read_bytes()
    assert Image.open(path).size == (SIZE, SIZE) and write_maps(SOURCE, tmp_path, most=4) == 2
    assert path.read_bytes() == before and len(list(tmp_path.rglob("*.png"))) == 4
