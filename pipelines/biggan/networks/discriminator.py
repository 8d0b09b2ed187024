"""BigGAN's discriminator for 32 x 32, with projection by class (Miyato and Koyama, 2018)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.biggan.networks.attention import SelfAttention
from pipelines.biggan.networks.quantization import FeatureQuantizer
from pipelines.nn.spectral import SpectralConv2d, SpectralEmbedding, SpectralLinear

DOWN = (True, True, False, False)


class BigGANDiscriminator(nn.Module):
    """logit = psi(h) + <e(y), h>, h the features of a residual network summed over places.

    Args:
        classes: how many.
        base_channels: the blocks have four times as many.
        attention: attend at 16 x 16.
        quantized: quantise the features of each block.
    """

    def __init__(self, classes: int, base_channels: int = 64, attention: bool = False, quantized: bool = False) -> None:
        super().__init__()
        channels = 4 * base_channels
        self.blocks = nn.ModuleList(
            DiscriminatorBlock(3 if number == 0 else channels, channels, halve=halve, first=number == 0)
            for number, halve in enumerate(DOWN)
        )
        self.attention = SelfAttention(channels) if attention else None
        self.quantizers = nn.ModuleList(FeatureQuantizer(channels) for _ in DOWN if quantized)
        self.unconditional = SpectralLinear(channels, 1)
        self.embedding = SpectralEmbedding(classes, channels)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        """Map pictures (B, 3, 32, 32) in [-1, 1] and class numbers (B,) to logits (B, 1)."""
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number == 0 and self.attention is not None:
                x = self.attention(x)
            if len(self.quantizers):
                x = self.quantizers[number](x)
        features = F.relu(x).sum(dim=(2, 3))
        logits: Tensor = self.unconditional(features) + (self.embedding(labels) * features).sum(dim=1, keepdim=True)
        return logits

    def commitment(self) -> Tensor:
        """Return how far the features of the last call were from their codes, summed over blocks."""
        terms: list[Tensor] = [quantizer.commitment for quantizer in self.quantizers]  # type: ignore[misc]
        return torch.stack(terms).sum()


class DiscriminatorBlock(nn.Module):
    """Two convolutions added to the input, halved where wanted; the first block of all begins without ReLU."""

    def __init__(self, in_channels: int, out_channels: int, *, halve: bool, first: bool) -> None:
        super().__init__()
        self.halve, self.first = halve, first
        self.conv1 = SpectralConv2d(in_channels, out_channels, 3, padding=1)
        self.conv2 = SpectralConv2d(out_channels, out_channels, 3, padding=1)
        changes = halve or in_channels != out_channels
        self.shortcut = SpectralConv2d(in_channels, out_channels, 1) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H, W), or to half of H and W."""
        made: Tensor = self.conv2(F.relu(self.conv1(x if self.first else F.relu(x))))
        kept = F.avg_pool2d(x, 2) if self.halve and self.first else x
        kept = kept if self.shortcut is None else self.shortcut(kept)
        if self.halve:
            made, kept = F.avg_pool2d(made, 2), kept if self.first else F.avg_pool2d(kept, 2)
        return made + kept
