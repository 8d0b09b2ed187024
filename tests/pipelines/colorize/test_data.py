from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.colorize.color import greyed, has_color, spread, to_lab, to_rgb_bytes
from pipelines.colorize.data import ColorizeData, clean, square, unfit, weathered
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source
from tests.pipelines.colorize.conftest import landscape


def test_lab_is_skimages_and_comes_back() -> None:
    from skimage.color import rgb2lab

    pixels = np.random.default_rng(1).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    assert np.abs(to_lab(pixels) - rgb2lab(pixels)).max() < 0.5
    assert np.abs(to_rgb_bytes(to_lab(pixels)).astype(int) - pixels).max() <= 1


def test_greyed_keeps_lightness_and_has_no_colour() -> None:
    pixels = np.asarray(landscape(3))
    grey = greyed(pixels)
    assert spread(grey) == 0 and spread(pixels) > 30
    assert np.abs(to_lab(grey)[..., 0] - to_lab(pixels)[..., 0]).max() < 0.5


def test_sepia_and_yellowed_paper_count_as_grey() -> None:
    colored = np.asarray(landscape(1))
    grey = greyed(colored).astype(np.float32)
    sepia = (grey * (1.0, 0.88, 0.72)).clip(0, 255).astype(np.uint8)
    assert has_color(colored) and not has_color(greyed(colored)) and not has_color(sepia)
    ramp = np.repeat(np.linspace(0, 255, 96)[None, :, None], 96, axis=0)
    for tone in ((1, 0.88, 0.72), (1, 0.85, 0.65), (1, 0.92, 0.8), (0.8, 0.9, 1)):
        assert not has_color((ramp * tone).astype(np.uint8)), tone
    assert has_color((ramp * (0.2, 1, 0.3)).astype(np.uint8))  # one hue, but of a forest


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (landscape(1, 64, 40), "small"),
        (landscape(1).convert("L").convert("RGB"), "grey"),
        (Image.fromarray((np.asarray(landscape(1)) * 0.2).astype(np.uint8)), "dark"),
        (Image.fromarray((255 - (255 - np.asarray(landscape(1))) * 0.25).astype(np.uint8)), "bright"),
        (Image.new("RGB", (96, 96), (60, 120, 200)), "flat"),
        (landscape(1), None),
    ],
)
def test_what_teaches_no_colours_is_dropped(picture: Image.Image, reason: str | None) -> None:
    assert unfit(picture, 64) == reason


def test_cleaning_counts_what_it_drops(tmp_path: Path) -> None:
    for number in range(6):
        picture = landscape(number)
        (picture.convert("L") if number < 2 else picture).save(tmp_path / f"{number}.png")
    source = open_source(f"folder:{tmp_path}")
    cleaned = clean(source, source.entries, min_side=48)
    assert cleaned.dropped["grey"] == 2 and len(cleaned.entries) == 6 - cleaned.dropped.total() > 0
    assert "2 grey" in cleaned.report()
    with pytest.raises(Misuse):
        clean(source, source.entries, min_side=5000)


def test_an_example_is_a_function_of_seed_epoch_and_number(landscapes: Path) -> None:
    source = open_source(f"folder:{landscapes}")

    def item(seed: int, epoch: int, number: int) -> dict[str, torch.Tensor]:
        return ColorizeData(source, source.entries, size=64, seed=seed, worn=0.5)[(epoch, number)]

    one, same = item(1, 2, 5), item(1, 2, 5)
    assert all(torch.equal(one[name], same[name]) for name in one)
    for other in (item(1, 3, 5), item(1, 2, 6), item(2, 2, 5)):
        assert not torch.equal(one["rgb"], other["rgb"])
    assert {name: tuple(value.shape) for name, value in one.items()} == {
        "grey": (1, 64, 64),
        "ab": (2, 64, 64),
        "rgb": (3, 64, 64),
    }
    assert all(value.abs().max() <= 1 for value in one.values())


def test_wear_leaves_the_colours_that_are_to_be_guessed(landscapes: Path) -> None:
    source = open_source(f"folder:{landscapes}")
    new, old = (ColorizeData(source, source.entries, size=64, seed=1, worn=worn)[(0, 3)] for worn in (0.0, 1.0))
    assert torch.equal(new["ab"], old["ab"]) and not torch.equal(new["grey"], old["grey"])
    worn = weathered(new["grey"][0].numpy(), np.random.default_rng(1))
    assert worn.min() >= -1 and worn.max() <= 1
    assert np.corrcoef(worn.ravel(), new["grey"].numpy().ravel())[0, 1] > 0.7


def test_the_square_is_the_centre() -> None:
    picture = Image.new("RGB", (90, 30), "red")
    picture.paste("blue", (30, 0, 60, 30))
    assert set(map(tuple, square(picture, 16).reshape(-1, 3))) == {(0, 0, 255)}
