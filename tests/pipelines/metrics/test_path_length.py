from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.metrics.path_length import draw_paths, perceptual_path_length, ppl_vgg, slerp, vgg_distance


def squared(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).square().sum(dim=1)


def directions(seed: int, count: int, dim: int) -> np.ndarray:
    x = np.random.default_rng(seed).normal(0, 1, (count, dim))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def test_slerp_goes_from_end_to_end_on_the_sphere_at_one_speed() -> None:
    start, end = directions(1, 20, 5), directions(2, 20, 5)
    np.testing.assert_allclose(slerp(start, end, 0.0), start, atol=1e-12)
    np.testing.assert_allclose(slerp(start, end, 1.0), end, atol=1e-12)
    angle = np.arccos((start * end).sum(axis=1))
    points = [slerp(start, end, t) for t in np.linspace(0, 1, 11)]
    for before, after in itertools.pairwise(points):
        np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1)
        np.testing.assert_allclose(np.arccos((before * after).sum(axis=1)), angle / 10, atol=1e-6)


def test_of_a_linear_generator_it_is_the_paths_squared_speed() -> None:
    matrix = np.random.default_rng(3).normal(0, 1, (8, 6))
    start, end, t = draw_paths(6, 50, seed=9)
    lengths = np.linalg.norm(start, axis=1, keepdims=True) * np.linalg.norm(end, axis=1, keepdims=True)
    angle = np.arccos((start * end).sum(axis=1, keepdims=True) / lengths)
    speed = angle / np.sin(angle) * (np.cos(t * angle) * end - np.cos((1 - t) * angle) * start)
    expected = ((speed @ matrix.T) ** 2).sum(axis=1).mean()
    weights = torch.from_numpy(matrix)
    for batch in (7, 50):
        found = perceptual_path_length(lambda z: z.double() @ weights.T, squared, 6, seed=9, samples=50, batch=batch)
        assert found == pytest.approx(expected, rel=5e-3)


def test_in_many_dimensions_it_is_a_quarter_circles() -> None:
    found = perceptual_path_length(lambda z: z.double(), squared, 512, seed=1, samples=400)
    assert found == pytest.approx(512 * (np.pi / 2) ** 2, rel=0.02)


def test_a_generator_that_jumps_is_worse_than_an_even_one() -> None:
    def jumping(z: Tensor) -> Tensor:
        return (z.double() * 10).tanh()

    even = perceptual_path_length(lambda z: z.double(), squared, 4, seed=1, samples=400)
    assert perceptual_path_length(jumping, squared, 4, seed=1, samples=400) > 1.5 * even
    assert perceptual_path_length(lambda z: z * 0, squared, 4, seed=1, samples=9) == 0


def test_the_vgg_distance_sees_shapes_and_grows_with_the_square_of_a_small_change() -> None:
    distance = vgg_distance()
    ramp = torch.linspace(-1, 1, 32).expand(1, 3, 32, 32)
    change = 1e-3 * torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        same, once, twice = (float(distance(ramp, ramp + by * change)) for by in (0, 1, 2))
        turned = float(distance(ramp, ramp.mT))
    assert same == 0 and twice == pytest.approx(4 * once, rel=0.1) and turned > 1000 * twice


def test_ppl_by_vgg_is_a_function_of_the_seed() -> None:
    weights = torch.randn(4, 3 * 16 * 16, generator=torch.Generator().manual_seed(2))

    def make(z: Tensor) -> Tensor:
        return (z @ weights).tanh().view(-1, 3, 16, 16)

    first, again, other = (ppl_vgg(make, 4, seed=seed, samples=6) for seed in (1, 1, 2))
    assert first == again != other and 0 < first < 1e4
