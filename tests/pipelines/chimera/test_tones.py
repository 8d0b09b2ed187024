from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.chimera.tones import Tones, deepen, lay_hues, widen_tones


def test_tones_of_a_flat_animal_are_widened() -> None:
    flat = np.ones((256, 256, 4), np.float32)
    flat[..., :3] = np.linspace(0.45, 0.55, 256, dtype=np.float32)[:, None, None]
    flat[::2, :, :3] += 0.02
    widened = widen_tones(Tones.of(flat)).rgba()
    assert 1.5 * np.ptp(flat[..., 0]) < np.ptp(widened[..., 0])
    assert widened[..., 0].std() > 1.5 * flat[..., 0].std()
    flat[..., :3] = np.linspace(0.1, 0.9, 256, dtype=np.float32)[:, None, None]
    assert np.allclose(widen_tones(Tones.of(flat)).rgba(), flat, atol=1e-5), "these are wide enough"


def test_a_pale_animal_becomes_deeper_and_richer_and_a_dark_one_stays() -> None:
    pale, dark = (np.ones((64, 64, 4), np.float32) for _ in range(2))
    shades = np.linspace(0.3, 0.9, 64, dtype=np.float32)[:, None, None]
    pale[..., :3] = shades * np.array([1.0, 0.85, 0.7], np.float32)
    dark[..., :3] = 0.2
    deep = deepen(Tones.of(pale)).rgba()
    assert 0.3 < deep[..., :3].mean() < pale[..., :3].mean() - 0.08
    assert np.ptp(deep[..., 1]) > 0.9 * np.ptp(pale[..., 1]), "light and shade stay"
    saturation = [float(((x[..., 0] - x[..., 2]) / x[..., 1]).mean()) for x in (pale, deep)]
    assert saturation[1] > 1.1 * saturation[0]
    assert np.allclose(deepen(Tones.of(dark)).rgba(), dark, atol=1e-3)


def test_fine_hues_are_evened_out_and_light_and_shade_stay() -> None:
    rng = np.random.default_rng(0)
    glaring = np.ones((256, 256, 4), np.float32)
    glaring[..., :3] = np.clip((0.5, 0.4, 0.3) + 0.1 * rng.normal(0, 1, (256, 256, 3)), 0, 1)
    blue = np.full((16, 16, 4), (0.1, 0.2, 0.9, 1.0), np.float32)
    evened, blued = (lay_hues(Tones.of(glaring), blue, amount, 0.25).rgba() for amount in (0.0, 1.0))

    def lightness(rgba: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.asarray(rgba[..., :3] @ (0.299, 0.587, 0.114))

    before, after = ((x[..., :3] - lightness(x)[..., None]).std(axis=(0, 1)) for x in (glaring, evened))
    assert np.all(after < 0.35 * before)
    for laid in (evened, blued):
        assert np.abs(lightness(laid) - lightness(glaring)).mean() < 0.02
    assert np.allclose(evened[20:-20, 20:-20, :3].mean(axis=(0, 1)), (0.5, 0.4, 0.3), atol=0.01)
    assert blued[..., 2].mean() > blued[..., 0].mean() + 0.5


def test_highlights_and_shadows_stay_in_range_and_end_at_white_and_black() -> None:
    animal = np.ones((64, 64, 4), np.float32)
    animal[..., :3] = np.where(np.arange(64)[:, None, None] % 16 < 8, 0.55, 0.98)
    animal[:8, :8] *= 0.5
    made = deepen(widen_tones(Tones.of(animal))).rgba()
    assert made.min() >= 0 and (made[..., :3] <= made[..., 3:]).all() and np.array_equal(made[..., 3], animal[..., 3])
