from __future__ import annotations

import numpy as np
import pytest

from pipelines.data import synthetic


def rgba(number: int) -> np.ndarray:
    return np.asarray(synthetic.draw(number))


def test_the_same_number_is_the_same_drawing() -> None:
    assert np.array_equal(rgba(5), rgba(5))


def test_numbers_differ() -> None:
    drawings = [rgba(number) for number in range(0, 24, 4)]
    assert len({drawing.tobytes() for drawing in drawings}) == len(drawings)


def test_the_classes_take_turns() -> None:
    assert [synthetic.class_of(number) for number in range(5)] == ["beetle", "fish", "bird", "cow", "beetle"]


@pytest.mark.parametrize("number", range(8))
def test_a_drawing_is_cut_out_and_inside_its_frame(number: int) -> None:
    alpha = rgba(number)[..., 3]
    assert alpha.shape == (synthetic.SIZE, synthetic.SIZE) and set(np.unique(alpha)) == {0, 255}
    assert 0.08 < (alpha > 0).mean() < 0.6
    assert not alpha[[0, -1]].any() and not alpha[:, [0, -1]].any()


def test_classes_differ_in_colour() -> None:
    means = {}
    for offset, label in enumerate(synthetic.CLASSES):
        inside = [rgba(number)[rgba(number)[..., 3] > 0, :3] for number in range(offset, offset + 16, 4)]
        means[label] = np.concatenate(inside).mean(axis=0)
    colors = np.stack(list(means.values()))
    distances = np.linalg.norm(colors[:, None] - colors[None], axis=2)
    assert distances[~np.eye(4, dtype=bool)].min() > 30
