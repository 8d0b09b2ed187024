from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pipelines.nn.patchgan import PatchDiscriminator, receptive_field


def seen_by_the_middle(discriminator: PatchDiscriminator, side: int) -> Tensor:
    """Which input pixels change the logit in the middle: (H, W), by gradient."""
    x = torch.randn(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    logits = discriminator(x)[0, 0]
    logits[logits.shape[0] // 2, logits.shape[1] // 2].backward()
    assert x.grad is not None
    return x.grad[0].abs().sum(dim=0) > 0


@pytest.mark.parametrize(("strided_layers", "field"), [(1, 16), (2, 34), (3, 70)])
def test_each_logit_sees_a_patch(strided_layers: int, field: int) -> None:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(3, 4, strided_layers).double().eval()
    seen = seen_by_the_middle(discriminator, 2 * field + 20)
    rows, columns = (seen.any(dim=axis).nonzero().flatten() for axis in (1, 0))
    assert [int(line.max() - line.min()) + 1 for line in (rows, columns)] == [field, field]
    assert receptive_field(discriminator) == field


def test_a_pixel_changes_the_logits_around_it_alone() -> None:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(3, 4).eval()
    x = torch.randn(1, 3, 256, 256)
    changed = x.clone()
    changed[..., 128, 128] += 1
    with torch.no_grad():
        touched = ((discriminator(x) - discriminator(changed)).abs() > 1e-7)[0, 0]
    assert touched.any() and touched.sum() <= 9 * 9 < touched.numel()


def test_256_pixels_give_30_by_30_logits() -> None:
    assert PatchDiscriminator(4, 4)(torch.randn(2, 4, 256, 256)).shape == (2, 1, 30, 30)


def test_logits_have_no_bound() -> None:
    discriminator = PatchDiscriminator(3, 4).eval()
    with torch.no_grad():
        discriminator.layers[-1].bias.fill_(7.0)
        assert discriminator(torch.zeros(1, 3, 64, 64)).mean() > 5
