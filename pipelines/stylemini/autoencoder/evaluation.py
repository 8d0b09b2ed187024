"""How well the autoencoder gives pictures back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipelines.data.resident import to_bytes, to_unit
from pipelines.metrics.pictures import pair_metrics

Reconstruct = Callable[[Tensor], Tensor]  # pictures (B, 3, S, S) in [-1, 1] to the same
BATCH = 16


def reconstruct_all(reconstruct: Reconstruct, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what becomes of pictures (N, S, S, 3)."""
    stack = torch.tensor(pictures).permute(0, 3, 1, 2)
    return np.concatenate([to_bytes(reconstruct(to_unit(batch))) for batch in torch.split(stack, BATCH)])


def reconstruction_metrics(reconstruct: Reconstruct, pictures: NDArray[np.uint8]) -> dict[str, float]:
    """Return ``psnr`` (dB), ``ssim`` and ``n``, means over pictures (N, S, S, 3)."""
    return pair_metrics(reconstruct_all(reconstruct, pictures), pictures)
