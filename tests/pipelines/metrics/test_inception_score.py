from __future__ import annotations

import numpy as np
import pytest

from pipelines.metrics.inception_score import inception_score


def confident(classes: int, each: int) -> np.ndarray:
    return np.tile(np.eye(classes), (each, 1))


def test_samples_that_say_nothing_score_one() -> None:
    mean, deviation = inception_score(np.full((200, 7), 1 / 7))
    assert mean == pytest.approx(1) and deviation == pytest.approx(0, abs=1e-9)


def test_clear_samples_of_all_classes_score_their_number() -> None:
    mean, deviation = inception_score(confident(8, 50), splits=1)
    assert mean == pytest.approx(8) and deviation == 0
    in_ten, spread = inception_score(confident(8, 500))
    assert 7.8 < in_ten < 8 and 0 < spread < 0.2


def test_samples_sorted_by_class_score_like_shuffled_ones() -> None:
    by_class = np.repeat(np.eye(8), 100, axis=0)
    assert inception_score(by_class)[0] > 7


def test_one_class_alone_scores_one_however_clear() -> None:
    assert inception_score(np.tile(np.eye(8)[3], (50, 1)))[0] == pytest.approx(1)


def test_two_classes_by_hand() -> None:
    given = np.array([[0.9, 0.1], [0.1, 0.9]])
    by_hand = np.exp(0.9 * np.log(1.8) + 0.1 * np.log(0.2))
    assert inception_score(given, splits=1)[0] == pytest.approx(by_hand)


def test_fewer_samples_than_splits_are_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 4"):
        inception_score(np.full((4, 2), 0.5))
