"""A residual network for small pictures; the classifier, and by its features a measure of what others make."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.weights import hub

NAME = "classifier"
OF_PHOTOGRAPHS = "classifier-photos"
GROUPS = 3


class WideResNet(nn.Module, PyTorchModelHubMixin):
    """A wide residual network with pre-activation (Zagoruyko and Komodakis, 2016), WRN-(6 n + 4)-k there.

    Args:
        classes: names, in the order of the logits.
        width: k, by which the channels 16, 32 and 64 are multiplied.
        blocks: n, in each of three groups.
        size: side of the pictures it was taught on; twice 32 halves once more at the entrance.
    """

    def __init__(self, classes: Sequence[str], width: int = 2, blocks: int = 2, size: int = 32) -> None:
        super().__init__()
        self.classes, self.size = tuple(classes), size
        channels = [16, *(16 * width * 2**group for group in range(GROUPS))]
        shapes = [
            (channels[group + (number > 0)], channels[group + 1], number == 0 and group > 0)
            for group in range(GROUPS)
            for number in range(blocks)
        ]
        self.stem = nn.Conv2d(3, channels[0], 3, stride=max(1, size // 32), padding=1, bias=False)
        self.blocks = nn.Sequential(*(Block(*shape) for shape in shapes))
        self.norm = nn.BatchNorm2d(channels[-1])
        self.head = nn.Linear(channels[-1], len(self.classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @classmethod
    def from_weights(cls, name: str | Path = NAME) -> WideResNet:
        """Open weights, frozen and in evaluation mode."""
        return hub.load_model(cls, hub.resolve(name)).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Map pictures (B, 3, S, S) in [-1, 1] to logits (B, C)."""
        logits: Tensor = self.head(self.pooled(x))
        return logits

    def pooled(self, x: Tensor) -> Tensor:
        """Map pictures to the vectors before the last layer, (B, 64 k)."""
        pooled: Tensor = F.relu(self.norm(self.blocks(self.stem(x)))).mean(dim=(2, 3))
        return pooled


class Block(nn.Module):
    """Two convolutions, each after batch norm and ReLU, added to the input; a 1 x 1 one where the shape changes."""

    def __init__(self, in_channels: int, out_channels: int, halve: bool) -> None:
        super().__init__()
        stride = 2 if halve else 1
        self.norm1, self.norm2 = nn.BatchNorm2d(in_channels), nn.BatchNorm2d(out_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.shortcut: nn.Module = nn.Identity()
        if halve or in_channels != out_channels:
            self.shortcut = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H, W), or to half of H and W."""
        active = F.relu(self.norm1(x))
        kept = x if isinstance(self.shortcut, nn.Identity) else self.shortcut(active)
        out: Tensor = kept + self.conv2(F.relu(self.norm2(self.conv1(active))))
        return out
