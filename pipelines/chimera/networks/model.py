"""All that a call needs, in one module and one file: generator, encoder and the bank of codes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.chimera.config import WIDTHS
from pipelines.chimera.networks.encoder import StyleEncoder
from pipelines.chimera.networks.generator import ChimeraGenerator

PLACES = 4  # side of the map of an animal's local codes that is kept


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
        natural_size: number of those whose furs a natural look draws from.

    Attributes:
        bank_codes: (N, D), the encoder's mean code of each training picture.
        bank_labels: (N,), index into ``classes``.
        bank_places: (K, D, 4, 4), codes of the places of the most natural animals, within each one's box.
        bank_colors: (K, 3, 4, 4) in [0, 1], the mean colours of these places.
    """

    bank_codes: Tensor
    bank_labels: Tensor
    bank_places: Tensor
    bank_colors: Tensor

    def __init__(
        self,
        widths: Sequence[int] = WIDTHS,
        head_channels: int = 24,
        style_dim: int = 16,
        encoder_channels: int = 32,
        size: int = 256,
        bank_size: int = 1,
        classes: Sequence[str] = ("",),
        natural_size: int = 0,
    ) -> None:
        super().__init__()
        self.size = size
        self.classes = tuple(classes)
        self.generator = ChimeraGenerator(widths, head_channels, style_dim)
        self.encoder = StyleEncoder(encoder_channels, style_dim)
        self.register_buffer("bank_codes", torch.zeros(bank_size, style_dim))
        self.register_buffer("bank_labels", torch.zeros(bank_size, dtype=torch.int16))
        self.register_buffer("bank_places", torch.zeros(natural_size, style_dim, PLACES, PLACES))
        self.register_buffer("bank_colors", torch.zeros(natural_size, 3, PLACES, PLACES))
