from __future__ import annotations

import pytest
import torch
from torch import nn

from pipelines.nn.unet import DownBlock, UpBlock, init_gan_weights


@pytest.mark.parametrize("size", [2, 16, 64])
def test_down_halves(size: int) -> None:
    assert DownBlock(3, 5, normalize=size > 2)(torch.randn(2, 3, size, size)).shape == (2, 5, size // 2, size // 2)


def test_the_outermost_block_sees_negative_input_whole() -> None:
    torch.manual_seed(0)
    block = DownBlock(1, 4, activate=False, normalize=False)
    x = torch.randn(1, 1, 8, 8)
    nn.init.zeros_(block.conv.bias)
    torch.testing.assert_close(block(-x), -block(x))


@pytest.mark.parametrize("skip_channels", [0, 4])
def test_up_doubles_and_joins_the_skip(skip_channels: int) -> None:
    block = UpBlock(6, skip_channels, 5, 3)
    skip = torch.randn(2, skip_channels, 16, 16) if skip_channels else None
    assert block(torch.randn(2, 6, 8, 8), skip, torch.randn(2, 3)).shape == (2, 5, 16, 16)


def test_the_skip_matters() -> None:
    block = UpBlock(6, 4, 5, 3).eval()
    x, condition = torch.randn(1, 6, 8, 8), torch.randn(1, 3)
    one, two = (block(x, torch.randn(1, 4, 16, 16), condition) for _ in range(2))
    assert not torch.allclose(one, two)


def test_each_picture_has_its_own_condition() -> None:
    block = UpBlock(6, 0, 5, 3).eval()
    x = torch.randn(1, 6, 8, 8)
    conditions = torch.randn(2, 3)
    both = block(x.expand(2, -1, -1, -1), None, conditions)
    for number in range(2):
        torch.testing.assert_close(both[number : number + 1], block(x, None, conditions[number : number + 1]))
    assert not torch.allclose(both[0], both[1])


def test_a_condition_of_zero_weight_changes_nothing() -> None:
    block = UpBlock(6, 0, 5, 3).eval()
    nn.init.zeros_(block.film.weight)
    nn.init.zeros_(block.film.bias)
    x = torch.randn(1, 6, 8, 8)
    torch.testing.assert_close(block(x, None, torch.zeros(1, 3)), block(x, None, torch.randn(1, 3)))


def test_upsampling_leaves_no_checkerboard() -> None:
    block = UpBlock(1, 0, 1, 1).eval()
    flat = block(torch.full((1, 1, 8, 8), 0.7), None, torch.zeros(1, 1))[0, 0, 2:-2, 2:-2]
    torch.testing.assert_close(flat, flat[:1, :1].expand_as(flat))


def test_the_first_weights_are_pix2pixs() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(32, 64, 4), nn.BatchNorm2d(4096))
    init_gan_weights(module)
    convolution, norm = module
    assert abs(convolution.weight.std().item() - 0.02) < 0.001 and not convolution.bias.any()
    assert abs(norm.weight.mean().item() - 1) < 0.002 and abs(norm.weight.std().item() - 0.02) < 0.001
