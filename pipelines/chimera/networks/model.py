"""All that a call needs, in one module and one file: generator, encoder and the bank of codes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.chimera.networks.encoder import StyleEncoder
from pipelines.chimera.networks.generator import ChimeraGenerator

WIDTHS = (40, 80, 160, 256, 256, 256, 256)


class ChimeraModel(nn.Module, PyTorchModelHubMixin):
    """What a training leaves behind.

    Args:
        widths: channels of the generator's levels.
        head_channels: of the generator at full resolution.
        style_dim: length of a style code.
        encoder_channels: of the encoder after its first convolution.
        size: side of the pictures it was finished on, pixels.
        bank_size: number of training pictures whose codes are kept.
        classes: names of their classes.

    Attributes:
        bank_codes: (N, D), the encoder's mean code of each training picture.
        bank_labels: (N,), index into ``classes``.
        bank_natural: (N,) in [0, 1], how much a picture's colours are those of a furred animal, in several tones.
    """

    bank_codes: Tensor
    bank_labels: Tensor
    bank_natural: Tensor

    def __init__(
        self,
        widths: Sequence[int] = WIDTHS,
        head_channels: int = 24,
        style_dim: int = 16,
        encoder_channels: int = 32,
        size: int = 256,
        bank_size: int = 1,
        classes: Sequence[str] = ("",),
    ) -> None:
        super().__init__()
        self.size = size
        self.classes = tuple(classes)
        self.generator = ChimeraGenerator(widths, head_channels, style_dim)
        self.encoder = StyleEncoder(encoder_channels, style_dim)
        self.register_buffer("bank_codes", torch.zeros(bank_size, style_dim))
        self.register_buffer("bank_labels", torch.zeros(bank_size, dtype=torch.int16))
        self.register_buffer("bank_natural", torch.zeros(bank_size))
