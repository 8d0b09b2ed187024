"""Distances of pictures in VGG features: place by place (Johnson et al., Perceptual losses, 2016), and as texture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.backbones.vgg import VGGFeatures

LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_1")
TEXTURES = LAYERS[:3]
WINDOW = 32  # side of the squares within which textures are compared, pixels of what is seen, after scaling


@dataclass(frozen=True)
class FeaturePair:
    """Features of pictures and of the real ones, by layer.

    Attributes:
        made: (B, C, H, W) each.
        real: likewise.
    """

    made: Mapping[str, Tensor]
    real: Mapping[str, Tensor]

    @classmethod
    def of(cls, features: VGGFeatures, made: Tensor, real: Tensor, *, scale: float = 0.5) -> FeaturePair:
        """Compute the features.

        Args:
            features: the frozen network.
            made: (B, 3, H, W) in [-1, 1].
            real: likewise; no gradient reaches it.
            scale: pictures are scaled by this first; half the side is a quarter of the cost.
        """
        pair = (made, real.detach())
        made, real = (F.interpolate(x, scale_factor=scale, mode="area") if scale != 1 else x for x in pair)
        return cls(features(made), features(real))

    def distance(self) -> Tensor:
        """Return the mean over layers of the absolute difference of features, relative to the mean of the real."""
        pairs = [(self.made[name].float(), self.real[name].float()) for name in LAYERS]
        distances = [(made - real).abs().mean() / real.abs().mean().clamp_min(1e-6) for made, real in pairs]
        return torch.stack(distances).mean()

    def texture_distance(self) -> Tensor:
        """Return for each picture (B,) the absolute difference of Gram matrices in squares of ``WINDOW`` pixels.

        It is a mean over layers, relative to all real pictures' matrices. What kind of marks there are counts, not
        where in the square they lie (Gatys et al., Image style transfer, 2016; within squares: Sajjadi et al.,
        EnhanceNet, 2017, section 4.2.3).
        """
        distances = []
        for name, halvings in zip(TEXTURES, range(len(TEXTURES)), strict=True):
            pair = (self.made[name].float(), self.real[name].float())
            with torch.autocast(pair[0].device.type, enabled=False):  # half precision overflows in these sums
                made, real = (gram_matrices(maps, WINDOW >> halvings) for maps in pair)
            difference = (made - real).abs().flatten(1).mean(dim=1) / real.abs().mean().clamp_min(1e-6)
            distances.append(difference.reshape(len(pair[0]), -1).mean(dim=1))
        return torch.stack(distances).mean(dim=0)


def perceptual_distance(features: VGGFeatures, made: Tensor, real: Tensor, *, scale: float = 0.5) -> Tensor:
    """Return ``FeaturePair.distance`` of pictures (B, 3, H, W) in [-1, 1]; no gradient reaches the real ones."""
    return FeaturePair.of(features, made, real, scale=scale).distance()


def gram_matrices(maps: Tensor, side: int) -> Tensor:
    """Return the Gram matrices of squares of maps, divided by the number of places: (B x squares, C, C).

    Args:
        maps: (B, C, H, W).
        side: of the squares; all of a map that is smaller. What is left over at the right and below does not count.
    """
    height, width = (min(side, length) for length in maps.shape[-2:])
    squares = maps.unfold(2, height, height).unfold(3, width, width)  # (B, C, rows, columns, height, width)
    columns = squares.permute(0, 2, 3, 1, 4, 5).reshape(-1, maps.shape[1], height * width)
    return columns @ columns.transpose(1, 2) / columns.shape[-1]
