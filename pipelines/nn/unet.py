"""U-Net blocks: strided convolutions down, bilinear upsampling and skips up, a condition at every level."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DownBlock(nn.Module):
    """Halve the resolution: leaky ReLU, 4 x 4 convolution of stride 2, batch norm.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        activate: apply the leaky ReLU first; the outermost block takes raw input and does not.
        normalize: end with batch norm; the innermost block, perhaps 1 x 1, does not.
    """

    def __init__(self, in_channels: int, out_channels: int, *, activate: bool = True, normalize: bool = True) -> None:
        super().__init__()
        self.activation = nn.LeakyReLU(0.2) if activate else nn.Identity()
        self.conv = nn.Conv2d(in_channels, out_channels, 4, stride=2, padding=1, bias=not normalize)
        self.norm = nn.BatchNorm2d(out_channels) if normalize else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H/2, W/2)."""
        out: Tensor = self.norm(self.conv(self.activation(x)))
        return out


class UpBlock(nn.Module):
    """Double the resolution, join the skip, convolve, and let the condition scale and shift the result.

    Bilinear upsampling before a convolution leaves no checkerboard, which a strided transposed convolution does
    (Odena et al., Deconvolution and Checkerboard Artifacts, 2016). The condition acts as in FiLM (Perez et al., 2018).

    Args:
        in_channels: channels of the input from below.
        skip_channels: channels of the encoder's map of the same size, 0 for none.
        out_channels: channels of the output.
        condition_dim: length of the condition vector.
    """

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int, condition_dim: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels + skip_channels, out_channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)
        self.film = nn.Linear(condition_dim, 2 * out_channels)

    def forward(self, x: Tensor, skip: Tensor | None, condition: Tensor) -> Tensor:
        """Map (B, C, H, W), a skip (B, S, 2H, 2W) and a condition (B, D) to (B, C', 2H, 2W)."""
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        if skip is not None:
            x = torch.cat([x, skip], dim=1)
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(self.norm(self.conv(x)) * (1.0 + scale) + shift, 0.2)


def init_gan_weights(module: nn.Module) -> None:
    """Draw convolutions from N(0, 0.02) and norms from N(1, 0.02), as pix2pix does (Isola et al., 2017, 6.2)."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(part.weight, 0.0, 0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.weight, 1.0, 0.02)
            nn.init.zeros_(part.bias)
