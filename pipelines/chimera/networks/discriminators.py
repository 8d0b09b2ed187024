"""The discriminator that sees lines and picture together, at two scales."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.nn.spectral import SpectralConv2d

GAIN = 1.3  # of each layer: with norms of 1 alone five leaky layers hardly tell fine texture (hinge loss 1.9 of 2)


class PairDiscriminator(nn.Module):
    """Two patch discriminators with spectral norm, one of them at half the size (pix2pixHD, Wang et al., 2018, 3.2).

    Args:
        base_channels: after the first layer, doubled at each next one.
    """

    def __init__(self, base_channels: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList(PatchDiscriminator(base_channels) for _ in range(2))

    def forward(self, lines: Tensor, picture: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Tell real pictures of these lines from made ones.

        Args:
            lines: (B, 1, H, W) in [0, 1].
            picture: (B, 3, H, W) in [-1, 1].

        Returns:
            Logits (B, 1, h, w) of each scale, and the maps of all hidden layers for feature matching.
        """
        x = torch.cat([lines * 2 - 1, picture], dim=1)
        logits, features = [], []
        for number, scale in enumerate(self.scales):
            found, hidden = scale(F.avg_pool2d(x, 2) if number else x)
            logits.append(found)
            features += hidden
        return logits, features


class PatchDiscriminator(nn.Module):
    """PatchGAN of pix2pix without norms but its weights' own; each logit sees 70 x 70 pixels."""

    def __init__(self, base_channels: int) -> None:
        super().__init__()
        widths = [4, *(base_channels * factor for factor in (1, 2, 4, 8))]
        strides = (2, 2, 2, 1)
        self.hidden = nn.ModuleList(
            SpectralConv2d(low, high, 4, stride=stride, padding=1)
            for (low, high), stride in zip(itertools.pairwise(widths), strides, strict=True)
        )
        self.head = SpectralConv2d(widths[-1], 1, 4, stride=1, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Map (B, 4, H, W) to logits (B, 1, h, w) and hidden maps."""
        features = []
        for conv in self.hidden:
            x = F.leaky_relu(GAIN * conv(x), 0.2)
            features.append(x)
        return GAIN * self.head(x), features


def feature_distance(made: list[Tensor], real: list[Tensor]) -> Tensor:
    """Return the mean over layers of the absolute difference of hidden maps (pix2pixHD, equation 4)."""
    distances = [(a.float() - b.float().detach()).abs().mean() for a, b in zip(made, real, strict=True)]
    return torch.stack(distances).mean()
