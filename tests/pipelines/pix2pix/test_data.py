from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.data import synthetic
from pipelines.data.sources import open_source
from pipelines.edges.cutouts import SIZE
from pipelines.edges.pens import leave_gaps, wobble
from pipelines.metrics.lines import edge_f1
from pipelines.pix2pix.data import (
    STATISTICS_DIM,
    Pair,
    Pix2PixData,
    Whitening,
    color_statistics,
    fit_whitening,
    held_out_pair,
    join_pair,
    split_pair,
    training_pair,
)

IDENTITY = Whitening(np.zeros(STATISTICS_DIM, np.float32), np.eye(STATISTICS_DIM, dtype=np.float32))
SOURCE = open_source("synthetic:24")


def data(direction: str = "edges_to_picture", *, seed: int = 1, white: float = 0.5, size: int = 64) -> Pix2PixData:
    options = {"size": size, "seed": seed, "white": white, "direction": direction, "whitening": IDENTITY}
    return Pix2PixData(SOURCE, SOURCE.entries, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("direction", ["edges_to_picture", "picture_to_edges"])
def test_a_pair_survives_being_joined_and_split(direction: str) -> None:
    pair = held_out_pair(synthetic.draw(3))
    back = split_pair(join_pair(pair, SIZE, direction), direction)  # type: ignore[arg-type]
    assert np.array_equal(back.lines, pair.lines)
    assert np.abs(back.picture - pair.picture).max() <= 0.5 / 255 + 1e-6
    assert np.allclose(back.background, pair.background)
    assert (back.alpha == pair.alpha).mean() > 0.99


def test_the_condition_is_on_the_left() -> None:
    pair = held_out_pair(synthetic.draw(3))
    forth, back = (join_pair(pair, 64, way) for way in ("edges_to_picture", "picture_to_edges"))
    assert forth.size == (128, 64)
    assert np.array_equal(np.asarray(forth)[:, :64], np.asarray(back)[:, 64:])
    assert np.asarray(forth)[0, 0].tolist() == [0, 0, 0] and np.asarray(back)[0, 0].tolist() == [255, 255, 255]


def test_flipping_flips_lines_and_picture_alike() -> None:
    sheet = join_pair(held_out_pair(synthetic.draw(3)), SIZE, "edges_to_picture")
    one, two = split_pair(sheet, "edges_to_picture"), split_pair(sheet, "edges_to_picture", flip=True)
    assert np.array_equal(one.lines[:, ::-1], two.lines) and np.array_equal(one.picture[:, ::-1], two.picture)


def test_an_example_is_a_function_of_seed_epoch_and_number() -> None:
    one, again, other, later = data()[0, 3], data()[0, 3], data(seed=2)[0, 3], data()[1, 3]
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["target"], other["target"]) and not torch.equal(one["target"], later["target"])


@pytest.mark.parametrize(("direction", "channels"), [("edges_to_picture", (1, 3)), ("picture_to_edges", (3, 1))])
def test_shapes_and_ranges(direction: str, channels: tuple[int, int]) -> None:
    example = data(direction)[0, 1]
    assert [tuple(example[name].shape) for name in ("source", "target")] == [(count, 64, 64) for count in channels]
    assert example["noise"].shape == (STATISTICS_DIM,) and example["background"].shape == (3,)
    assert all(value.dtype == torch.float32 and value.isfinite().all() for value in example.values())
    low, high = example["target"].aminmax()
    assert -1 <= low < high <= 1 and high - low > 0.5  # thin lines fade at 64 pixels
    assert (example["source"].min() >= 0) == (direction == "edges_to_picture")


def test_backgrounds_are_white_as_often_as_asked() -> None:
    backgrounds = {white: [data(white=white)[0, number]["background"] for number in range(8)] for white in (0.0, 1.0)}
    assert all(bool((one == 1).all()) for one in backgrounds[1.0])
    assert not any(bool((one == 1).all()) for one in backgrounds[0.0])


def test_the_background_is_what_surrounds_the_animal() -> None:
    for number in range(6):
        example = data(white=0.0)[0, number]
        outside = example["target"][:, [0, -1, 0, -1], [0, -1, -1, 0]].median(dim=1).values
        assert (outside - example["background"]).abs().max() < 0.05


def test_lines_lie_on_the_animal() -> None:
    pair = training_pair(synthetic.draw(2), np.random.default_rng(1), white=1.0)
    assert pair.lines.shape == (SIZE, SIZE) and (pair.lines > 0).sum() > 100
    assert (pair.alpha[pair.lines > 0] > 0).mean() > 0.97


def test_statistics_of_a_darker_and_a_redder_picture() -> None:
    pair = held_out_pair(synthetic.draw(1))
    darker = color_statistics(pair.picture * 0.6, pair.alpha)
    redder = color_statistics((pair.picture * np.array([1, 0.6, 0.6], np.float32)).astype(np.float32), pair.alpha)
    plain = color_statistics(pair.picture, pair.alpha)
    assert darker[0] < plain[0] - 0.05 and redder[1] > plain[1] + 0.05


def test_they_ignore_what_is_around_the_animal() -> None:
    pair = held_out_pair(synthetic.draw(1))
    other = np.where(pair.alpha[..., None] > 0, pair.picture, np.float32(0.2)).astype(np.float32)
    np.testing.assert_allclose(
        color_statistics(other, pair.alpha), color_statistics(pair.picture, pair.alpha), atol=0.02
    )


def test_whitened_statistics_have_zero_mean_and_unit_covariance() -> None:
    source = open_source("synthetic:64")
    whitening = fit_whitening(source, source.entries, "edges_to_picture")
    pairs: list[Pair] = [held_out_pair(source.load(entry)) for entry in source.entries]
    values = np.stack(
        [(color_statistics(pair.picture, pair.alpha) - whitening.mean) @ whitening.matrix for pair in pairs]
    )
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(np.cov(values.T), np.eye(STATISTICS_DIM), atol=0.05)
    assert np.abs(whitening(np.full(STATISTICS_DIM, 1e3, np.float32))).max() == 3


@pytest.mark.parametrize("count", [1, 2])
def test_very_few_pictures_are_whitened_too(count: int) -> None:
    whitening = fit_whitening(SOURCE, SOURCE.entries[:count], "edges_to_picture")
    pair = held_out_pair(synthetic.draw(9))
    assert np.isfinite(whitening(color_statistics(pair.picture, pair.alpha))).all()


def test_an_opaque_picture_is_all_animal() -> None:
    pair = held_out_pair(Image.effect_noise((90, 60), 80).convert("RGB"))
    assert pair.alpha.min() == 1 and pair.picture.shape == (SIZE, SIZE, 3)


def test_gaps_interrupt_lines_and_draw_none() -> None:
    lines = held_out_pair(synthetic.draw(1)).lines
    torn = leave_gaps(lines, np.random.default_rng(1))
    assert not (torn & ~lines).any()
    assert 0.3 * (lines > 0).sum() < (torn > 0).sum() < (lines > 0).sum()
    assert not leave_gaps(np.zeros_like(lines), np.random.default_rng(1)).any()


def test_a_map_draws_half_the_lines(tmp_path: Path) -> None:
    found = np.zeros((SIZE, SIZE), np.float32)
    found[118:138] = np.linspace(0, 1, SIZE)  # a band that auto-canny would never see
    with_map, without = (
        [
            training_pair(synthetic.draw(3), np.random.default_rng(seed), white=1.0, found=given).lines
            for seed in range(16)
        ]
        for given in (found, None)
    )
    changed = np.mean([not np.array_equal(one, other) for one, other in zip(with_map, without, strict=True)])
    assert changed > 0.2  # the random numbers differ after the choice, so the rest may change too
    assert all(set(np.unique(lines)) <= {0, 255} for lines in with_map)


def test_a_shaken_line_stays_near_and_thin() -> None:
    lines = held_out_pair(synthetic.draw(1)).lines
    bent = wobble(lines, np.random.default_rng(1))
    assert edge_f1(bent, lines, 6) > 0.95 and edge_f1(bent, lines, 0.5) < 0.9
    on = bent > 0
    assert not (on[1:, 1:] & on[1:, :-1] & on[:-1, 1:] & on[:-1, :-1]).any()
