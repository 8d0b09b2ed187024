from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from pipelines.backbones.vgg import VGGFeatures
from pipelines.nn.perceptual import FeaturePair, gram_matrices, perceptual_distance


@pytest.fixture(scope="module")
def features() -> VGGFeatures:
    return VGGFeatures.from_pretrained()


def test_it_grows_with_the_damage(features: VGGFeatures) -> None:
    torch.manual_seed(0)
    real = F.interpolate(torch.rand(2, 3, 12, 12) * 2 - 1, size=(64, 64), mode="bicubic").clamp(-1, 1)
    noise = torch.randn_like(real)
    distances = [perceptual_distance(features, real + much * noise, real).item() for much in (0.0, 0.1, 0.3)]
    assert distances[0] == 0 and distances[0] < distances[1] < distances[2]


def test_the_gradient_reaches_what_was_made_alone(features: VGGFeatures) -> None:
    made, real = (torch.rand(1, 3, 32, 32, requires_grad=True) for _ in range(2))
    perceptual_distance(features, made, real).backward()
    assert made.grad is not None and real.grad is None


def test_a_texture_may_move_and_must_not_fade(features: VGGFeatures) -> None:
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    stones = ((rows % 8 < 2) | (columns % 8 < 2)).float()[None, None].expand(1, 3, 64, 64) * 2 - 1
    moved, blurred = stones.roll((4, 4), (2, 3)), F.avg_pool2d(stones, 9, 1, 4)
    pairs = [FeaturePair.of(features, made, stones, scale=1.0) for made in (stones, moved, blurred)]
    textures = [pair.texture_distance().item() for pair in pairs]
    assert textures[0] == 0 and textures[1] < 0.5 * textures[2]
    assert pairs[1].distance() > pairs[2].distance(), "place by place what has moved is worse than nothing"
    both = FeaturePair.of(features, torch.cat([stones, blurred]), torch.cat([stones, stones]), scale=1.0)
    assert both.texture_distance().tolist() == pytest.approx([0, textures[2]], abs=1e-5), "each picture's own"


def test_gram_matrices_are_those_of_each_square() -> None:
    maps = torch.arange(2 * 3 * 4 * 4, dtype=torch.float).reshape(2, 3, 4, 4)
    found = gram_matrices(maps, 2)
    square = maps[0, :, :2, 2:].reshape(3, 4)
    assert found.shape == (2 * 4, 3, 3) and torch.equal(found[1], square @ square.T / 4)
    assert gram_matrices(maps, 8).shape == (2, 3, 3)


def test_the_textures_gradient_reaches_what_was_made(features: VGGFeatures) -> None:
    made, real = (torch.rand(1, 3, 64, 64, requires_grad=True) for _ in range(2))
    FeaturePair.of(features, made, real, scale=1.0).texture_distance().sum().backward()
    assert made.grad is not None and made.grad.abs().sum() > 0 and real.grad is None


def test_textures_are_finite_in_half_precision(features: VGGFeatures) -> None:
    made, real = torch.rand(2, 1, 3, 64, 64) * 2 - 1
    pair = FeaturePair.of(features, made, real, scale=1.0)
    plain = pair.texture_distance()
    with torch.autocast("cpu", torch.float16):
        assert torch.equal(pair.texture_distance(), plain) and plain.isfinite().all()
