"""What tells how likely each pixel of a line drawing lies inside what is drawn."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import PyTorchModelHubMixin

from pipelines.nn.half_unet import HalfUNet
from pipelines.weights import hub

NAME = "silhouette"


class SilhouetteDetector(HalfUNet, PyTorchModelHubMixin):
    """Maps a drawing (B, 3, H, W) in [0, 1], as ``source_tensor`` gives it, to logits of its inside (B, 1, H, W).

    Args:
        base_channels: channels at half resolution, doubled at each level.
        levels: halvings; sides must be multiples of ``2 ** levels``.
    """

    def __init__(self, base_channels: int = 12, levels: int = 5) -> None:
        super().__init__(base_channels, levels)

    @classmethod
    def from_weights(cls, name: str | Path = NAME) -> SilhouetteDetector:
        """Open weights, frozen and in evaluation mode."""
        return hub.load_model(cls, hub.resolve(name)).requires_grad_(False)
