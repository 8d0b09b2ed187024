"""Distance of two pictures in VGG features (Johnson et al., Perceptual losses, 2016)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from pipelines.backbones.vgg import VGGFeatures

LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_1")


def perceptual_distance(features: VGGFeatures, made: Tensor, real: Tensor, *, scale: float = 0.5) -> Tensor:
    """Return the mean over layers of the absolute difference of features, each layer scaled to unit mean of the real.

    Args:
        features: the frozen network.
        made: (B, 3, H, W) in [-1, 1].
        real: likewise; no gradient reaches it.
        scale: pictures are scaled by this first; half the side is a quarter of the cost.
    """
    made, real = (F.interpolate(x, scale_factor=scale, mode="area") if scale != 1 else x for x in (made, real.detach()))
    of_made, of_real = features(made), features(real)
    distances = [
        (of_made[name].float() - of_real[name].float()).abs().mean()
        / of_real[name].float().abs().mean().clamp_min(1e-6)
        for name in LAYERS
    ]
    total: Tensor = sum(distances[1:], distances[0]) / len(distances)
    return total
