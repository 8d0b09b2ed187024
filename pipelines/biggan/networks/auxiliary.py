"""A classifier on a frozen network's maps, by which a generator is guided to its class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PLACES = 4  # a side


class AuxiliaryClassifier(nn.Module):
    """Learns the classes of real pictures, and tells a generator what its own are missing.

    An auxiliary classifier (Odena et al., 2017) that only real pictures teach, as those that guide StyleGAN-XL (Sauer
    et al., 2022, section 3.4) are taught before: had made ones a part in it, it would learn to call their class from
    their flaws.

    Args:
        classes: how many.
        map_channels: channels of the maps, in their order.
        channels: of the hidden layer.
    """

    def __init__(self, classes: int, map_channels: Sequence[int], channels: int = 128) -> None:
        super().__init__()
        count = sum(map_channels)
        self.norm = nn.BatchNorm2d(count)
        self.hidden = nn.Sequential(nn.Conv2d(count, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU())
        self.last = nn.Linear(count + channels, classes)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Map maps (B, C, H, W), each of its own size, to logits (B, classes)."""
        sized = [F.interpolate(one, size=(PLACES, PLACES), mode="area") for one in maps]
        x = self.norm(torch.cat(sized, dim=1))
        logits: Tensor = self.last(torch.cat([x, self.hidden(x)], dim=1).mean(dim=(2, 3)))
        return logits.float()
