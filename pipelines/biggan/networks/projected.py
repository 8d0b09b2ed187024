"""The projected discriminator (Sauer et al., Projected GANs, 2021), with a second projection by class."""

from __future__ import annotations

from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.nn.projected import head, mix_scales, random_conv
from pipelines.nn.spectral import SpectralConv2d, SpectralEmbedding


class ProjectedClassDiscriminator(nn.Module):
    """Small heads on randomly mixed features of a frozen network; each asks for the class as well.

    A head's logit is a map psi(h) plus <e(y), mean of h>, as in BigGAN's discriminator.

    Args:
        classes: how many.
        backbone: a frozen ``nn.Module`` with ``features``.
        backbone_channels: channels of the maps to use, finest first.
        skip: how many of the backbone's finest maps to leave out.
        side: to which pictures are enlarged, pixels.
        channels: of the mixed maps and the heads.
    """

    def __init__(
        self,
        classes: int,
        backbone: nn.Module,
        backbone_channels: tuple[int, ...],
        *,
        skip: int = 1,
        side: int = 128,
        channels: int = 64,
    ) -> None:
        super().__init__()
        self.backbone, self.skip, self.side = backbone.requires_grad_(False), skip, side
        self.across_channels = nn.ModuleList(random_conv(count, channels, 1) for count in backbone_channels)
        self.across_scales = nn.ModuleList(random_conv(channels, channels, 3) for _ in backbone_channels)
        depths = [min(depth, 3) for depth in range(len(backbone_channels), 0, -1)]
        self.heads = nn.ModuleList(head(channels, channels, depth)[:-1] for depth in depths)
        self.logits = nn.ModuleList(SpectralConv2d(channels, 1, 3, padding=1) for _ in depths)
        self.embeddings = nn.ModuleList(SpectralEmbedding(classes, channels) for _ in depths)

    def train(self, mode: bool = True) -> Self:
        """Set training mode; the backbone stays in evaluation mode."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        """Map pictures (B, 3, S, S) in [-1, 1] and class numbers (B,) to logits of all scales and places, (B, N)."""
        large = F.interpolate(x, size=(self.side, self.side), mode="bilinear", align_corners=False)
        maps = self.backbone.features(large)[self.skip :]  # type: ignore[operator]
        found = []
        mixed = mix_scales(maps, self.across_channels, self.across_scales)
        for level, begin, logit, embedding in zip(mixed, self.heads, self.logits, self.embeddings, strict=True):
            features = begin(level)
            by_class = (embedding(labels) * features.mean(dim=(2, 3))).sum(dim=1, keepdim=True)
            found.append(logit(features).flatten(1) + by_class)
        return torch.cat(found, dim=1)
