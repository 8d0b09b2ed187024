"""The wavelet scattering transform: a fixed map from pictures to coefficients, by kymatio."""

from __future__ import annotations

import functools

import torch
from kymatio import Scattering2D
from torch import Tensor


@torch.no_grad()
def scatter(pictures: Tensor, scales: int, angles: int) -> Tensor:
    """Return the scattering coefficients of orders 0, 1 and 2 (Bruna and Mallat, 2013, section 2).

    Args:
        pictures: (B, C, S, S) in [-1, 1].
        scales: J; coefficients are averaged over 2^J pixels.
        angles: L, of the wavelets.

    Returns:
        (B, D) float32 with D as ``coefficient_count`` says; channels of the picture first, then paths, then places.
    """
    with torch.autocast(pictures.device.type, enabled=False):
        transform = _transform(pictures.shape[-1], scales, angles, pictures.device)
        found: Tensor = transform(pictures.float().contiguous())
    return found.flatten(1)


def coefficient_count(size: int, channels: int, scales: int, angles: int) -> int:
    """Return D = C (1 + L J + L^2 J (J - 1) / 2) (S / 2^J)^2, the number of a picture's coefficients."""
    paths = 1 + angles * scales + angles**2 * scales * (scales - 1) // 2
    return channels * paths * (size >> scales) ** 2


@functools.lru_cache(maxsize=4)  # its filters take seconds to make
def _transform(size: int, scales: int, angles: int, device: torch.device) -> Scattering2D:
    return Scattering2D(scales, (size, size), L=angles, max_order=2, frontend="torch").to(device)
