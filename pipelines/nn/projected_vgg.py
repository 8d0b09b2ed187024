"""A projected discriminator on VGG features (Sauer et al., Projected GANs, 2021)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pipelines.backbones.vgg import VGGFeatures
from pipelines.nn.projected import ProjectedDiscriminator

LAYERS = {"relu1_2": 64, "relu2_2": 128, "relu3_3": 256, "relu4_1": 512}  # channels


class VGGPyramid(nn.Module):
    """Frozen VGG features at four scales, finest first, each divided by its mean over some real pictures.

    For decoders: what they make is measured by EfficientNet-Lite0's features, which shall have trained none of them.

    Args:
        vgg: the frozen network.
        pictures: (B, 3, H, W) in [-1, 1], over which features come to have mean 1.
    """

    means: Tensor

    def __init__(self, vgg: VGGFeatures, pictures: Tensor) -> None:
        super().__init__()
        self.vgg = vgg
        with torch.no_grad():
            maps = vgg(pictures)
        self.register_buffer("means", torch.stack([maps[name].mean() for name in LAYERS]))

    def features(self, x: Tensor) -> list[Tensor]:
        """Map pictures (B, 3, H, W) in [-1, 1] to feature maps."""
        return self.scaled(self.vgg(x))

    def scaled(self, maps: Mapping[str, Tensor]) -> list[Tensor]:
        """Return VGG's maps that are used, each divided by its mean."""
        return [maps[name] / mean for name, mean in zip(LAYERS, self.means, strict=True)]


def projected_discriminator(pictures: Tensor, channels: int) -> ProjectedDiscriminator:
    """Return an untrained discriminator.

    Args:
        pictures: (B, 3, H, W) in [-1, 1], real ones, by which features are scaled.
        channels: of the mixed maps and of the heads.
    """
    backbone = VGGPyramid(VGGFeatures.from_pretrained(), pictures)
    return ProjectedDiscriminator(backbone, list(LAYERS.values()), channels=channels, head_channels=channels)
