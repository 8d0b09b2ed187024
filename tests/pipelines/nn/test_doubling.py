from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from pipelines.nn.doubling import doubled_conv2d, doubling_kernel
from pipelines.nn.spectral import SpectralConv2d, SpectralDoublingConv2d, fold_spectral_norms


@pytest.mark.parametrize(("side", "width"), [(1, 1), (4, 4), (5, 8)])
def test_it_is_the_convolution_of_the_doubled_picture(side: int, width: int) -> None:
    torch.manual_seed(0)
    x, weight, bias = torch.randn(2, 3, side, width), torch.randn(4, 3, 3, 3), torch.randn(4)
    plain = F.conv2d(F.interpolate(x, scale_factor=2.0, mode="nearest"), weight, bias, padding=1)
    assert torch.allclose(doubled_conv2d(x, doubling_kernel(weight), bias), plain, atol=1e-5)


def test_gradients_are_those_of_the_plain_form() -> None:
    torch.manual_seed(0)
    found = []
    for doubling in (True, False):
        torch.manual_seed(1)
        x, weight = torch.randn(2, 3, 4, 4, requires_grad=True), torch.randn(4, 3, 3, 3, requires_grad=True)
        wide = F.interpolate(x, scale_factor=2.0, mode="nearest")
        made = doubled_conv2d(x, doubling_kernel(weight)) if doubling else F.conv2d(wide, weight, padding=1)
        made.square().sum().backward()
        found.append((x.grad, weight.grad))
    for one, other in zip(*found, strict=True):
        assert one is not None and other is not None and torch.allclose(one, other, rtol=1e-4, atol=1e-3)


def test_weights_of_the_plain_layer_fit_the_doubling_one() -> None:
    torch.manual_seed(0)
    plain, doubling = SpectralConv2d(3, 4, 3, padding=1).eval(), SpectralDoublingConv2d(3, 4).eval()
    doubling.load_state_dict(plain.state_dict())
    x = torch.randn(1, 3, 6, 6)
    wanted = plain(F.interpolate(x, scale_factor=2.0, mode="nearest"))
    assert torch.allclose(doubling(x), wanted, atol=1e-5)
    fold_spectral_norms(torch.nn.Sequential(doubling))
    assert torch.allclose(doubling(x), wanted, atol=1e-5) and doubling.state_dict().keys() == {
        "conv.weight",
        "conv.bias",
    }
