"""The U-Net that turns lines into an animal with alpha, styled wherever a map of codes says how."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SOURCE_CHANNELS = 3  # lines, outside by narrow closing, outside by wide closing
RESIDUAL_LEVELS = (2, 3)  # levels whose maps are refined by two residual blocks: an eighth and a sixteenth of the side
SMALL_KERNEL_FROM = 4  # level from which on maps are small, and so are kernels


class ChimeraGenerator(nn.Module):
    """pix2pix's U-Net (Isola et al., 2017) with a spatial style: each decoder block scales and shifts by a code map.

    Args:
        widths: channels of the levels, at half resolution first; sides must be multiples of 2 to their number.
        head_channels: channels at full resolution.
        style_dim: length of a style code.
    """

    def __init__(self, widths: Sequence[int], head_channels: int, style_dim: int) -> None:
        super().__init__()
        levels = len(widths)
        inputs = [SOURCE_CHANNELS, *widths]
        self.down = nn.ModuleList(
            DownBlock(
                inputs[level],
                widths[level],
                kernel=4 if level < SMALL_KERNEL_FROM else 3,
                activate=level > 0,
                normalize=0 < level < levels - 1,
            )
            for level in range(levels)
        )
        self.up = nn.ModuleList(
            UpBlock(wide, narrow, narrow, style_dim) for narrow, wide in reversed(list(itertools.pairwise(widths)))
        )
        self.refine = nn.ModuleDict(
            {
                str(level): nn.ModuleList(ResidualBlock(widths[level], style_dim) for _ in range(2))
                for level in RESIDUAL_LEVELS
                if level < levels - 1
            }
        )
        self.full = UpBlock(widths[0], SOURCE_CHANNELS, head_channels, style_dim)
        self.last = nn.Conv2d(head_channels, head_channels, 3, padding=1, bias=False)
        self.last_style = StyleNorm(head_channels, style_dim)
        self.head = nn.Conv2d(head_channels, 4, 3, padding=1)
        self.apply(init_weights)
        nn.init.normal_(self.head.weight, 0.0, 0.02)

    def forward(self, source: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Make animals.

        Args:
            source: (B, 3, H, W) in [0, 1]: 1 on a line; 1 outside the lines by narrow closing; by wide closing.
            style: codes (B, D, h, w); enlarged to each level's size. One code for all is (B, D, 1, 1).

        Returns:
            Colours (B, 3, H, W) in [-1, 1] and alpha (B, 1, H, W) in [0, 1], both float32; colours are not
            multiplied by alpha.
        """
        return self.decode(self.encode(source), style)

    def encode(self, source: Tensor) -> list[Tensor]:
        """Return the deepest features, then what each block of the decoder joins; none depends on the style."""
        features = [source]
        for down in self.down:
            features.append(down(features[-1]))
        *skips, deepest = features[1:]
        blocks: Iterable[Any] = self.up
        joined = [up.joined(F.leaky_relu(skip, 0.2)) for up, skip in zip(blocks, reversed(skips), strict=True)]
        return [deepest, *joined, self.full.joined(source)]

    def decode(self, features: Sequence[Tensor], style: Tensor) -> tuple[Tensor, Tensor]:
        """Make animals, as ``forward`` does, of what ``encode`` returned."""
        x, *joined, finest = features
        for number, (up, skip) in enumerate(zip(self.up, joined, strict=True)):
            x = up(x, skip, style)
            level = str(len(joined) - 1 - number)
            if level in self.refine:
                blocks: Any = self.refine[level]
                for block in blocks:
                    x = block(x, style)
        style = enlarged(style, finest.shape[-1])  # once for both
        x = self.full(x, finest, style)
        x = self.last_style(self.last(x), style)
        out = self.head(x).float()
        return out[:, :3].tanh(), out[:, 3:].sigmoid()

    def fold(self) -> None:
        """Put the batch norms into the convolutions before them, for a generator in evaluation mode that only draws."""
        for block in list(self.modules()):
            if isinstance(block, DownBlock | UpBlock | ResidualBlock):
                block.fold()
        self.last = self.last_style.folded_into(self.last)


class StyleNorm(nn.Module):
    """Batch norm, then scale and shift from the code at each place, then leaky ReLU.

    FiLM (Perez et al., 2018) with a map instead of a vector, as in SPADE (Park et al., 2019). The few channels of the
    codes are enlarged, not the many of scale and shift: a 1 x 1 convolution and bilinear interpolation commute.
    """

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.norm: nn.Module = nn.BatchNorm2d(channels)
        self.style = nn.Conv2d(style_dim, 2 * channels, 1)
        self.folded = False

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Map (B, C, H, W) and codes (B, D, h, w) to (B, C, H, W)."""
        style = enlarged(style, x.shape[-1])
        scale, shift = self.style(style).chunk(2, dim=1)
        styled = torch.addcmul(shift, self.norm(x), scale if self.folded else 1 + scale)
        return F.leaky_relu(styled, 0.2, inplace=True)

    def folded_into(self, conv: nn.Conv2d) -> nn.Conv2d:
        """Return the convolution before this with the batch norm in it, and keep the style alone."""
        convolution, style = fused(conv, self.norm), self.style
        assert style.bias is not None
        style.bias.data[: style.out_channels // 2] += 1
        self.norm, self.folded = nn.Identity(), True
        return convolution


class DownBlock(nn.Module):
    """Halve the resolution: leaky ReLU, convolution of stride 2, batch norm."""

    def __init__(self, in_channels: int, out_channels: int, *, kernel: int, activate: bool, normalize: bool) -> None:
        super().__init__()
        self.activate = activate
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, stride=2, padding=1, bias=not normalize)
        self.norm = nn.BatchNorm2d(out_channels) if normalize else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H/2, W/2)."""
        out: Tensor = self.norm(self.conv(F.leaky_relu(x, 0.2) if self.activate else x))
        return out

    def fold(self) -> None:
        """Put the batch norm into the convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv, self.norm = fused(self.conv, self.norm), nn.Identity()


class UpBlock(nn.Module):
    """Double the resolution, join the skip, convolve, style."""

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int, style_dim: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.conv = nn.Conv2d(in_channels + skip_channels, out_channels, 3, padding=1, bias=False)
        self.style = StyleNorm(out_channels, style_dim)
        self.skip_conv: nn.Conv2d | None = None

    def joined(self, skip: Tensor) -> Tensor:
        """Return what ``forward`` takes of a skip (B, S, 2H, 2W): itself, or once folded its part of the convolution.

        That part is the same for all styles of a drawing.
        """
        if self.skip_conv is None:
            return skip
        convolved: Tensor = self.skip_conv(skip)
        return convolved

    def forward(self, x: Tensor, skip: Tensor, style: Tensor) -> Tensor:
        """Map (B, C, H, W), what ``joined`` returns and codes to (B, C', 2H, 2W)."""
        wide = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        convolved = self.conv(torch.cat([wide, skip], dim=1)) if self.skip_conv is None else self.conv(wide).add_(skip)
        out: Tensor = self.style(convolved, style)
        return out

    def fold(self) -> None:
        """Put the batch norm into the convolution, and split it into that of the skip and that of the rest."""
        self.conv, self.skip_conv = split_conv(self.style.folded_into(self.conv), self.in_channels)


class ResidualBlock(nn.Module):
    """Two convolutions around a style, added to the input."""

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.style = StyleNorm(channels, style_dim)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(channels)
        nn.init.constant_(self.norm.weight, 0.2)  # begin near the identity

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Map (B, C, H, W) and codes to (B, C, H, W)."""
        out: Tensor = x + self.norm(self.second(self.style(self.first(x), style)))
        return out

    def fold(self) -> None:
        """Put the batch norms into the convolutions."""
        self.first = self.style.folded_into(self.first)
        self.second, self.norm = fused(self.second, self.norm), nn.Identity()


def enlarged(style: Tensor, side: int) -> Tensor:
    """Return a map of codes (B, D, h, w) at another size, (B, D, side, side); one code for all stays one."""
    if style.shape[-1] in (1, side):
        return style
    return F.interpolate(style, size=(side, side), mode="bilinear", align_corners=False)


def fused(conv: nn.Conv2d, norm: nn.Module) -> nn.Conv2d:
    """Return a convolution that does what it and the batch norm after it do in evaluation mode."""
    assert isinstance(norm, nn.BatchNorm2d)
    return fuse_conv_bn_eval(conv, norm)


def split_conv(conv: nn.Conv2d, channels: int) -> tuple[nn.Conv2d, nn.Conv2d]:
    """Return a convolution of the first input channels, and one of the others without bias: their sum is the whole."""
    first, others = copy.deepcopy(conv), copy.deepcopy(conv)
    first.in_channels, others.in_channels = channels, conv.in_channels - channels
    first.weight = nn.Parameter(conv.weight[:, :channels].clone(), requires_grad=False)
    others.weight = nn.Parameter(conv.weight[:, channels:].clone(), requires_grad=False)
    others.bias = None
    return first, others


def init_weights(module: nn.Module) -> None:
    """Draw convolutions after He et al. (2015), and the styles' so small that all codes begin alike."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, 0.2, nonlinearity="leaky_relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    if isinstance(module, StyleNorm):
        nn.init.normal_(module.style.weight, 0.0, 0.05)
