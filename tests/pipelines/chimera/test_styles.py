from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pipelines.chimera.styles import (
    GRID,
    StyleBank,
    around,
    between,
    joined,
    natural_colors,
    natural_score,
    random_map,
    uniform,
)
from pipelines.chimera.views import boxes_of, laid_over, random_maps, random_views, whole_or_part

RNG = np.random.default_rng(0)
BANK = StyleBank(
    RNG.normal(size=(30, 4)).astype(np.float32),
    RNG.normal(size=(9, 4, 4, 4)).astype(np.float32),
    RNG.uniform(size=(9, 3, 4, 4)).astype(np.float32),
)


def test_a_map_is_a_function_of_seed_and_number() -> None:
    one, again = random_map(BANK, 7, 1, "natural"), random_map(BANK, 7, 1, "natural")
    assert one.shape == (4, GRID, GRID) and np.array_equal(one, again)
    others = [random_map(BANK, 7, 2, "natural"), random_map(BANK, 8, 1, "natural"), random_map(BANK, 7, 1, "wild")]
    assert not any(np.array_equal(one, other) for other in others)


def test_natural_furs_lie_over_the_drawing_as_over_their_animal() -> None:
    one = StyleBank(BANK.codes, BANK.places[:1], BANK.colors[:1])
    place, right = BANK.places[0], np.zeros((256, 256), np.bool_)
    right[64:192, 128:] = True  # head and tail are where the drawing's box ends, not the picture's
    maps = [random_map(one, seed, 0, "natural", right) for seed in range(8)]
    assert all(
        np.allclose(found[:, 2, 4], place[:, 0, 0], atol=1e-5) or np.allclose(found[:, 2, 4], place[:, 0, 3], atol=1e-5)
        for found in maps
    )
    assert any(not np.allclose(maps[0], found) for found in maps), "either way round"
    wide = random_map(one, 0, 0, "natural")
    assert wide.shape == (4, GRID, GRID) and not np.allclose(wide, maps[0])


def test_natural_colours_are_those_of_the_same_animal_at_the_same_place() -> None:
    tied = StyleBank(BANK.codes, np.repeat(BANK.colors[:, :1], 4, axis=1), BANK.colors)
    inside = np.ones((64, 64), np.bool_)
    for seed in range(5):
        codes, colors = random_map(tied, seed, 1, "natural", inside), natural_colors(tied, seed, 1, inside)
        assert np.allclose(codes[0], colors[0], atol=1e-6)


def test_wild_furs_of_one_animal_are_unlike() -> None:
    def spread(codes: np.ndarray) -> float:
        return float(np.square(codes - codes.mean(axis=0)).sum())

    drawn = [spread(BANK.unlike(np.random.default_rng(number), 3)) for number in range(40)]
    plain = [spread(BANK.codes[np.random.default_rng(number).choice(30, 3)]) for number in range(40)]
    assert np.mean(drawn) > 1.5 * np.mean(plain)


def test_a_map_has_several_furs_that_meet_softly_on_the_picture() -> None:
    """Enlarged as the generator does, no code passes into another over fewer than twenty pixels."""
    for number in range(10):
        codes = random_map(BANK, 7, number, "wild")
        assert np.abs(codes - codes.mean(axis=(1, 2), keepdims=True)).sum(axis=0).max() > 0.2
        wide = F.interpolate(torch.from_numpy(codes)[None], size=(256, 256), mode="bilinear")[0].numpy()
        steps = max(float(np.abs(np.diff(wide, axis=axis)).sum(axis=0).max()) for axis in (1, 2))
        assert steps < np.ptp(codes, axis=(1, 2)).sum() / 20


def test_the_way_from_one_style_to_another() -> None:
    one, other = random_map(BANK, 1, 0, "wild"), random_map(BANK, 2, 0, "wild")
    assert np.array_equal(between(one, other, 0.0), one) and np.allclose(between(one, other, 1.0), other)
    assert np.allclose(between(one, other, 0.5), (one + other) / 2)


def test_a_second_fur_begins_where_one_clicks() -> None:
    one, other = uniform(BANK.codes[0]), uniform(BANK.codes[1])
    codes = joined(one, other, around(0.2, 0.8, 0.25))
    assert np.abs(codes[:, 6, 1] - other[:, 0, 0]).max() < 0.25 * np.abs(one - other)[:, 0, 0].max()
    assert np.allclose(codes[:, 1, 6], one[:, 0, 0], atol=0.01)


@pytest.mark.parametrize(
    ("color", "natural"),
    [((0.62, 0.42, 0.25), True), ((0.2, 0.3, 0.8), False), ((0.2, 0.7, 0.3), False), ((0.03, 0.03, 0.03), False)],
)
def test_fur_is_warm_and_of_several_tones(color: tuple[float, float, float], natural: bool) -> None:
    shade = np.linspace(0.6, 1.4, 64, dtype=np.float32)[:, None, None]
    picture = (np.array(color, np.float32) * shade).clip(0, 1) * np.ones((64, 64, 1), np.float32)
    alpha = np.ones((64, 64), np.float32)
    assert (natural_score(picture, alpha) > 0.5) == natural
    flat = np.broadcast_to(np.array(color, np.float32), (64, 64, 3)).copy()
    assert natural_score(flat, alpha) < 0.1, "one tone is no fur"
    assert natural_score(picture, 0 * alpha) == 0


def test_maps_while_training_are_mixtures_too() -> None:
    torch.manual_seed(0)
    codes = torch.randn(5, 3, 4)
    maps = random_maps(codes)
    assert maps.shape == (5, 4, GRID, GRID)
    low, high = codes.amin(dim=1)[:, :, None, None], codes.amax(dim=1)[:, :, None, None]
    assert bool(((maps >= low - 1e-5) & (maps <= high + 1e-5)).all())


def test_the_encoder_is_shown_the_animal_from_anywhere() -> None:
    torch.manual_seed(0)
    alpha = torch.zeros(16, 1, 64, 64)
    alpha[:, :, 4:28, 36:60] = 1
    rgb = alpha.expand(-1, 3, -1, -1) * 2 - 1
    seen, mask = random_views(rgb, alpha)
    assert seen.shape == (16, 3, 128, 128) and mask.shape == (16, 1, 128, 128)
    assert bool((mask[:, :, 54:74, 54:74] > 0.9).all()), "it is in the middle"
    assert 0 < int((mask.mean(dim=(1, 2, 3)) > 0.9).sum()) < 16, "now as fur alone, now whole"


def test_spots_and_white_patches_are_no_plain_fur() -> None:
    shade = np.linspace(0.6, 1.4, 64, dtype=np.float32)[:, None, None]
    fur = (np.array((0.62, 0.42, 0.25), np.float32) * shade).clip(0, 1) * np.ones((64, 64, 1), np.float32)
    alpha = np.ones((64, 64), np.float32)
    spotted, patched = fur.copy(), fur.copy()
    spotted[(np.indices((64, 64)) // 4).sum(axis=0) % 2 == 0] *= 0.4
    patched[:, :12] = (0.97, 0.96, 0.94)
    assert natural_score(fur, alpha) > 0.5
    assert natural_score(spotted, alpha) < 0.2 and natural_score(patched, alpha) < 0.2


def test_all_of_a_picture_or_the_same_quarter_of_each() -> None:
    one = torch.arange(2 * 16 * 16, dtype=torch.float32).reshape(2, 1, 16, 16)
    whole, part = torch.tensor(True), torch.tensor(False)
    corner = torch.tensor([0.0, 0.99])
    assert torch.equal(whole_or_part(one, whole, corner), torch.nn.functional.avg_pool2d(one, 2))
    assert torch.equal(whole_or_part(one, part, corner), one[:, :, :8, 7:15])


def test_places_are_lent_from_box_to_box() -> None:
    masks = torch.zeros(2, 1, 64, 64)
    masks[0, 0, 16:32, 8:40] = 1
    boxes = boxes_of(masks)
    assert boxes.tolist() == [[0.125, 0.25, 0.625, 0.5], [0.0, 0.0, 1.0, 1.0]], "an empty one is everywhere"
    codes, whole, quarter = torch.rand(1, 3, 4, 4), torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([[0.5, 0.5, 1, 1]])
    assert torch.allclose(laid_over(codes, whole, whole, 4), codes, atol=1e-6)
    lent = laid_over(codes, whole, quarter, 8)
    assert torch.allclose(lent[..., 4:, 4:], codes, atol=1e-6) and torch.allclose(lent[..., 0, 0], codes[..., 0, 0])
