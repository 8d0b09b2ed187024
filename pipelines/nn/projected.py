"""The projected discriminator, in the feature space of a frozen network (Sauer et al., Projected GANs, 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.nn.spectral import SpectralConv2d

# Pictures (B, 3, H, W), or what ``ProjectedDiscriminator.project`` gives of them.
Shown = Tensor | Sequence[Tensor]


class FeatureExtractor(Protocol):
    """A frozen network that gives maps at several scales, finest first."""

    def features(self, x: Tensor) -> list[Tensor]:
        """Map (B, 3, H, W) in [-1, 1] to feature maps."""
        ...


class ProjectedDiscriminator(nn.Module):
    """Small discriminators on randomly mixed features of a frozen network, one a scale.

    Features are mixed across channels by random 1 x 1 convolutions and across scales, from coarse to fine, by random
    3 x 3 ones; neither is ever trained (section 3.2 of the paper). Only the heads are.

    Args:
        backbone: a frozen ``nn.Module`` with ``features``.
        backbone_channels: channels of the maps to use, finest first.
        skip: how many of the backbone's finest maps to leave out.
        channels: of the mixed maps.
        head_channels: of the heads' hidden layers.
        normalize: whether these are batch-normed, as in the paper's code. Spectral norms alone leave deep heads flat.
    """

    def __init__(
        self,
        backbone: nn.Module,
        backbone_channels: Sequence[int],
        *,
        skip: int = 0,
        channels: int = 64,
        head_channels: int = 64,
        normalize: bool = False,
    ) -> None:
        super().__init__()
        self.backbone = backbone.requires_grad_(False)
        self.skip = skip
        self.across_channels = nn.ModuleList(random_conv(count, channels, 1) for count in backbone_channels)
        self.across_scales = nn.ModuleList(random_conv(channels, channels, 3) for _ in backbone_channels)
        depths = range(len(backbone_channels), 0, -1)  # the finest map gets the deepest head
        self.heads = nn.ModuleList(head(channels, head_channels, min(depth, 3), normalize) for depth in depths)

    def train(self, mode: bool = True) -> Self:
        """Set training mode; the backbone stays in evaluation mode."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, shown: Shown) -> Tensor:
        """Map pictures (B, 3, H, W) in [-1, 1], or what ``project`` gives, to logits of scales and places, (B, N)."""
        levels = self.project(shown) if isinstance(shown, Tensor) else shown
        logits = [head(level).flatten(1) for head, level in zip(self.heads, levels, strict=True)]
        return torch.cat(logits, dim=1)

    def project(self, x: Tensor) -> list[Tensor]:
        """Map pictures to what the heads see, most of the cost: once for both steps on the same made pictures."""
        maps: list[Tensor] = self.backbone.features(x)  # type: ignore[operator]
        return self.mixed(maps)

    def mixed(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return the backbone's maps mixed across channels, then each with what is coarser than it, finest first."""
        mixed = [conv(level) for conv, level in zip(self.across_channels, maps[self.skip :], strict=True)]
        for index in reversed(range(len(mixed))):
            if index + 1 < len(mixed):
                coarser = F.interpolate(mixed[index + 1], size=mixed[index].shape[-2:], mode="bilinear")
                mixed[index] = mixed[index] + coarser
            mixed[index] = self.across_scales[index](mixed[index])
        return mixed


def shown_to(discriminator: nn.Module, x: Tensor) -> Shown:
    """Return what a discriminator's learned part sees: the pictures, but frozen features where it is projected."""
    return discriminator.project(x) if isinstance(discriminator, ProjectedDiscriminator) else x


def detached(shown: Shown) -> Shown:
    """Return the same without a gradient to what it came from."""
    return shown.detach() if isinstance(shown, Tensor) else [level.detach() for level in shown]


def random_conv(in_channels: int, out_channels: int, kernel: int) -> nn.Conv2d:
    """Return a convolution with Kaiming-normal weights that is never trained."""
    conv = nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="linear")
    return conv.requires_grad_(False)


def head(channels: int, hidden: int, depth: int, normalize: bool) -> nn.Sequential:
    """Return spectrally-normed convolutions, ``depth`` hidden ones that halve the map, then one to a logit a place.

    With ``normalize`` a picture's logits depend on the batch it is in, in evaluation mode too.
    """
    layers: list[nn.Module] = []
    for number in range(depth):
        given, kernel, stride = (channels, 3, 1) if number == 0 else (hidden, 4, 2)
        layers.append(SpectralConv2d(given, hidden, kernel, stride=stride, padding=1))
        if normalize:  # by the batch at hand: real and made pictures come one after another
            layers.append(nn.BatchNorm2d(hidden, track_running_stats=False))
        layers.append(nn.LeakyReLU(0.2))
    layers.append(SpectralConv2d(hidden, 1, 3, padding=1))
    return nn.Sequential(*layers)
