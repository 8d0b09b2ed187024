"""VGG-16's first ten convolutions less three: features for perceptual and style losses."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.weights import hub

NAME = "vgg-features"
# Name of the ReLU after each convolution, its channels in and out, and whether 2 x 2 max pooling comes before.
LAYERS = (
    ("relu1_1", 3, 64, False),
    ("relu1_2", 64, 64, False),
    ("relu2_1", 64, 128, True),
    ("relu2_2", 128, 128, False),
    ("relu3_1", 128, 256, True),
    ("relu3_2", 256, 256, False),
    ("relu3_3", 256, 256, False),
    ("relu4_1", 256, 512, True),
)
MEAN_BGR = (103.939, 116.779, 123.68)


class VGGFeatures(nn.Module):
    """Features of VGG-16 (Simonyan and Zisserman, 2015) from conv1_1 to conv4_1, never trained here.

    The weights are those of holistically-nested edge detection (Xie and Tu, 2015), which started from ImageNet's.
    """

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleDict({name: nn.Conv2d(low, high, 3, padding=1) for name, low, high, _ in LAYERS})
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1), persistent=False)

    @classmethod
    def from_pretrained(cls, name: str | Path = NAME) -> VGGFeatures:
        """Open the bundled weights, frozen and in evaluation mode."""
        backbone = cls()
        backbone.load_state_dict(load_file(hub.resolve(name) / "model.safetensors"))
        return backbone.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Map RGB pictures (B, 3, H, W) in [-1, 1] to the eight maps by name."""
        x = (x.flip(1) + 1) * 127.5 - self.mean
        maps = {}
        for name, _, _, pool in LAYERS:
            x = F.max_pool2d(x, 2, ceil_mode=True) if pool else x
            x = F.relu(self.convs[name](x))
            maps[name] = x
        return maps
