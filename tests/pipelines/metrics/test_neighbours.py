from __future__ import annotations

import math

import numpy as np
import pytest

from pipelines.metrics import neighbours
from pipelines.metrics.neighbours import knn_accuracy, nearest_pictures


def clusters(seed: int, count: int = 30, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(count) % 3
    return np.random.default_rng(seed).normal(0, spread, (count, 6)) + 2 * np.eye(6)[labels], labels


@pytest.mark.parametrize(("k", "temperature"), [(1, 0.1), (7, 0.1), (7, 10.0), (30, 0.02)])
def test_it_is_a_weighted_vote(k: int, temperature: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ROWS", 4)
    (train, train_labels), (features, labels) = clusters(1), clusters(2, 21)
    right = 0
    for x, label in zip(features, labels, strict=True):
        likeness = [float(x @ y / np.linalg.norm(x) / np.linalg.norm(y)) for y in train]
        votes = [0.0, 0.0, 0.0]
        for i in sorted(range(len(train)), key=lambda i: -likeness[i])[:k]:
            votes[train_labels[i]] += math.exp(likeness[i] / temperature)
        right += votes.index(max(votes)) == label
    found = knn_accuracy(train, train_labels, features, labels, k=k, temperature=temperature)
    assert found == pytest.approx(right / 21) and 0.3 < found < 1


def test_clear_classes_are_known_by_their_neighbours_whatever_their_numbers_and_scale() -> None:
    (train, train_labels), (features, labels) = clusters(1, spread=0.1), clusters(2, spread=0.1)
    assert knn_accuracy(train, train_labels * 7 + 5, features * 1000, labels * 7 + 5, k=5) == 1
    assert knn_accuracy(train, train_labels, features, (labels + 1) % 3, k=5) == 0


def test_the_nearest_count_for_more_than_the_many() -> None:
    train, labels = np.array([[1.0, 0.0], *[[1.0, 1.0]] * 9]), [0, *[1] * 9]
    assert knn_accuracy(train, labels, np.array([[1.0, 0.01]]), [0]) == 1
    assert knn_accuracy(train, labels, np.array([[1.0, 0.01]]), [0], temperature=10.0) == 0


def test_copies_find_their_originals() -> None:
    train, _ = clusters(1)
    found = nearest_pictures(train, train[[4, 9, 2]] * 3, count=2)
    assert found.shape == (3, 2) and found[:, 0].tolist() == [4, 9, 2]


def test_nearest_come_in_order() -> None:
    angles = np.array([0.0, 0.5, 0.1, 0.3])
    train = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert nearest_pictures(train, np.array([[5.0, 0.0]]), count=4).tolist() == [[0, 2, 3, 1]]
    with pytest.raises(ValueError, match="from 1 to 4"):
        nearest_pictures(train, train, count=5)
