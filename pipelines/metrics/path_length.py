"""Perceptual path length: how evenly pictures change along a path through the latents."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from pipelines.backbones.vgg import VGGFeatures

Make = Callable[[Tensor], Tensor]
Distance = Callable[[Tensor, Tensor], Tensor]
EPSILON = 1e-4
VGG_MAPS = ("relu1_2", "relu2_2", "relu3_3", "relu4_1")  # the last of each block that the bundled weights reach


def ppl_vgg(make: Make, dim: int, *, seed: int, samples: int = 1000, batch: int = 16) -> float:
    """Return the perceptual path length by VGG features; not comparable with LPIPS's.

    Args:
        make: maps latents (B, dim), float32 on the CPU, to pictures (B, 3, H, W) in [-1, 1]. Picture i of a batch must
            depend on latent i alone; what else it takes, such as classes, must be the same in each call of equal B.
        dim: length of a latent, drawn from N(0, I).
        seed: of the paths.
        samples: how many paths.
        batch: how many at a time.
    """
    return perceptual_path_length(make, vgg_distance(), dim, seed=seed, samples=samples, batch=batch)


def perceptual_path_length(
    make: Make, distance: Distance, dim: int, *, seed: int, samples: int = 1000, batch: int = 16
) -> float:
    """Return the mean of d(G(slerp(z1, z2, t)), G(slerp(z1, z2, t + e))) / e^2, e = 1e-4, t uniform in [0, 1).

    Karras et al., A style-based generator architecture, 2019, equation 2, without its cropping and its normalised
    latents.

    Args:
        make: maps latents (B, dim) to pictures, as ``ppl_vgg`` says.
        distance: maps two batches of pictures to distances (B,) that grow with the square of a small change.
        dim: length of a latent.
        seed: of the paths.
        samples: how many paths.
        batch: how many at a time.
    """
    start, end, t = draw_paths(dim, samples, seed)
    points = [torch.from_numpy(slerp(start, end, t + step).astype(np.float32)) for step in (0.0, EPSILON)]
    found = []
    with torch.inference_mode():
        for before, after in zip(*(torch.split(point, batch) for point in points), strict=True):
            found.append(distance(make(before), make(after)).double())
    return float(torch.cat(found).mean() / EPSILON**2)


def draw_paths(
    dim: int, samples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return two ends of each path, (N, dim) from N(0, I), and a place (N, 1) on it, uniform in [0, 1)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((samples, dim)), rng.standard_normal((samples, dim)), rng.random((samples, 1))


def slerp(start: NDArray[np.float64], end: NDArray[np.float64], t: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the point at ``t`` of the great arc from one vector to another (Shoemake, 1985).

    On a sphere it moves at constant speed: the angle between the ends, a unit of t.

    Args:
        start: (N, D).
        end: (N, D), neither along ``start`` nor against it.
        t: (N, 1), or one number for all.
    """
    lengths = np.linalg.norm(start, axis=1, keepdims=True) * np.linalg.norm(end, axis=1, keepdims=True)
    angle = np.arccos(((start * end).sum(axis=1, keepdims=True) / lengths).clip(-1, 1))
    return np.asarray((np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle))


def vgg_distance() -> Distance:
    """Open the mean squared difference of VGG features that have unit length at each place.

    The form of LPIPS (Zhang et al., 2018, equation 1) with all its learnt weights equal: the squared differences are
    summed over channels, averaged over places and over four maps.
    """
    backbone = VGGFeatures.from_pretrained()

    def distance(one: Tensor, other: Tensor) -> Tensor:
        before, after = (backbone(x.float()) for x in (one, other))
        parts = [
            (F.normalize(before[name]) - F.normalize(after[name])).square().sum(dim=1).mean(dim=(1, 2))
            for name in VGG_MAPS
        ]
        return torch.stack(parts).mean(dim=0)

    return distance
