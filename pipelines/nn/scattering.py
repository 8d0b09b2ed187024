"""The wavelet scattering transform: a fixed map from pictures to coefficients, with kymatio's filters."""

from __future__ import annotations

import functools

import numpy as np
import torch
import torch.nn.functional as F
from kymatio.scattering2d.filter_bank import gabor_2d, morlet_2d
from kymatio.scattering2d.utils import compute_padding
from numpy.typing import NDArray
from scipy.fft import fft2
from torch import Tensor

BATCH = 8  # pictures at a time: what lies between the transforms stays in the processor's cache


@torch.no_grad()
def scatter(pictures: Tensor, scales: int, angles: int) -> Tensor:
    """Return the scattering coefficients of orders 0, 1 and 2 (Bruna and Mallat, 2013, section 2).

    They are kymatio's, to rounding.

    Args:
        pictures: (B, C, S, S) in [-1, 1].
        scales: J; coefficients are averaged over 2^J pixels.
        angles: L, of the wavelets.

    Returns:
        (B, D) float32 with D as ``coefficient_count`` says; channels of the picture first, then paths, then places.
    """
    with torch.autocast(pictures.device.type, enabled=False):
        transform = _transform(pictures.shape[-1], scales, angles, pictures.device)
        found = [transform(planes) for planes in torch.split(pictures.float().flatten(0, 1), BATCH)]
    return torch.cat(found).view(len(pictures), -1)


@functools.lru_cache(maxsize=4)
def _transform(size: int, scales: int, angles: int, device: torch.device) -> Scattering:
    return Scattering(size, scales, angles, device)


class Scattering:
    """The transform of one size. Two things make it faster than kymatio's own, several times on a CPU:

    The low-pass filter is a Gaussian, the product of one along each axis: filtering and subsampling are two small
    matrix products, where kymatio transforms to frequencies and back. Wavelets of one scale are one operation over all
    angles, and the spectrum is folded to the lower resolution while it is multiplied, not after.

    Args:
        size: side of the pictures, pixels.
        scales: J.
        angles: L.
        device: where it runs.
    """

    def __init__(self, size: int, scales: int, angles: int, device: torch.device) -> None:
        self.scales = scales
        padded, _ = compute_padding(size, size, scales)
        before = (padded - size) // 2
        self.padding = (before, padded - size - before) * 2
        averaging = np.real(fft2(gabor_2d(padded, padded, 0.8 * 2 ** (scales - 1), 0, 0)))
        self.averages = [
            on(average(reduced(averaging, level), 2 ** (scales - level)), device) for level in range(scales)
        ]
        self.wavelets: dict[tuple[int, int], Tensor] = {}  # by scale and by the resolution 2^-level that they are for
        for scale in range(scales):
            spectra = wavelet_spectra(padded, scale, angles)
            for level in range(max(scale, 1)):
                kept = np.stack([reduced(spectrum, level) for spectrum in spectra]) / 4 ** (scale - level)
                self.wavelets[scale, level] = on(kept, device).to(torch.complex64)

    def __call__(self, planes: Tensor) -> Tensor:
        """Map (B, S, S) to coefficients (B, paths, S / 2^J, S / 2^J)."""
        padded = F.pad(planes[:, None], self.padding, mode="reflect")
        found, second_order = [self.averaged(padded, 0)], []
        spectra = torch.fft.fft2(padded)[:, 0]
        for scale in range(self.scales):
            moduli = self.moduli(spectra, scale, 0)
            found.append(self.averaged(moduli, scale))
            coarser = range(scale + 1, self.scales)
            if coarser:
                inner = torch.fft.fft2(moduli).flatten(0, 1)
                paths = [self.averaged(self.moduli(inner, other, scale), other) for other in coarser]
                by_angle = [path.view(*moduli.shape[:2], *path.shape[1:]) for path in paths]
                second_order.append(torch.cat(by_angle, dim=2).flatten(1, 2))
        return torch.cat([*found, *second_order], dim=1)

    def averaged(self, moduli: Tensor, level: int) -> Tensor:
        """Average (..., M, M), of the resolution 2^-level, over 2^J pixels: (..., S / 2^J, S / 2^J)."""
        matrix = self.averages[level]
        return matrix @ (moduli @ matrix.T)

    def moduli(self, spectra: Tensor, scale: int, level: int) -> Tensor:
        """Return |x * psi| of one scale, at all angles, at the resolution 2^-scale.

        Args:
            spectra: (B, M, M), of pictures of the resolution 2^-level.
            scale: of the wavelets.
            level: at most the scale.

        Returns:
            (B, L, m, m) with m = M / 2^(scale - level).
        """
        wavelets, side = self.wavelets[scale, level], spectra.shape[-1] >> (scale - level)
        folded: Tensor | None = None
        for top in range(0, spectra.shape[-1], side):
            for left in range(0, spectra.shape[-1], side):
                part = spectra[:, None, top : top + side, left : left + side]
                filters = wavelets[:, top : top + side, left : left + side]
                folded = part * filters if folded is None else folded.addcmul_(part, filters)
        squares = torch.view_as_real(torch.fft.ifft2(folded)).square_()
        return squares[..., 0].add(squares[..., 1]).sqrt_()


def wavelet_spectra(side: int, scale: int, angles: int) -> list[NDArray[np.float64]]:
    """Return the spectra (side, side) of kymatio's Morlet wavelets of one scale, an angle each."""
    width, frequency = 0.8 * 2**scale, 3 / 4 * np.pi / 2**scale
    directions = [(int(angles - angles / 2 - 1) - number) * np.pi / angles for number in range(angles)]
    morlets = (morlet_2d(side, side, width, direction, frequency, 4 / angles) for direction in directions)
    return [np.real(fft2(morlet)) for morlet in morlets]


def reduced(spectrum: NDArray[np.float64], level: int) -> NDArray[np.float64]:
    """Return the low frequencies of a filter's spectrum (M, M) for the resolution 2^-level: (M / 2^level,) * 2."""
    side, parts = len(spectrum), 2**level
    low = np.ones(side)
    start = side // (2 * parts)
    low[start : start + side - side // parts] = 0
    kept = spectrum * low * low[:, None]
    folded: NDArray[np.float64] = kept.reshape(parts, side // parts, parts, side // parts).sum(axis=(0, 2))
    return folded


def average(spectrum: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return the matrix (M / factor - 2, M) that filters along one axis, subsamples and drops what was padded.

    Args:
        spectrum: (M, M) of a low-pass filter that is a product along the axes.
        factor: one number of so many stays.
    """
    along = spectrum[:, 0] / np.sqrt(spectrum[0, 0])
    filtered = along[:, None] * np.fft.fft(np.eye(len(along)), axis=0)
    folded = filtered.reshape(factor, len(along) // factor, len(along)).mean(axis=0)
    matrix: NDArray[np.float64] = np.real(np.fft.ifft(folded, axis=0))[1:-1]
    return matrix


def on(array: NDArray[np.float64], device: torch.device) -> Tensor:
    """Return an array as float32 on a device."""
    return torch.from_numpy(array).to(device, torch.float32)
