"""Which of a task's latents are kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pipelines.common.errors import check_choice, check_whole

METHODS = ("k-means", "reservoir", "random")


def choose_latents(
    latents: Tensor, count: int, *, method: str = "k-means", classes: int = 1, seed: int = 0
) -> NDArray[np.int64]:
    """Return the numbers of the latents that are kept, ascending.

    Args:
        latents: (N, C, h, w), of a whole task.
        count: how many are kept, at most N.
        method: ``k-means``: of as many clusters as the task has classes those nearest to each centre, as evenly as it
            goes (the published choice); ``reservoir``: each of a stream with the same chance, in one pass (Vitter,
            Random sampling with a reservoir, 1985); ``random``: at once.
        classes: k.
        seed: of the clusters' start and of chance.

    Raises:
        Misuse: no such method, or a number out of its range.
    """
    check_choice("method", method, METHODS)
    check_whole("count", count, 1, len(latents))
    check_whole("classes", classes, 1, len(latents))
    if method == "k-means":
        return nearest_to_centres(latents.flatten(1).double().numpy(), count, classes, seed)
    rng = np.random.default_rng(seed)
    if method == "random":
        return np.sort(rng.permutation(len(latents))[:count])
    return np.sort(reservoir(len(latents), count, rng))


def nearest_to_centres(points: NDArray[np.float64], count: int, clusters: int, seed: int) -> NDArray[np.int64]:
    """Return the numbers of the points nearest to their cluster's centre, in turn one of each cluster."""
    from sklearn.cluster import KMeans  # here, since it takes a second

    fitted = KMeans(min(clusters, count), n_init=3, random_state=seed).fit(points)
    distances = np.linalg.norm(points - fitted.cluster_centers_[fitted.labels_], axis=1)
    order = np.lexsort((distances, fitted.labels_))
    first = np.searchsorted(fitted.labels_[order], np.arange(fitted.n_clusters))
    place = np.arange(len(points)) - first[fitted.labels_[order]]  # in its cluster, the nearest first
    return np.sort(order[np.lexsort((distances[order], place))][:count])


def reservoir(length: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return ``count`` numbers of a stream of ``length``, which need not be known beforehand (Vitter's algorithm R)."""
    kept = np.arange(count)
    for number in range(count, length):
        place = int(rng.integers(number + 1))
        if place < count:
            kept[place] = number
    return kept
