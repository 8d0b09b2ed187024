"""A U-Net for maps that need no detail of a single pixel: the costly full resolution is left out."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class HalfUNet(nn.Module):
    """A U-Net (Ronneberger et al., 2015) that works at half the resolution and below.

    Args:
        base_channels: channels at half resolution, doubled at each level.
        levels: halvings; sides must be multiples of ``2 ** levels``.
    """

    def __init__(self, base_channels: int, levels: int) -> None:
        super().__init__()
        widths = [base_channels * 2**level for level in range(levels)]
        self.stem = block(3, widths[0], stride=2)
        self.down = nn.ModuleList(
            nn.Sequential(block(low, high, stride=2), block(high, high)) for low, high in itertools.pairwise(widths)
        )
        self.up = nn.ModuleList(
            nn.Sequential(block(low + high, low), block(low, low))
            for low, high in reversed(list(itertools.pairwise(widths)))
        )
        self.head = nn.Conv2d(widths[0], 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, 3, H, W) to logits (B, 1, H, W)."""
        x = self.stem(x)
        skips = []
        for stage in self.down:
            skips.append(x)
            x = stage(x)
        for stage in self.up:
            wider = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = stage(torch.cat([wider, skips.pop()], dim=1))
        logits: Tensor = F.interpolate(self.head(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        return logits

    def probabilities(self, x: Tensor) -> Tensor:
        """Map (B, 3, H, W) to probabilities (B, 1, H, W)."""
        logits: Tensor = self(x)
        return logits.float().sigmoid()


def block(in_channels: int, out_channels: int, *, stride: int = 1) -> nn.Sequential:
    """Return convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )
