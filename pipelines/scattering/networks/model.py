"""Encoder and decoder together: what is saved and opened."""

from __future__ import annotations

from typing import ClassVar

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.scattering.networks.code import ScatteringCode
from pipelines.scattering.networks.decoder import ScatteringDecoder


class ScatteringModel(nn.Module, PyTorchModelHubMixin):
    """A scattering code and its decoder.

    Args:
        size: side of the pictures, pixels; a power of two.
        channels: 1 for grey, 3 for colour.
        scales: J of the scattering transform.
        angles: L, likewise.
        dim: length of the code.
        noise: standard deviation of the noise in the first component; 0 is SGM.
        base_channels: of the decoder, before the last convolution.
        max_channels: of the decoder, at most.

    Attributes:
        parts: what has a file of its own.
    """

    parts: ClassVar[tuple[str, ...]] = ("code", "decoder")

    def __init__(
        self,
        size: int = 64,
        channels: int = 1,
        scales: int = 3,
        angles: int = 8,
        dim: int = 128,
        noise: float = 0.0,
        base_channels: int = 32,
        max_channels: int = 512,
    ) -> None:
        super().__init__()
        self.code = ScatteringCode(size, channels, scales, angles, dim, noise)
        self.decoder = ScatteringDecoder(dim, size, channels, base_channels, max_channels)

    def forward(self, pictures: Tensor) -> Tensor:
        """Reconstruct pictures (B, C, S, S) in [-1, 1] from their codes."""
        made: Tensor = self.decoder(self.code(pictures))
        return made
