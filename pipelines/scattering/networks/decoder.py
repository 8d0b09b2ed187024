"""The decoder: from a code to a picture, by convolutions."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn


class ScatteringDecoder(nn.Module):
    """The published generator (Angles and Mallat, 2018, section 3.1), with reflected borders.

    A linear layer to 4 x 4; blocks that double the side and halve the channels: bilinear upsampling, a 5 x 5
    convolution, batch norm, ReLU; a 5 x 5 convolution to the picture, batch norm, tanh.

    Args:
        dim: length of the code.
        size: side of the pictures, pixels; a power of two.
        channels: 1 for grey, 3 for colour.
        base_channels: before the last convolution; twice as many at each smaller side.
        max_channels: at most so many.
    """

    def __init__(
        self, dim: int = 128, size: int = 64, channels: int = 1, base_channels: int = 32, max_channels: int = 512
    ) -> None:
        super().__init__()
        doublings = int(math.log2(size // 4))
        widths = [min(base_channels << step, max_channels) for step in reversed(range(doublings + 1))]
        self.first = nn.Sequential(
            nn.Linear(dim, 16 * widths[0], bias=False),
            nn.Unflatten(1, (widths[0], 4, 4)),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(*(block(low, high) for low, high in pairwise(widths)))
        self.last = nn.Sequential(convolution(widths[-1], channels), nn.BatchNorm2d(channels), nn.Tanh())

    def forward(self, codes: Tensor) -> Tensor:
        """Map codes (B, dim) to pictures (B, C, S, S) in [-1, 1]."""
        made: Tensor = self.last(self.blocks(self.first(codes)))
        return made.float()


def block(in_channels: int, out_channels: int) -> nn.Sequential:
    """Return layers that double the side."""
    upsample = nn.Upsample(scale_factor=2.0, mode="bilinear", align_corners=False)
    return nn.Sequential(upsample, convolution(in_channels, out_channels), nn.BatchNorm2d(out_channels), nn.ReLU())


def convolution(in_channels: int, out_channels: int) -> nn.Conv2d:
    """Return a 5 x 5 convolution that keeps the side; batch norm follows, so that it needs no bias."""
    return nn.Conv2d(in_channels, out_channels, 5, padding=2, padding_mode="reflect", bias=False)
