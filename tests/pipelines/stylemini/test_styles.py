from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy import ndimage

from pipelines.stylemini.teachers import draw_in_style
from pipelines.stylemini.teachers.canvas import LATENT, to_lab
from pipelines.stylemini.teachers.mosaic import TILE
from pipelines.stylemini.teachers.pixel_art import BLOCKS, COLORS
from pipelines.stylemini.teachers.stained_glass import PIECES
from pipelines.stylemini.teachers.ukiyoe import PIGMENTS, SEAL
from tests.pipelines.stylemini.shared import PICTURES, SIZE, Floats, drawn, gray, hues, picture, slope_energy


def test_oil_replaces_fine_detail_by_strokes_along_the_edges() -> None:
    rng = np.random.default_rng(0)
    speckled = (picture("cat").astype(int) + rng.integers(-30, 31, (SIZE, SIZE, 1))).clip(0, 255).astype(np.uint8)
    fine = [gray(pixels) - cv2.GaussianBlur(gray(pixels), (0, 0), 1.0) for pixels in (speckled, picture("cat"))]
    made = gray(draw_in_style(speckled, "oil painting", 0))
    kept = np.corrcoef((fine[0] - fine[1]).ravel(), (made - cv2.GaussianBlur(made, (0, 0), 1.0)).ravel())[0, 1]
    assert abs(kept) < 0.3
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    for sign in (1, -1):  # stripes that fall, then rise, to the right
        stripes = (128 + 90 * np.sin((x - sign * y) / 8)).astype(np.uint8)
        made = gray(draw_in_style(np.repeat(stripes[..., None], 3, axis=-1), "oil painting", 0))
        relief = cv2.GaussianBlur(made, (0, 0), 1) - cv2.GaussianBlur(made, (0, 0), 2.5)  # without the canvas
        assert slope_energy(relief, -45 * sign) > 2 * slope_energy(relief, 45 * sign)
    assert hues(drawn("cat", "oil painting"))[1].mean() > 1.1 * hues(picture("cat"))[1].mean()


@pytest.mark.parametrize("name", PICTURES)
def test_watercolor_is_light_and_leaves_paper(name: str) -> None:
    made = gray(drawn(name, "watercolor"))
    assert made.mean() > gray(picture(name)).mean() + 0.05
    border = np.concatenate([made[:2].ravel(), made[-2:].ravel(), made[:, :2].ravel(), made[:, -2:].ravel()])
    assert np.median(border) > 0.9


def test_watercolor_dries_darker_at_the_edge_of_a_wash() -> None:
    disk = np.full((SIZE, SIZE, 3), 250, np.uint8)
    cv2.circle(disk, (64, 64), 36, (110, 150, 200), -1)
    for seed in range(3):
        made = gray(draw_in_style(disk, "watercolor", seed))
        inside = ndimage.distance_transform_edt(made < 0.8)
        assert made[(inside >= 1.5) & (inside < 3)].mean() < made[inside > 8].mean() - 0.01


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("name", PICTURES)
def test_pixel_art_is_of_whole_blocks_in_few_colors(name: str, size: int) -> None:
    made = drawn(name, "pixel art", 0, size)
    block = size // BLOCKS
    assert np.array_equal(made, made[::block, ::block].repeat(block, axis=0).repeat(block, axis=1))
    assert 6 <= len(np.unique(made.reshape(-1, 3), axis=0)) <= COLORS <= 16


def test_metal_is_of_one_hue_with_dark_and_bright_reflections() -> None:
    found = set()
    for seed in range(6):
        made = drawn("cat", "metallic texture", seed)
        hue, saturation = hues(made)
        colored = hue[saturation > 0.08]
        assert np.percentile(colored, 95) - np.percentile(colored, 5) < 30
        found.add("gold" if np.median(saturation) > 0.4 else "chrome")
        assert np.percentile(gray(made), 2) < 0.25 and np.percentile(gray(made), 98) > 0.75
    assert found == {"gold", "chrome"}


def test_metal_is_lit_from_above_on_the_left() -> None:
    disk = np.full((SIZE, SIZE, 3), 90, np.uint8)
    cv2.circle(disk, (64, 64), 34, (170, 170, 170), -1)
    made = gray(draw_in_style(disk, "metallic texture", 1))
    y, x = np.mgrid[0:SIZE, 0:SIZE] - 64
    rim = np.abs(np.hypot(y, x) - 34) < 4
    assert made[rim & (y + x < -30)].mean() > made[rim & (y + x > 30)].mean() + 0.1


@pytest.mark.parametrize("name", [*PICTURES, "gray"])
def test_wood_is_brown(name: str) -> None:
    hue, saturation = hues(drawn(name, "wood texture"))
    assert 10 < np.percentile(hue, 3) < np.percentile(hue, 97) < 45 and np.median(saturation) > 0.35


def test_wood_has_a_grain_that_runs_along_the_plank() -> None:
    for seed in range(3):
        made = gray(drawn("gray", "wood texture", seed))
        assert made.std() > 0.04
        assert slope_energy(made, 90) > 2.5 * slope_energy(made, 0)


@pytest.mark.parametrize("name", PICTURES)
def test_stained_glass_is_of_pieces_of_one_color_between_dark_lead(name: str) -> None:
    made = drawn(name, "stained glass")
    glass = made.max(axis=-1) > 70
    labels, _ = ndimage.label(ndimage.binary_opening(glass))
    sizes = np.bincount(labels.ravel())[1:]
    assert PIECES / 3 < (sizes > 12).sum() < PIECES * 1.5
    assert 0.12 < 1 - glass.mean() < 0.6
    hue, saturation = (values.reshape(SIZE, SIZE) for values in hues(made))
    big = [labels == index + 1 for index in np.flatnonzero(sizes > 40)]
    assert np.median([np.ptp(np.percentile(hue[piece], [10, 90])) for piece in big]) < 12
    assert saturation[glass].mean() > hues(picture(name))[1].mean()


@pytest.mark.parametrize("size", [64, 128])
def test_mosaic_is_of_stones_with_grout_between_small_ones_where_there_is_detail(size: int) -> None:
    half = np.full((size, size, 3), 255, np.uint8)
    half[:, size // 2 :] = np.random.default_rng(0).integers(0, 2, (size, size // 2, 1)) * 255
    made = gray(draw_in_style(half, "mosaic", 0))
    plain, rich = made[:, : size // 2], made[:, size // 2 :]
    _, count = ndimage.label(plain > 0.8)
    assert count == (size // TILE) * (size // TILE // 2), "a stone a latent"
    assert 0.15 < (plain < 0.75).mean() < 0.5
    assert power_at(plain, TILE) > power_at(plain, TILE // 2)
    assert power_at(rich, TILE) < power_at(rich, TILE // 2) / 2


def power_at(values: Floats, period: int) -> float:
    """Return the power of rows' means that repeats so often."""
    return float(np.abs(np.fft.rfft(values.mean(axis=1))[len(values) // period]) ** 2)


def test_the_canvas_is_seen_in_large_pictures_too() -> None:
    plain = gray(draw_in_style(np.full((1024, 1024, 3), 128, np.uint8), "oil painting", 0))
    fine = cv2.resize(plain, (256, 256), interpolation=cv2.INTER_AREA)
    spectrum = np.abs(np.fft.fft2(fine - fine.mean()))
    assert spectrum[64, 64] > 10 * np.median(spectrum)


def test_mosaic_comic_and_canvas_repeat_with_the_latents() -> None:
    """Of a plain picture every latent's square is the same, so that none has to tell where the marks lie."""
    for style in ("mosaic", "comic"):
        made = gray(drawn("gray", style))[16:-16, 16:-16]
        squares = made.reshape(12, 8, 12, 8).transpose(0, 2, 1, 3).reshape(-1, 64)
        squares = squares - squares.mean(axis=1, keepdims=True)
        mean = squares.mean(axis=0)
        assert (squares - mean).var() < 0.35 * mean.var(), style
    woven = gray(drawn("gray", "oil painting"))[16:-16, 16:-16]
    spectrum = np.abs(np.fft.fft2(woven - woven.mean()))
    down, right = np.unravel_index(spectrum.argmax(), spectrum.shape)
    assert {down % 24, right % 24} == {0} and down and right, "threads of two pixels"


def test_a_pencil_sketch_is_gray_on_light_paper_and_hatched_in_the_shade() -> None:
    for name in PICTURES:
        made = drawn(name, "pencil sketch")
        assert np.ptp(made, axis=-1).max() == 0 and gray(made).mean() > 0.5
    assert gray(drawn("white", "pencil sketch")).std() < 0.02
    dark = gray(drawn("dark", "pencil sketch"))
    assert dark.mean() < 0.75
    shade = gray(draw_in_style(picture("gray"), "pencil sketch", 0))
    assert slope_energy(shade, 45) > 2 * slope_energy(shade, -45), "strokes rise to the right"


def test_comic_prints_dots_on_a_turned_grid_and_few_colors() -> None:
    made = gray(drawn("gray", "comic"))
    spectrum = np.abs(np.fft.rfft2(made - made.mean()))
    down, right = np.unravel_index(spectrum.argmax(), spectrum.shape)
    frequency = np.array([min(down, SIZE - down), right]) / SIZE
    assert np.hypot(*frequency) == pytest.approx(np.sqrt(2) / LATENT, rel=0.1)
    assert frequency[0] == pytest.approx(frequency[1], abs=0.02)
    flat = drawn("shapes", "comic").reshape(-1, 3) // 16
    _, counts = np.unique(flat, axis=0, return_counts=True)
    assert np.sort(counts)[-8:].sum() > 0.5 * len(flat)
    assert (drawn("cat", "comic").max(axis=-1) < 60).mean() > 0.05, "there is black ink"


@pytest.mark.parametrize("name", [*PICTURES, "vivid"])
def test_an_ukiyoe_print_has_the_colors_of_its_pigments(name: str) -> None:
    if name == "vivid":
        hue = np.mgrid[0:SIZE, 0:SIZE][1] * 360.0 / SIZE
        hsv = np.stack([hue, np.ones_like(hue), np.ones_like(hue)], axis=-1).astype(np.float32)
        made = draw_in_style((cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255).astype(np.uint8), "ukiyo-e print", 0)
    else:
        made = drawn(name, "ukiyo-e print")
    lab = to_lab(made[6:-6, 6:-6].astype(np.float32) / 255).reshape(-1, 3)
    pigments = to_lab(PIGMENTS)
    assert np.hypot(lab[:, 1], lab[:, 2]).max() < np.hypot(*to_lab(SEAL[None])[0, 1:]) + 8
    gaps = np.linalg.norm(lab[:, None, 1:] - pigments[None, :, 1:], axis=-1).min(axis=1)
    assert np.percentile(gaps, 90) < 14
    border = to_lab(np.concatenate([made[:2], made[-2:]]).astype(np.float32) / 255).reshape(-1, 3)
    assert np.linalg.norm(border.mean(axis=0) - pigments[0]) < 6, "the margin is bare paper"


def test_an_ukiyoe_sky_fades_from_blue() -> None:
    sky = drawn("white", "ukiyo-e print").astype(int)[8:60, 20:-20]
    rows = sky.mean(axis=1)
    assert rows[0, 2] - rows[0, 0] > 30 > rows[-1, 2] - rows[-1, 0]
    smooth = cv2.blur(rows.mean(axis=-1)[:, None], (1, 9))[5:-5, 0]
    assert (np.diff(smooth) > -1).all()
