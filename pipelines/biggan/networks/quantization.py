"""Feature quantisation: the discriminator sees features through a small dictionary."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CODES = 2**6
DECAY = 0.9
LEAST = 1e-5  # by which a code that nobody uses is kept from dividing by 0


class FeatureQuantizer(nn.Module):
    """Replaces the features of each place by the nearest code of a dictionary.

    Zhao et al., Feature quantization improves GAN training, 2020: h -> e_k, k = argmin_j |h - e_j|^2; the gradient goes
    through as if nothing were replaced. The codes are moving averages of the features that they stand for, and the
    commitment |sg(e_k) - h|^2 keeps features near them.

    Args:
        channels: of the features.

    Attributes:
        commitment: of the last call, a scalar.
    """

    codes: Tensor
    counts: Tensor
    sums: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        codes = torch.randn(CODES, channels)
        self.register_buffer("codes", codes)
        self.register_buffer("counts", torch.zeros(CODES))
        self.register_buffer("sums", codes.clone())
        self.commitment = torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to quantised features of the same shape."""
        places = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1]).float()
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):  # bfloat16 would mistake near codes
            distances = self.codes.square().sum(dim=1) - 2 * places @ self.codes.T
            nearest = distances.argmin(dim=1)
            chosen = self.codes[nearest]
            if self.training:
                self._move(places, F.one_hot(nearest, CODES).float())
        self.commitment = (chosen - places).square().mean()
        quantised = chosen.view(len(x), *x.shape[2:], x.shape[1]).permute(0, 3, 1, 2).to(x.dtype)
        return x + (quantised - x).detach()

    def _move(self, places: Tensor, members: Tensor) -> None:
        """Move the codes towards what they stand for: (N, C) and one-hot (N, K)."""
        self.counts.lerp_(members.sum(dim=0), 1 - DECAY)
        self.sums.lerp_(members.T @ places, 1 - DECAY)
        total = self.counts.sum()
        smoothed = (self.counts + LEAST) / (total + CODES * LEAST) * total
        self.codes.copy_(self.sums / smoothed[:, None])
