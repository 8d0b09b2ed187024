from __future__ import annotations

import pytest
import torch
from torch import nn

from pipelines.backbones import lite0
from pipelines.colorize.config import Encoder, Target
from pipelines.colorize.networks import ColorizeDiscriminator, ColorizeGenerator, FrozenEncoder, PlainEncoder


@pytest.mark.parametrize(
    ("encoder", "target", "channels"), [("plain", "rgb", 3), ("plain", "ab", 2), ("lite0", "ab", 2)]
)
@pytest.mark.parametrize("sides", [(64, 64), (64, 96)])
def test_colour_has_the_size_of_grey(encoder: Encoder, target: Target, channels: int, sides: tuple[int, int]) -> None:
    made = ColorizeGenerator(encoder, target, base_channels=4).eval()(torch.zeros(2, 1, *sides))
    assert made.shape == (2, channels, *sides) and made.abs().max() <= 1


def test_the_plain_one_is_the_published_one() -> None:
    """Weights counted by hand from the description: convolutions without bias before batch norm, a head with one."""
    convolutions = [(1, 32, 5), (32, 64, 3), (64, 128, 3), (128, 256, 3), (256, 256, 3)]
    convolutions += [(256, 256, 3), (512, 128, 3), (256, 64, 3), (128, 32, 3)]
    expected = sum(given * made * side**2 + 2 * made for given, made, side in convolutions) + 64 * 3 * 25 + 3
    assert sum(weight.numel() for weight in ColorizeGenerator().parameters()) == expected


def test_maps_have_the_published_strides() -> None:
    maps = PlainEncoder(32)(torch.zeros(1, 1, 128, 128))
    assert [(one.shape[1], one.shape[2]) for one in maps] == [(32, 128), (64, 32), (128, 16), (256, 8), (256, 4)]
    maps = FrozenEncoder(32).eval()(torch.zeros(1, 1, 128, 128))
    assert [(one.shape[1], one.shape[2]) for one in maps] == [(32, 128), (64, 32), (128, 16), (256, 8), (256, 4)]


def test_the_frozen_encoder_is_never_trained_and_travels_with_the_weights() -> None:
    generator = ColorizeGenerator("lite0", "ab", base_channels=4)
    encoder = generator.encoder
    assert isinstance(encoder, FrozenEncoder)
    encoder.load_backbone()
    pretrained = lite0.EfficientNetLite0.from_pretrained()
    picture = torch.rand(1, 1, 64, 64) * 2 - 1
    with torch.no_grad():
        wanted = pretrained.features(picture.expand(-1, 3, -1, -1))
        before = encoder.backbone.features(picture.expand(-1, 3, -1, -1))
    assert all(torch.equal(one, other) for one, other in zip(wanted, before, strict=True))
    generator.train()
    optimizer = torch.optim.SGD([weight for weight in generator.parameters() if weight.requires_grad], lr=0.1)
    generator(picture.expand(2, -1, -1, -1)).square().mean().backward()
    optimizer.step()
    with torch.no_grad():
        after = encoder.backbone.features(picture.expand(-1, 3, -1, -1))
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    other = ColorizeGenerator("lite0", "ab", base_channels=4)
    other.load_state_dict(generator.state_dict())
    assert torch.equal(other.eval()(picture), generator.eval()(picture))


def test_the_discriminator_gives_a_logit_a_cell() -> None:
    discriminator = ColorizeDiscriminator(base_channels=4).eval()
    assert discriminator(torch.zeros(2, 3, 128, 128)).shape == (2, 1, 4, 4)
    assert discriminator(torch.zeros(2, 3, 64, 64)).shape == (2, 1, 4, 4)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in discriminator.modules())
    picture = torch.rand(2, 3, 128, 128)
    together, alone = discriminator(picture), discriminator(picture[:1])
    assert torch.allclose(together[:1], alone, atol=1e-5)  # instance norm mixes no pictures
