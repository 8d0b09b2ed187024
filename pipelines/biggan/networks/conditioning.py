"""Batch norm whose gain and shift depend on the class (de Vries et al., 2017; Dumoulin et al., 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines.nn.spectral import SpectralLinear


class ConditionalBatchNorm2d(nn.Module):
    """y = (1 + gain(c)) (x - mean) / deviation + shift(c).

    Args:
        channels: of the maps.
        condition: length of the vectors c, from which gain and shift are linear; a number of classes where c is one.
        embedded: whether c is a vector; a class number otherwise, looked up in two tables.
    """

    def __init__(self, channels: int, condition: int, *, embedded: bool) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain: nn.Module
        self.shift: nn.Module
        if embedded:
            self.gain = SpectralLinear(condition, channels, bias=False)
            self.shift = SpectralLinear(condition, channels, bias=False)
        else:  # tables are not spectrally normed
            self.gain, self.shift = nn.Embedding(condition, channels), nn.Embedding(condition, channels)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Map (B, C, H, W) and vectors (B, D), class numbers (B,) or shares of classes (B, K) to (B, C, H, W)."""
        gain, shift = (looked_up(part, condition)[:, :, None, None] for part in (self.gain, self.shift))
        if self.training:
            return torch.addcmul(shift, self.norm(x), 1 + gain)
        mean, variance = self.norm.running_mean, self.norm.running_var
        assert mean is not None and variance is not None
        factor = (1 + gain) * (variance + self.norm.eps).rsqrt()[:, None, None]
        return torch.addcmul(shift - mean[:, None, None] * factor, x, factor)  # all that is linear, in one pass


def looked_up(layer: nn.Module, condition: Tensor) -> Tensor:
    """Return what a layer makes of a condition; of shares of classes, in a table, the rows' weighted mean."""
    if isinstance(layer, nn.Embedding) and condition.is_floating_point():
        with torch.autocast(condition.device.type, enabled=False):  # a class's share of one gives its row to the bit
            return condition.float() @ layer.weight.float()
    found: Tensor = layer(condition)
    return found
