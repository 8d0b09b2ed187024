"""The encoder: scattering, mean and principal components, whitening. Nothing in it is trained by gradient."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines.nn.scattering import scatter
from pipelines.nn.scattering_size import coefficient_count

LEAST = 1e-3  # of the first deviation: components that vary less hold rounding, and are whitened to zero


class ScatteringCode(nn.Module):
    """From a picture to its code, white over the pictures that the components were fitted to.

    SGM (Angles and Mallat, 2018, section 2.2): code_i = pc_i / sqrt(lambda_i). SSGM adds Gaussian noise of one level
    to the components before they are whitened: with c the noise's standard deviation in the first component and
    a = (1 - c^2) / lambda_1, code_i = pc_i sqrt(a) / sqrt(a lambda_i + c^2), and the noise's standard deviation is
    c / sqrt(a lambda_i + c^2). Code plus noise has variance 1. Without noise SSGM is SGM.

    Args:
        size: side of the pictures, pixels; a power of two.
        channels: 1 for grey, 3 for colour.
        scales: J of the scattering transform.
        angles: L, likewise.
        dim: components that are kept.
        noise: c, at least 0 and below 1.

    Attributes:
        mean: (D,), of the coefficients.
        components: (dim, D), orthonormal rows.
        deviations: (dim,), sqrt(lambda_i); kept instead of the variances because half precision holds them better.
    """

    mean: Tensor
    components: Tensor
    deviations: Tensor

    def __init__(
        self, size: int = 64, channels: int = 1, scales: int = 3, angles: int = 8, dim: int = 128, noise: float = 0.0
    ) -> None:
        super().__init__()
        self.size, self.channels, self.scales, self.angles = size, channels, scales, angles
        self.dim, self.noise = dim, noise
        count = coefficient_count(size, channels, scales, angles)
        self.register_buffer("mean", torch.zeros(count))
        self.register_buffer("components", torch.zeros(dim, count))
        self.register_buffer("deviations", torch.ones(dim))

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Tensor:
        """Map pictures (B, C, S, S) in [-1, 1] to codes (B, dim) without noise."""
        return self.whiten(scatter(pictures, self.scales, self.angles)) * self.signal

    @property
    def variances(self) -> Tensor:
        """The components' variances lambda_i, (dim,)."""
        return self.deviations.square()

    @property
    def signal(self) -> Tensor:
        """The standard deviation of each component's code, (dim,); 1 without noise."""
        signal, total = self._shares()
        return (signal / total).sqrt()

    @property
    def noise_deviations(self) -> Tensor:
        """The standard deviation of the noise to add to each component's code, (dim,); 0 without noise."""
        return self.noise / self._shares()[1].sqrt()

    def whiten(self, coefficients: Tensor) -> Tensor:
        """Map coefficients (B, D) to components of mean 0 and variance 1, (B, dim)."""
        with torch.autocast(coefficients.device.type, enabled=False):
            projected = (coefficients.float() - self.mean) @ self.components.T
            return projected * torch.where(self._kept(), 1 / self.deviations, 0.0)

    def coefficients(self, codes: Tensor) -> Tensor:
        """Map codes (B, dim) back to coefficients (B, D): the inverse of whitening on the kept components."""
        with torch.autocast(codes.device.type, enabled=False):
            factors = torch.where(self._kept(), self.deviations / self.signal, 0.0)
            return (codes.float() * factors) @ self.components + self.mean

    def _kept(self) -> Tensor:
        return self.deviations > LEAST * self.deviations[0]

    def _shares(self) -> tuple[Tensor, Tensor]:
        """Return a lambda_i and a lambda_i + c^2."""
        signal = (1 - self.noise**2) * (self.deviations / self.deviations[0]).square()
        signal = torch.where(self._kept(), signal, 1e-12)  # of no component is 0 divided by 0
        return signal, signal + self.noise**2
