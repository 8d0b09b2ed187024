"""What pictures are compared by: features of networks and of wavelets, by name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from kymatio import Scattering2D
from numpy.typing import NDArray
from torch import Tensor

from pipelines.backbones.lite0 import EfficientNetLite0

Pixels = NDArray[np.uint8]
Describe = Callable[[Sequence[Pixels]], NDArray[np.float64]]
BATCH = 16
SCATTERING_SIDE, SCATTERING_SCALES = 128, 4
FAINTEST, SCALE = 1e-3, 7.0  # of scattering coefficients: what counts as nothing; brings their logarithms to [0, 1]


def lite0(pictures: Sequence[Pixels]) -> NDArray[np.float64]:
    """Return EfficientNet-Lite0's pooled features of pictures (H, W, 3), each seen at 224 x 224: (N, 1280)."""
    backbone = _lite0()
    with torch.inference_mode():
        found = [backbone.pooled(batch) for batch in batches(pictures, 224)]
    return torch.cat(found).double().numpy()


def scattering(pictures: Sequence[Pixels]) -> NDArray[np.float64]:
    """Return mean wavelet scattering coefficients of pictures (H, W, 3), each seen at 128 x 128: (N, 1251).

    Log of the coefficients of order 0 to 2 at four scales and eight angles, averaged over places, of each colour
    channel (Bruna and Mallat, Invariant scattering convolution networks, 2013). They tell textures apart, and nobody
    trained them.
    """
    transform = _scattering()
    found = []
    with torch.inference_mode():
        for batch in batches(pictures, SCATTERING_SIDE):
            coefficients = transform(((batch + 1) / 2).contiguous()).mean(dim=(-2, -1))
            found.append((coefficients.flatten(1) / FAINTEST).log1p() / SCALE)
    return torch.cat(found).double().numpy()


def batches(pictures: Sequence[Pixels], side: int) -> list[Tensor]:
    """Return pictures as batches (B, 3, side, side) in [-1, 1]."""
    made = []
    for start in range(0, len(pictures), BATCH):
        stack = torch.from_numpy(np.stack(pictures[start : start + BATCH])).permute(0, 3, 1, 2).float() / 127.5 - 1
        made.append(F.interpolate(stack, size=(side, side), mode="bilinear", antialias=True))
    return made


@functools.lru_cache(maxsize=1)
def _lite0() -> EfficientNetLite0:
    return EfficientNetLite0.from_pretrained()


@functools.lru_cache(maxsize=1)
def _scattering() -> Scattering2D:
    return Scattering2D(SCATTERING_SCALES, (SCATTERING_SIDE, SCATTERING_SIDE), frontend="torch")


DESCRIPTORS: dict[str, Describe] = {"efficientnet_lite0": lite0, "scattering": scattering}
