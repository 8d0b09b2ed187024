from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pipelines.chimera.styles import GRID, StyleBank, around, between, joined, natural_score, random_map, uniform
from pipelines.chimera.views import random_maps, random_views, whole_or_part

RNG = np.random.default_rng(0)
BANK = StyleBank(RNG.normal(size=(30, 4)).astype(np.float32), np.linspace(0, 1, 30, dtype=np.float32))


def test_a_map_is_a_function_of_seed_and_number() -> None:
    one, again = random_map(BANK, 7, 1, "natural"), random_map(BANK, 7, 1, "natural")
    assert one.shape == (4, GRID, GRID) and np.array_equal(one, again)
    others = [random_map(BANK, 7, 2, "natural"), random_map(BANK, 8, 1, "natural"), random_map(BANK, 7, 1, "wild")]
    assert not any(np.array_equal(one, other) for other in others)


def test_natural_codes_come_from_natural_pictures_alone() -> None:
    natural = {tuple(code) for code in BANK.codes[BANK.natural >= 0.5]}
    for number in range(20):
        for code in BANK.draw(np.random.default_rng(number), 3, "natural"):
            assert tuple(code) in natural


def test_natural_furs_of_one_animal_are_alike_and_wild_ones_are_not() -> None:
    def spread(look: str) -> float:
        drawn = [BANK.draw(np.random.default_rng(number), 3, look) for number in range(40)]
        return float(np.mean([np.square(codes - codes.mean(axis=0)).sum() for codes in drawn]))

    assert spread("wild") > 2 * spread("natural") > 0


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
