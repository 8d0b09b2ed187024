"""The studio's own line detector: a small network that was taught to answer as HED does."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import PyTorchModelHubMixin

from pipelines.nn.half_unet import HalfUNet
from pipelines.weights import hub

NAME = "lines"


class LineDetector(HalfUNet, PyTorchModelHubMixin):
    """How likely each pixel of an RGB picture (B, 3, H, W) in [-1, 1] is on a line.

    HED's maps are smooth over a few pixels, so nothing is lost by working at half the resolution.

    Args:
        base_channels: channels at half resolution, doubled at each level.
        levels: halvings; sides must be multiples of ``2 ** levels``.
    """

    def __init__(self, base_channels: int = 16, levels: int = 4) -> None:
        super().__init__(base_channels, levels)

    @classmethod
    def from_weights(cls, name: str | Path = NAME) -> LineDetector:
        """Open weights, frozen and in evaluation mode."""
        return hub.load_model(cls, hub.resolve(name)).requires_grad_(False)
