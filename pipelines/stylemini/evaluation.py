"""How well the autoencoder gives pictures back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipelines.metrics.means import means
from pipelines.metrics.pictures import psnr, ssim

Reconstruct = Callable[[Tensor], Tensor]  # pictures (B, 3, S, S) in [-1, 1] to the same
BATCH = 16


def reconstruct_all(reconstruct: Reconstruct, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what becomes of pictures (N, S, S, 3)."""
    stack = torch.tensor(pictures).permute(0, 3, 1, 2)
    made = torch.cat([reconstruct(batch.float() / 127.5 - 1).float().cpu() for batch in torch.split(stack, BATCH)])
    bytes_ = ((made + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(bytes_.permute(0, 2, 3, 1).numpy())


def reconstruction_metrics(reconstruct: Reconstruct, pictures: NDArray[np.uint8]) -> dict[str, float]:
    """Return ``psnr`` (dB), ``ssim`` and ``n``, means over pictures (N, S, S, 3)."""
    made = reconstruct_all(reconstruct, pictures)
    return means(
        [{"psnr": psnr(one, other), "ssim": ssim(one, other)} for one, other in zip(made, pictures, strict=True)]
    )
