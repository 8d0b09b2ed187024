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


def slerp(start: Tensor, end: Tensor, share: float) -> Tensor:
    """Return a point of the way between two codes (dim,): directions along a great circle, lengths in proportion.

    Between two draws of N(0, I) every point is as likely as the ends (White, Sampling generative networks, 2016); on a
    straight line the middle is too short, and its picture too plain.
    """
    lengths = start.norm(), end.norm()
    if min(lengths) == 0:
        return torch.lerp(start, end, share)
    directions = start / lengths[0], end / lengths[1]
    angle = torch.arccos((directions[0] @ directions[1]).clamp(-1, 1))
    if angle.sin() < 1e-4:  # nearly the same, or opposite, where no circle is the shortest
        return torch.lerp(start, end, share)
    weights = torch.sin((1 - share) * angle), torch.sin(share * angle)
    direction = (weights[0] * directions[0] + weights[1] * directions[1]) / angle.sin()
    point: Tensor = direction * torch.lerp(*lengths, share)
    return point


def decode_all(decode: Decode, codes: Tensor) -> Pixels:
    """Return the pictures of codes (N, D) as RGB, (N, S, S, 3)."""
    return np.concatenate([to_pixels(decode(batch)) for batch in torch.split(codes, BATCH)])
