"""Noise and sheets: what is sampled is a function of (seed, number, class)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import truncnorm
from torch import Tensor

from pipelines.common.sheets import contact_sheet
from pipelines.data.resident import to_bytes

Generate = Callable[[Tensor, Tensor], Tensor]
BATCH = 25  # larger ones leave the caches of a processor


def noise_for(seed: int, index: int, dim: int, truncation: float | None = None) -> Tensor:
    """Return the noise (dim,) of a picture: N(0, 1), drawn anew where it is beyond ``truncation`` (section 3.1)."""
    rng = np.random.default_rng([seed, index])
    if truncation is None:
        return torch.from_numpy(rng.normal(0, 1, dim).astype(np.float32))
    drawn = truncnorm.rvs(-truncation, truncation, size=dim, random_state=rng)
    return torch.from_numpy(np.asarray(drawn, np.float32))


def sample(
    generate: Generate,
    labels: Sequence[int],
    dim: int,
    *,
    seed: int,
    first: int = 0,
    truncation: float | None = None,
    batch: int = BATCH,
) -> NDArray[np.uint8]:
    """Return a picture of each class number, (N, 32, 32, 3); picture i's noise is a function of (seed, i).

    Args:
        generate: maps noise (B, D) and labels (B,) to pictures (B, 3, 32, 32) in [-1, 1] on the CPU.
        labels: class numbers.
        dim: length of the noise.
        seed: of the noise.
        first: number i of the first.
        truncation: bound of the noise.
        batch: how many at a time; one, where a picture must have the same bytes alone and among others.
    """
    noise = torch.stack([noise_for(seed, first + index, dim, truncation) for index in range(len(labels))])
    return draw(generate, noise, labels, batch=batch)


def draw(generate: Generate, noise: Tensor, labels: Sequence[int], *, batch: int = BATCH) -> NDArray[np.uint8]:
    """Return a picture of each noise (N, dim) and class number, (N, 32, 32, 3)."""
    batches = zip(torch.split(noise, batch), torch.split(torch.tensor(labels), batch), strict=True)
    return to_bytes(torch.cat([generate(*each) for each in batches]))


def class_sheet(pictures: NDArray[np.uint8], columns: int, *, cell: int = 32) -> Image.Image:
    """Lay pictures (N, S, S, 3) out in rows of this many, each row a class."""
    images = [Image.fromarray(picture) for picture in pictures]
    rows = [images[start : start + columns] for start in range(0, len(images), columns)]
    return contact_sheet(rows, cell=cell, abreast=1)
