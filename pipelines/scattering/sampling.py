"""Latents and noise: picture i's are a function of (seed, i)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from pipelines.scattering.pictures import Pixels, to_pixels

Decode = Callable[[Tensor], Tensor]  # codes (B, D) to pictures (B, C, S, S) in [-1, 1]
BATCH = 100


def normal(seed: int, index: int, dim: int) -> Tensor:
    """Return N(0, I) of a picture, (dim,)."""
    return torch.from_numpy(np.random.default_rng([seed, index]).normal(0, 1, dim).astype(np.float32))


def normals(seed: int, count: int, dim: int, first: int = 0) -> Tensor:
    """Return those of consecutive pictures, (count, dim)."""
    return torch.stack([normal(seed, index, dim) for index in range(first, first + count)])


def decode_all(decode: Decode, codes: Tensor) -> Pixels:
    """Return the pictures of codes (N, D) as RGB, (N, S, S, 3)."""
    return np.concatenate([to_pixels(decode(batch)) for batch in torch.split(codes, BATCH)])
