"""Fidelity and diversity apart: precision and recall, density and coverage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ELEMENTS = 2**22  # of a matrix of distances that are in memory at a time: 32 MiB


def precision_recall(real: Floats, made: Floats, *, k: int = 3) -> tuple[float, float]:
    """Return the share of made features within the real manifold, and of real ones within the made manifold.

    Kynkaanniemi et al., Improved precision and recall metric, 2019, equations 1 and 2. The manifold of a set is the
    union of balls, around each member, that reach to its k-th nearest neighbour in the set.

    Args:
        real: (N, D), N more than k.
        made: (M, D), M more than k.
        k: 3 in the paper.

    Raises:
        ValueError: too few features.
    """
    precise, _ = _in_balls(real, _squared_radii(real, k), made, np.less_equal)
    recalled, _ = _in_balls(made, _squared_radii(made, k), real, np.less_equal)
    return float((precise > 0).mean()), float((recalled > 0).mean())


def density_coverage(real: Floats, made: Floats, *, k: int = 5) -> tuple[float, float]:
    """Return how densely made features lie among real ones, and the share of real ones that have a made one near.

    Naeem et al., Reliable fidelity and diversity metrics for generative models, 2020, equations 4 and 6, with open
    balls as in its authors' code: a set has density 1 and coverage 1 against itself. Of two samples of one distribution
    density is 1 in expectation, and coverage is 1 - (N-1)...(N-k) / ((M+N-1)...(M+N-k)). Density has no upper bound.

    Args:
        real: (N, D), N more than k.
        made: (M, D).
        k: 5 in the paper.

    Raises:
        ValueError: too few features.
    """
    of_made, of_real = _in_balls(real, _squared_radii(real, k), made, np.less)
    return float(of_made.mean() / k), float((of_real > 0).mean())


def _squared_radii(x: Floats, k: int) -> Floats:
    """Return the squared distance of each to its k-th nearest neighbour, not counting itself."""
    if not 1 <= k < len(x):
        raise ValueError(f"k must be from 1 to {len(x) - 1}, one less than the number of features, got {k}")
    radii = np.empty(len(x))
    for rows in _blocks(x, x):
        distances = _squared_distances(x[rows], x)
        distances[np.arange(len(distances)), np.arange(len(x))[rows]] = -1  # itself comes first, equal ones after
        radii[rows] = np.partition(distances, k, axis=1)[:, k]
    return radii


def _in_balls(
    centers: Floats, squared_radii: Floats, points: Floats, within: Callable[..., Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return in how many balls each point lies, and how many points lie in each ball."""
    of_points, of_balls = np.zeros(len(points), np.int64), np.zeros(len(centers), np.int64)
    for rows in _blocks(centers, points):
        inside = within(_squared_distances(centers[rows], points), squared_radii[rows, None])
        of_points += inside.sum(axis=0)
        of_balls[rows] = inside.sum(axis=1)
    return of_points, of_balls


def _blocks(one: Floats, other: Floats) -> list[slice]:
    rows = max(1, ELEMENTS // len(other))
    return [slice(start, start + rows) for start in range(0, len(one), rows)]


def _squared_distances(one: Floats, other: Floats) -> Floats:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    return np.asarray(np.maximum(squares - 2 * (one @ other.T), 0))
