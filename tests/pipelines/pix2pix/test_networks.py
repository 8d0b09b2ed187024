from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.weights import hub


def inputs(size: int, batch: int = 2, channels: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(1)
    return torch.rand(batch, channels, size, size), torch.randn(batch, 8), torch.rand(batch, 3) * 2 - 1


@pytest.fixture
def generator() -> Pix2PixGenerator:
    torch.manual_seed(0)
    return Pix2PixGenerator(base_channels=4, levels=5, size=64)


@pytest.mark.parametrize(
    ("levels", "size", "channels"), [(3, 8, (1, 3)), (6, 64, (3, 1)), (7, 256, (1, 3)), (5, 96, (1, 3))]
)
def test_the_picture_is_as_large_as_the_lines(levels: int, size: int, channels: tuple[int, int]) -> None:
    generator = Pix2PixGenerator(*channels, base_channels=4, levels=levels)
    made = generator(*inputs(size, channels=channels[0]))
    assert made.shape == (2, channels[1], size, size) and made.abs().max() <= 1


def test_gradients_reach_every_weight(generator: Pix2PixGenerator) -> None:
    (generator(*inputs(64)) - 0.3).square().mean().backward()
    silent = [name for name, value in generator.named_parameters() if value.grad is None or not value.grad.any()]
    assert silent == []


@pytest.mark.parametrize("which", ["source", "noise", "background"])
def test_each_input_changes_the_picture(generator: Pix2PixGenerator, which: str) -> None:
    given = dict(zip(("source", "noise", "background"), inputs(64, batch=1), strict=True))
    generator.eval()
    before, after = generator(**given), generator(**{**given, which: given[which] * 0.5 + 0.2})
    assert (before - after).abs().max() > 1e-5


def test_at_rest_a_picture_does_not_depend_on_its_batch(generator: Pix2PixGenerator) -> None:
    source, noise, background = inputs(64, batch=3)
    generator.eval()
    together = generator(source, noise, background)
    torch.testing.assert_close(together[1:2], generator(source[1:2], noise[1:2], background[1:2]), atol=1e-5, rtol=1e-4)


def test_saved_and_opened_it_paints_the_same(generator: Pix2PixGenerator, tmp_path: Path) -> None:
    generator.eval().save_pretrained(tmp_path)
    opened = hub.load_model(Pix2PixGenerator, tmp_path)
    assert (opened.levels, opened.size, opened.noise_dim) == (5, 64, 8)
    given = inputs(64)
    assert torch.equal(opened(*given), generator(*given))
