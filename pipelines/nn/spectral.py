"""Layers of bounded gain: their weight divided by its largest singular value (Miyato et al., 2018)."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

from pipelines.nn.doubling import doubled_conv2d, doubling_kernel


def fold_spectral_norms(network: nn.Module) -> None:
    """Divide each weight by its norm once and for all, for a network in evaluation mode that is only used."""
    for module in list(network.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
        if isinstance(module, SpectralDoublingConv2d):
            module.fold()


class SpectralConv2d(nn.Module):
    """A convolution with spectral norm, whose power iteration stays in float32 under autocast.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel: side of the kernel.
        stride: of the convolution.
        padding: zeros around the input.
        bias: whether something is added.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.stride, self.padding = stride, padding
        self.conv = spectral_norm(nn.Conv2d(in_channels, out_channels, kernel, stride, padding, bias=bias))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', h, w)."""
        conv: Any = self.conv
        return F.conv2d(x, self.normed_weight(x.device), conv.bias, self.stride, self.padding)

    def normed_weight(self, device: torch.device) -> Tensor:
        """Return the kernel (C', C, k, k) divided by its norm."""
        conv: Any = self.conv
        with torch.autocast(device.type, enabled=False):  # bfloat16 would estimate the norm too coarsely
            weight: Tensor = conv.weight
        return weight


class SpectralDoublingConv2d(SpectralConv2d):
    """A 3 x 3 convolution, with spectral norm, of a picture whose pixels are repeated twice both ways."""

    kernel: Tensor | None

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 3, padding=1)
        self.register_buffer("kernel", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', 2 H, 2 W)."""
        conv: Any = self.conv
        kernel = doubling_kernel(self.normed_weight(x.device)) if self.kernel is None else self.kernel
        return doubled_conv2d(x, kernel, conv.bias)

    def fold(self) -> None:
        """Make the kernel once and for all, for a network that is only used."""
        conv: Any = self.conv
        kernel = doubling_kernel(self.normed_weight(conv.bias.device)).detach()
        self.kernel = kernel.contiguous(memory_format=torch.channels_last)


class SpectralLinear(nn.Module):
    """A linear layer with spectral norm, likewise."""

    def __init__(self, in_features: int, out_features: int, *, bias: bool = True) -> None:
        super().__init__()
        self.linear = spectral_norm(nn.Linear(in_features, out_features, bias=bias))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, D) to (B, D')."""
        linear: Any = self.linear
        with torch.autocast(x.device.type, enabled=False):
            weight: Tensor = linear.weight
        return F.linear(x, weight, linear.bias)


class SpectralEmbedding(nn.Module):
    """A table of vectors, one a class, with spectral norm, likewise."""

    def __init__(self, count: int, dim: int) -> None:
        super().__init__()
        self.table = spectral_norm(nn.Embedding(count, dim))

    def forward(self, numbers: Tensor) -> Tensor:
        """Map class numbers (B,) to vectors (B, D)."""
        table: Any = self.table
        with torch.autocast(numbers.device.type, enabled=False):
            weight: Tensor = table.weight
        return F.embedding(numbers, weight)
