"""Differentiable augmentation, of real and made pictures alike (Zhao et al., DiffAugment, 2020)."""

from __future__ import annotations

import torch
from torch import Tensor


def augment(x: Tensor, *, shift: float = 0.125, brightness: float = 0.4, contrast: float = 0.4) -> Tensor:
    """Move pictures and change their brightness and contrast, each by its own random amount.

    Args:
        x: (B, C, H, W) in [-1, 1].
        shift: largest move, as a share of the side; the border is repeated.
        brightness: width of the range of what is added.
        contrast: width of the range around 1 of what deviations from the mean are multiplied by.

    Returns:
        (B, C, H, W); differentiable, and not clipped, so that gradients reach every pixel.
    """
    x = x + brightness * centred(x)
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    x = mean + (x - mean) * (1 + contrast * centred(x))
    return translate(x, shift)


def centred(x: Tensor) -> Tensor:
    """Return one number in [-0.5, 0.5] a picture, (B, 1, 1, 1)."""
    return torch.rand(len(x), 1, 1, 1, device=x.device, dtype=x.dtype) - 0.5


def translate(x: Tensor, share: float) -> Tensor:
    """Move each picture by whole pixels, at most ``share`` of its side, repeating the border."""
    most = round(share * x.shape[-1])
    if most == 0:
        return x
    offsets = torch.randint(-most, most + 1, (len(x), 2, 1), device=x.device)
    height, width = x.shape[-2:]
    rows = (offsets[:, 0] + torch.arange(height, device=x.device)).clamp(0, height - 1)
    columns = (offsets[:, 1] + torch.arange(width, device=x.device)).clamp(0, width - 1)
    moved = x.gather(2, rows[:, None, :, None].expand_as(x))
    return moved.gather(3, columns[:, None, None, :].expand_as(x))


def flip(x: Tensor) -> Tensor:
    """Mirror every other picture (B, C, H, W) by chance."""
    mirrored = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(mirrored, x.flip(3), x)


def cutout(x: Tensor, share: float) -> Tensor:
    """Make a square of each picture grey, of this share of its side, anywhere (DeVries and Taylor, 2017)."""
    side = x.shape[-1]
    middle = torch.rand(len(x), 2, 1, device=x.device) * side
    near = (torch.arange(side, device=x.device) + 0.5 - middle).abs() < share * side / 2
    hidden = near[:, 0, :, None] & near[:, 1, None, :]
    return x.masked_fill(hidden[:, None], 0.0)
