"""From a cut-out animal to its style: one code for all of it, or a coarse map of codes."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE = 128  # of the pictures it looks at, pixels


@dataclass(frozen=True)
class StyleDistribution:
    """A Gaussian over codes: ``mean`` and ``log_variance``, (B, D) or (B, D, h, w)."""

    mean: Tensor
    log_variance: Tensor

    def sample(self) -> Tensor:
        """Draw codes, differentiable in both parameters (Kingma and Welling, 2014)."""
        return self.mean + torch.randn_like(self.mean) * (0.5 * self.log_variance).exp()

    def divergence(self) -> Tensor:
        """Return the Kullback-Leibler divergence from N(0, I) of each number of the codes, in nats."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1 - self.log_variance)


class StyleEncoder(nn.Module):
    """A few strided convolutions; a code is the mean over the animal of those at each of 4 x 4 places.

    The code of the whole and the map of local codes share their weights: the whole's is the alpha-weighted mean of the
    map's.

    Args:
        base_channels: after the first convolution.
        style_dim: length of a code.
    """

    def __init__(self, base_channels: int, style_dim: int) -> None:
        super().__init__()
        widths = [4, *(base_channels * factor for factor in (1, 2, 4, 4, 8))]
        groups = base_channels if base_channels < 8 else math.gcd(8, base_channels)
        self.body = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(low, high, 4, 2, 1), nn.GroupNorm(groups, high), nn.LeakyReLU(0.2))
                for low, high in itertools.pairwise(widths)
            )
        )
        self.head = nn.Linear(widths[-1], 2 * style_dim)

    def forward(self, rgb: Tensor, alpha: Tensor) -> StyleDistribution:
        """Return one code a picture.

        Args:
            rgb: (B, 3, H, W) in [-1, 1]; what lies outside the animal does not matter.
            alpha: (B, 1, H, W) in [0, 1].
        """
        features, weights = self._features(rgb, alpha)
        pooled = (features * weights).sum(dim=(2, 3)) / weights.sum(dim=(2, 3))
        return distribution(self.head(pooled))

    def local(self, rgb: Tensor, alpha: Tensor) -> tuple[StyleDistribution, Tensor]:
        """Return codes (B, D, 4, 4) and how much of the animal lies at each place, (B, 1, 4, 4) in [0, 1]."""
        features, weights = self._features(rgb, alpha)
        return distribution(self.head(features.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)), weights

    def _features(self, rgb: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
        if rgb.shape[-2:] != (SIDE, SIDE):
            rgb, alpha = (F.interpolate(x, size=(SIDE, SIDE), mode="area") for x in (rgb, alpha))
        features = self.body(torch.cat([rgb * alpha, alpha * 2 - 1], dim=1))
        return features, F.interpolate(alpha, size=features.shape[-2:], mode="area") + 1e-3


def distribution(parameters: Tensor) -> StyleDistribution:
    """Return the Gaussian of parameters (B, 2D, ...): means, then logarithms of variances."""
    mean, log_variance = parameters.float().chunk(2, dim=1)
    return StyleDistribution(mean, log_variance.clamp(-8, 4))


def filled(codes: Tensor, weights: Tensor) -> Tensor:
    """Return local codes (B, D, h, w) with those of empty places replaced by the animal's mean code."""
    mean = (codes * weights).sum(dim=(2, 3), keepdim=True) / weights.sum(dim=(2, 3), keepdim=True)
    share = weights.clamp(0, 1)
    return share * codes + (1 - share) * mean
