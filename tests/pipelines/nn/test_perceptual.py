from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from pipelines.backbones.vgg import VGGFeatures
from pipelines.nn.perceptual import perceptual_distance


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
