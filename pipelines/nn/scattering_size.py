"""How many scattering coefficients a picture has: without torch, for settings that are checked before it is there."""

from __future__ import annotations


def coefficient_count(size: int, channels: int, scales: int, angles: int) -> int:
    """Return D = C (1 + L J + L^2 J (J - 1) / 2) (S / 2^J)^2, the number of a picture's coefficients."""
    paths = 1 + angles * scales + angles**2 * scales * (scales - 1) // 2
    return channels * paths * (size >> scales) ** 2
