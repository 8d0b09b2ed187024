"""Self-attention over places (Zhang et al., SAGAN, 2019)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.nn.spectral import SpectralConv2d


class SelfAttention(nn.Module):
    """x + gamma * values gathered by softmax(query key^T); keys and values at half the resolution, gamma from 0.

    Args:
        channels: of the maps, a multiple of 8.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = SpectralConv2d(channels, channels // 8, 1, bias=False)
        self.key = SpectralConv2d(channels, channels // 8, 1, bias=False)
        self.value = SpectralConv2d(channels, channels // 2, 1, bias=False)
        self.out = SpectralConv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        query = self.query(x).flatten(2)
        key, value = (F.max_pool2d(part(x), 2).flatten(2) for part in (self.key, self.value))
        weights = torch.einsum("bcq,bck->bqk", query, key).softmax(dim=2)
        gathered = torch.einsum("bqk,bck->bcq", weights, value).reshape(len(x), -1, *x.shape[2:])
        mixed: Tensor = self.out(gathered)
        return x + self.gamma * mixed
