from __future__ import annotations

import numpy as np
import pytest
import torch
from kymatio import Scattering2D

from pipelines.nn.scattering import BATCH, scatter
from pipelines.nn.scattering_size import coefficient_count


def pictures(count: int, channels: int, size: int) -> torch.Tensor:
    """Pictures in [-1, 1] with a coarse and a fine part."""
    noise = torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(0))
    return (0.3 * noise + 2 * torch.nn.functional.avg_pool2d(noise, 5, 1, 2)).clamp(-1, 1)


@pytest.mark.parametrize(
    ("channels", "size", "scales", "angles"),
    [(1, 32, 2, 4), (3, 32, 2, 4), (1, 64, 3, 8), (1, 32, 1, 5), (1, 32, 4, 3)],
)
def test_coefficients_are_those_of_kymatios_numpy_front_end(channels: int, size: int, scales: int, angles: int) -> None:
    given = pictures(2, channels, size)
    reference = Scattering2D(scales, (size, size), L=angles, frontend="numpy")(given.numpy())
    found = scatter(given, scales, angles)
    assert found.shape == (2, coefficient_count(size, channels, scales, angles))
    assert np.abs(found.numpy() - reference.reshape(2, -1)).max() < 1e-5


def test_a_picture_s_coefficients_do_not_depend_on_the_others() -> None:
    given = pictures(BATCH + 3, 1, 32)
    alone = torch.cat([scatter(one[None], 2, 4) for one in given])
    assert (scatter(given, 2, 4) - alone).abs().max() < 1e-6


def test_channels_of_the_published_settings() -> None:
    assert coefficient_count(64, 1, 3, 8) == 217 * 8 * 8
