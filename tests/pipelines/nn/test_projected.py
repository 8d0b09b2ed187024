from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from pipelines.nn.projected import ProjectedDiscriminator, detached, shown_to

CHANNELS = (4, 6, 8)


class Pyramid(nn.Module):
    """Maps at strides 2, 4, 8 and 16 from fixed convolutions; the first is to be left out."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 2, *CHANNELS)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in pairwise(widths))
        self.norm = nn.BatchNorm2d(3)

    def features(self, x: Tensor) -> list[Tensor]:
        x, maps = self.norm(x), []
        for conv in self.convs:
            x = conv(x).relu()
            maps.append(x)
        return maps


@pytest.fixture
def discriminator() -> ProjectedDiscriminator:
    torch.manual_seed(0)
    return ProjectedDiscriminator(Pyramid(), CHANNELS, skip=1, channels=8, head_channels=8)


def test_a_logit_for_every_place_of_every_scale(discriminator: ProjectedDiscriminator) -> None:
    assert discriminator(torch.randn(2, 3, 64, 64)).shape == (2, 4 * 4 + 4 * 4 + 4 * 4)


def test_only_the_heads_are_taught(discriminator: ProjectedDiscriminator) -> None:
    trained = {name for name, weight in discriminator.named_parameters() if weight.requires_grad}
    assert trained and all(name.startswith("heads.") for name in trained)
    discriminator(torch.randn(2, 3, 64, 64)).sum().backward()
    assert all(weight.grad is not None for name, weight in discriminator.named_parameters() if name in trained)


def test_the_backbone_rests_while_the_discriminator_trains(discriminator: ProjectedDiscriminator) -> None:
    before = {name: value.clone() for name, value in discriminator.backbone.state_dict().items()}
    discriminator.train()(torch.randn(4, 3, 64, 64) + 5)
    assert discriminator.training and not discriminator.backbone.training
    assert all(torch.equal(value, before[name]) for name, value in discriminator.backbone.state_dict().items())


def test_the_picture_gets_a_gradient(discriminator: ProjectedDiscriminator) -> None:
    x = torch.randn(1, 3, 64, 64, requires_grad=True)
    discriminator(x).sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0


def test_the_random_mixing_comes_back_with_the_weights(discriminator: ProjectedDiscriminator) -> None:
    torch.manual_seed(9)
    other = ProjectedDiscriminator(Pyramid(), CHANNELS, skip=1, channels=8, head_channels=8)
    x = torch.randn(1, 3, 64, 64)
    assert not torch.allclose(discriminator.eval()(x), other.eval()(x))
    other.load_state_dict(discriminator.state_dict())
    assert torch.equal(discriminator(x), other(x))


def test_what_is_projected_once_serves_both_steps(discriminator: ProjectedDiscriminator) -> None:
    x = torch.randn(2, 3, 64, 64, requires_grad=True)
    shown = shown_to(discriminator.eval(), x)
    assert torch.equal(discriminator(shown), discriminator(x))
    discriminator(detached(shown)).sum().backward()
    assert x.grad is None, "the discriminator's step stops before the pictures"
    discriminator(shown).sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0
    assert shown_to(nn.Conv2d(3, 1, 1), x) is x and not torch.is_tensor(shown) and not detached(x).requires_grad  # type: ignore[union-attr]
