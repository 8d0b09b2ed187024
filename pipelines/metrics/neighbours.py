"""Nearest neighbours among training pictures: a classifier without training, and a look for copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROWS = 1024  # of a matrix of similarities that are in memory at a time


def knn_accuracy(
    train: Floats,
    train_labels: Sequence[int] | NDArray[np.integer],
    features: Floats,
    labels: Sequence[int] | NDArray[np.integer],
    *,
    k: int = 200,
    temperature: float = 0.1,
) -> float:
    """Return the share of features whose class the k nearest training features name.

    Each of them votes for its class with weight exp(s / temperature), s its cosine similarity (Wu et al., Unsupervised
    feature learning via non-parametric instance discrimination, 2018, section 3.4). Of equal votes the smallest label
    counts.

    Args:
        train: (N, D).
        train_labels: (N,).
        features: (M, D) of held-out pictures.
        labels: (M,).
        k: how many vote; all of the training features where they are fewer.
        temperature: less lets the nearest count for more.

    Raises:
        ValueError: ``k`` or ``temperature`` is not positive.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}")
    classes, numbers = np.unique(np.asarray(train_labels), return_inverse=True)
    neighbours, similarities = _nearest(train, features, min(k, len(train)))
    weights = np.exp((similarities - similarities[:, :1]) / temperature)  # a common factor changes no vote
    votes = np.zeros((len(features), len(classes)))
    np.add.at(votes, (np.arange(len(features))[:, None], numbers[neighbours]), weights)
    return float((classes[votes.argmax(axis=1)] == np.asarray(labels)).mean())


def nearest_pictures(train: Floats, samples: Floats, *, count: int = 1) -> NDArray[np.int64]:
    """Return the numbers of the training features that are nearest by cosine, (M, count), the nearest first.

    Args:
        train: (N, D).
        samples: (M, D).
        count: 1 to N.

    Raises:
        ValueError: ``count`` out of its range.
    """
    return _nearest(train, samples, count)[0]


def _nearest(train: Floats, queries: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """Return numbers and similarities of the k most similar, (M, k) each, the most similar first."""
    if not 1 <= k <= len(train):
        raise ValueError(f"neighbours must be from 1 to {len(train)}, the number of training features, got {k}")
    keys, asked = _normalized(train), _normalized(queries)
    numbers, similarities = [], []
    for start in range(0, len(asked), ROWS):
        found = asked[start : start + ROWS] @ keys.T
        chosen = np.argpartition(-found, k - 1, axis=1)[:, :k]
        near = np.take_along_axis(found, chosen, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        numbers.append(np.take_along_axis(chosen, order, axis=1))
        similarities.append(np.take_along_axis(near, order, axis=1))
    return np.concatenate(numbers), np.concatenate(similarities)


def _normalized(x: Floats) -> Floats:
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))
