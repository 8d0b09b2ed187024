from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.chimera import bank
from pipelines.chimera.networks import ChimeraModel
from pipelines.weights import hub


@pytest.fixture
def model(chimera_weights: Path) -> ChimeraModel:
    return hub.load_model(ChimeraModel, chimera_weights).float()


def two_coloured() -> torch.Tensor:
    """An animal, red on its left and blue on its right, in a corner of the picture."""
    rgba = torch.zeros(1, 4, 128, 128)
    rgba[0, 3, 64:, 32:] = 1
    rgba[0, 0, 64:, 32:80] = 0.8
    rgba[0, 2, 64:, 80:] = 0.6
    rgba[0, :, 64:88, 32:56] = 0  # nothing in its first corner
    return rgba


def test_colours_are_those_of_the_places_in_the_animals_box() -> None:
    found = bank.colors(two_coloured())
    assert found.shape == (3, 4, 4)
    assert torch.allclose(found[:, 3, 0], torch.tensor([0.8, 0, 0]), atol=0.03)
    assert torch.allclose(found[:, 1, 3], torch.tensor([0, 0, 0.6]), atol=0.03)
    assert found[0, 0, 0] > 0.3, "what is empty has the colour of the rest, and is not black"


def test_codes_of_places_do_not_depend_on_where_the_animal_stands(model: ChimeraModel) -> None:
    animal = two_coloured()
    assert bank.places(model, animal).shape == (6, 4, 4)
    moved = animal.roll((-64, -32), dims=(2, 3))
    with torch.inference_mode():
        apart = (bank.places(model, animal) - bank.places(model, moved)).abs().mean()
        others = (bank.places(model, animal) - bank.places(model, animal.flip(1))).abs().mean()
    assert apart < others


def test_those_furs_are_natural_in_which_what_is_made_looks_so_and_is_not_rough(
    model: ChimeraModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates, drawings = [torch.randn(6, 4, 4) for _ in range(5)], [torch.zeros(3, 64, 64)] * 2
    scores = iter([0.9, 0.9, 0.0, 0.1, 0.0, 0.9, 0.9, 0.9, 0.3, 0.3])
    rough = iter([5.0, 5.0, 5.0, 5.2, 7.0, 7.0, 5.0, 5.0])
    monkeypatch.setattr(bank, "score", lambda made: next(scores))
    monkeypatch.setattr(bank, "roughness", lambda made: next(rough))
    assert bank.natural_ones(model, candidates, drawings) == [0, 2, 4]


def test_relief_is_rough_and_a_slow_change_of_tone_is_not() -> None:
    rgba = np.ones((64, 64, 4), np.float32)
    rgba[..., :3] = np.linspace(0.3, 0.6, 64, dtype=np.float32)[:, None, None]
    carved = rgba.copy()
    carved[::4, :, :3] -= 0.2
    assert bank.roughness(carved) > 3 * bank.roughness(rgba)
    assert bank.roughness(0.7 * rgba) == 0, "a veil has none, and is no reason to refuse all others"
