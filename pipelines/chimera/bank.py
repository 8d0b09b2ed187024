"""The bank of style codes as it grows in a training: the encoder's code of every picture, when it was last seen."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines.chimera.styles import natural_score


class GrowingBank(nn.Module):
    """Codes and scores of the training pictures, kept with the checkpoints.

    Args:
        size: number of training pictures.
        style_dim: length of a code.
    """

    codes: Tensor
    natural: Tensor
    seen: Tensor

    def __init__(self, size: int, style_dim: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(size, style_dim))
        self.register_buffer("natural", torch.zeros(size))
        self.register_buffer("seen", torch.zeros(size, dtype=torch.bool))

    @torch.no_grad()
    def remember(self, numbers: Tensor, codes: Tensor, rgba: Tensor) -> None:
        """Note the codes (B, D) of pictures (B, 4, H, W), premultiplied in [0, 1], by their numbers (B,)."""
        self.codes[numbers] = codes.float()
        self.seen[numbers] = True
        for number, picture in zip(numbers.tolist(), rgba.float().cpu(), strict=True):
            alpha = picture[3].numpy()
            straight = (picture[:3] / picture[3:].clamp_min(0.05)).clamp(0, 1)
            self.natural[number] = natural_score(straight.permute(1, 2, 0).contiguous().numpy(), alpha)

    def known(self) -> Tensor:
        """Return the codes seen so far, (M, D)."""
        return self.codes[self.seen]
