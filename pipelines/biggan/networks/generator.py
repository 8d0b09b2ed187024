"""BigGAN's generator for 32 x 32 (Brock et al., 2019, appendix B; residual blocks after Gulrajani et al., 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.biggan.networks.attention import SelfAttention
from pipelines.biggan.networks.conditioning import ConditionalBatchNorm2d, looked_up
from pipelines.nn.spectral import SpectralConv2d, SpectralDoublingConv2d, SpectralLinear

BLOCKS = 3  # from 4 x 4 to 32 x 32


class BigGANGenerator(nn.Module, PyTorchModelHubMixin):
    """From noise and a class to a picture.

    Args:
        classes: names, in the order of their numbers.
        base_channels: the blocks have four times as many.
        noise_dim: length of the noise.
        shared_dim: length of one class embedding that all blocks share (section 3.1 of the paper); 0: each batch norm
            looks the class up in tables of its own.
        hierarchical: give each block its own part of the noise beside the class; needs a shared embedding.
        attention: attend at 16 x 16.
    """

    def __init__(
        self,
        classes: Sequence[str],
        base_channels: int = 64,
        noise_dim: int = 128,
        shared_dim: int = 0,
        hierarchical: bool = False,
        attention: bool = False,
    ) -> None:
        super().__init__()
        self.classes, self.noise_dim, self.hierarchical = tuple(classes), noise_dim, hierarchical
        self.channels = 4 * base_channels
        self.part = noise_dim // (BLOCKS + 1) if hierarchical else noise_dim
        self.shared = nn.Embedding(len(self.classes), shared_dim) if shared_dim else None
        condition = shared_dim + (self.part if hierarchical else 0) if shared_dim else len(self.classes)
        self.first = SpectralLinear(self.part, 16 * self.channels)
        self.blocks = nn.ModuleList(
            GeneratorBlock(self.channels, condition, embedded=bool(shared_dim)) for _ in range(BLOCKS)
        )
        self.attention = SelfAttention(self.channels) if attention else None
        self.norm = nn.BatchNorm2d(self.channels)
        self.last = SpectralConv2d(self.channels, 3, 3, padding=1)

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Make pictures.

        Args:
            noise: (B, noise_dim), N(0, 1) or truncated.
            labels: (B,), class numbers, or (B, classes), each class's share of a mixture.

        Returns:
            (B, 3, 32, 32) in [-1, 1].
        """
        parts = torch.split(noise, self.part, dim=1) if self.hierarchical else [noise] * (BLOCKS + 1)
        condition = labels if self.shared is None else looked_up(self.shared, labels)
        x = self.first(parts[0]).unflatten(1, (self.channels, 4, 4))
        for number, block in enumerate(self.blocks):
            x = block(x, torch.cat([condition, parts[number + 1]], dim=1) if self.hierarchical else condition)
            if number == 1 and self.attention is not None:
                x = self.attention(x)
        out: Tensor = self.last(F.relu(self.norm(x)))
        return out.float().tanh()


class GeneratorBlock(nn.Module):
    """Conditional batch norm, ReLU, doubling, convolution; the same without doubling; added to the doubled input."""

    def __init__(self, channels: int, condition: int, *, embedded: bool) -> None:
        super().__init__()
        self.norm1 = ConditionalBatchNorm2d(channels, condition, embedded=embedded)
        self.norm2 = ConditionalBatchNorm2d(channels, condition, embedded=embedded)
        self.conv1 = SpectralDoublingConv2d(channels, channels)
        self.conv2 = SpectralConv2d(channels, channels, 3, padding=1)
        self.shortcut = SpectralConv2d(channels, channels, 1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C, 2 H, 2 W)."""
        wide = self.conv1(F.relu(self.norm1(x, condition), inplace=True))
        made: Tensor = self.conv2(F.relu(self.norm2(wide, condition), inplace=True))
        kept: Tensor = self.shortcut(x)  # a 1 x 1 convolution and nearest doubling commute
        if torch.is_grad_enabled():
            return made + F.interpolate(kept, scale_factor=2.0)  # its gradient takes half the time
        height, width = x.shape[2:]
        made.view(*made.shape[:2], height, 2, width, 2).add_(kept[:, :, :, None, :, None])
        return made
