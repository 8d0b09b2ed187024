from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.common.errors import Misuse
from pipelines.data import synthetic
from pipelines.edges.finding import find_edges, guarded_median, lines_of_map, square, without_specks
from pipelines.metrics.lines import edge_f1
from tests.tools import sketch

REFERENCE = find_edges(sketch(512), kind="drawing").lines


def phone_photo(side: int) -> Image.Image:
    """A sketch in dark ink on warm paper, under a shadow, with the noise of a small sensor."""
    paper = np.asarray(sketch(side, "#282832", "#ebe6dc"), np.float32)
    y, x = np.mgrid[0:side, 0:side] / side
    noise = cv2.resize(np.random.default_rng(3).normal(0, 6, (512, 512)), (side, side))
    return Image.fromarray(
        (paper * (1 - 0.5 * (0.7 * x + 0.3 * y))[..., None] + noise[..., None]).clip(0, 255).astype("u1")
    )


def scene(seed: int, side: int = 256) -> Image.Image:
    """Nothing but what photographs have: shading over all of it and texture at every scale."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((side, side, 3))
    for count in (4, 8, 16, 32, 64, 128):
        coarse = rng.normal(0, 4 / count**0.7, (count, count, 3))
        pixels += cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[0:side, 0:side] / side
    return Image.fromarray((pixels * 28 + 128 + 60 * (x + y - 1)[..., None]).clip(0, 255).astype(np.uint8))


def transparent(side: int) -> Image.Image:
    drawn = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    drawn.putalpha(Image.eval(sketch(side).convert("L"), lambda value: 255 - value))
    return drawn


SAME_DRAWING = {
    "white on black": sketch(512, "white", "black"),
    "red pen": sketch(512, "#dc1e1e"),
    "pencil": sketch(512, "#969696"),
    "on blue paper": sketch(512, "#202020", "#8fb4e8"),
    "transparent": transparent(512),
    "thick": sketch(512, width=0.025),
    "thin": sketch(512, width=0.005),
    "200 px": sketch(200),
    "2000 px": sketch(2000),
    "phone": phone_photo(1000),
    "small phone": phone_photo(600),
}


@pytest.mark.parametrize("name", SAME_DRAWING)
def test_however_it_was_drawn_the_lines_agree(name: str) -> None:
    edges = find_edges(SAME_DRAWING[name])
    assert edges.kind == "drawing" and edges.detector == ""
    assert set(np.unique(edges.lines)) == {0, 255} and blocks(edges.lines) == 0, "one pixel wide"
    assert edge_f1(edges.lines, REFERENCE, 2) > 0.93 and edge_f1(edges.lines, REFERENCE, 3) > 0.97


def blocks(lines: NDArray[np.uint8]) -> int:
    """Count squares of 2 x 2 that are all line."""
    on = lines > 0
    return int((on[1:, 1:] & on[1:, :-1] & on[:-1, 1:] & on[:-1, :-1]).sum())


def test_a_filled_shape_gives_its_outline() -> None:
    filled, outlined = Image.new("RGB", (256, 256), "white"), Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(filled).ellipse([60, 60, 200, 200], fill="black")
    ImageDraw.Draw(outlined).ellipse([60, 60, 200, 200], outline="black")
    one, two = (find_edges(image, kind="drawing").lines for image in (filled, outlined))
    assert edge_f1(one, two, 3) > 0.97


@pytest.mark.parametrize("kind", ["drawing", "photo"])
@pytest.mark.parametrize("color", [0, 10, 128, 200, 255])
def test_a_flat_picture_has_no_lines(kind: str, color: int) -> None:
    flat = Image.new("RGB", (300, 200), (color, color, color))
    assert all(not find_edges(flat, kind=kind, sensitivity=much).lines.any() for much in (0.0, 0.5, 1.0))


def test_paper_grain_has_no_lines() -> None:
    grain = np.random.default_rng(1).normal(235, 4, (512, 512, 1)).clip(0, 255).astype(np.uint8).repeat(3, axis=2)
    assert not find_edges(Image.fromarray(grain), kind="drawing").lines.any()


def test_more_sensitivity_finds_more_faint_strokes() -> None:
    faint = Image.new("RGB", (256, 256), "white")
    for number, contrast in enumerate((200, 100, 60, 40, 30, 22, 16, 10)):
        ImageDraw.Draw(faint).line([(20, 20 + 28 * number), (236, 20 + 28 * number)], (255 - contrast,) * 3, 4)
    found = [components(find_edges(faint, kind="drawing", sensitivity=much).lines) for much in np.linspace(0, 1, 9)]
    assert found == sorted(found) and found[-1] >= found[0] + 3


def components(lines: NDArray[np.uint8]) -> int:
    return int(cv2.connectedComponents(lines)[0]) - 1


@pytest.mark.parametrize("image", [scene(4), synthetic.draw(4)], ids=["scene", "beetle"])
def test_more_sensitivity_finds_more_edges(image: Image.Image) -> None:
    found = [int((find_edges(image, kind="photo", sensitivity=much).lines > 0).sum()) for much in np.linspace(0, 1, 9)]
    assert found == sorted(found) and found[-1] > found[0]


@pytest.mark.parametrize("seed", range(4))
def test_a_photograph_is_no_drawing(seed: int) -> None:
    found = find_edges(scene(seed))
    assert (found.kind, found.detector) == ("photo", "canny")


def test_a_square_repeats_the_border() -> None:
    picture = np.arange(8 * 4 * 3, dtype=np.uint8).reshape(4, 8, 3)
    padded = square(picture, 8)
    assert np.array_equal(padded[2:6], picture)
    assert (padded[:2] == picture[0]).all() and (padded[6:] == picture[-1]).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (37, 91)])
def test_any_shape_becomes_a_square(shape: tuple[int, int]) -> None:
    assert find_edges(Image.new("RGB", shape, "white"), 64).lines.shape == (64, 64)


def test_the_median_is_the_subjects_where_paper_fills_the_picture() -> None:
    grey = np.full((100, 100), 255, np.uint8)
    grey[:20] = 90
    assert guarded_median(grey) == 90
    assert guarded_median(np.full((10, 10), 255, np.uint8)) == 128
    assert guarded_median(np.full((10, 10), 60, np.uint8)) == 60


def test_specks_are_dropped() -> None:
    lines = np.zeros((32, 32), np.uint8)
    lines[4, 4:9], lines[20, 4:10] = 255, 255
    assert np.array_equal(np.nonzero(without_specks(lines, 6).any(axis=1))[0], [20])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"kind": "sketch"}, "argument_unknown"),
        ({"sensitivity": -0.1}, "argument_out_of_range"),
        ({"sensitivity": 1.1}, "argument_out_of_range"),
        ({"sensitivity": float("nan")}, "argument_out_of_range"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(Misuse) as error:
        find_edges(sketch(64), **arguments)  # type: ignore[arg-type]
    assert error.value.code == code


def test_a_map_gives_its_likeliest_lines_however_faint_it_is() -> None:
    x = np.linspace(0, 4 * np.pi, 128, dtype=np.float32)
    ridges = np.maximum(np.sin(x), 0.01)[None] * np.ones((128, 1), np.float32)
    strong, faint = (lines_of_map(much * ridges, 0.2, 6) for much in (1.0, 0.2))
    assert edge_f1(strong, faint, 1) > 0.95
    columns = np.nonzero(strong.any(axis=0))[0]
    assert np.abs(columns - 16).min() <= 2 and np.abs(columns - 79).min() <= 2
    assert not lines_of_map(np.zeros((64, 64), np.float32), 0.2, 6).any()


def ring(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A detector that sees a wide ring of varying strength in every picture."""
    y, x = np.mgrid[0:256, 0:256] - 128.0
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    return np.asarray(np.exp(-(((radius - 80) / 4) ** 2)) * (0.6 + 0.4 * np.cos(angle)), np.float32)


@pytest.mark.parametrize("size", [128, 256, 512])
def test_a_detector_draws_a_photograph_s_lines_at_any_size(size: int) -> None:
    found = find_edges(scene(1), size, kind="photo", detector=ring)
    y, x = np.nonzero(found.lines)
    assert found.kind == "photo" and found.lines.shape == (size, size)
    assert np.abs(np.hypot(x - size / 2, y - size / 2) / size - 80 / 256).max() < 0.02
    assert found.detector == "learned" and blocks(found.lines) == 0, "one pixel wide"


def test_more_sensitivity_takes_more_of_a_map() -> None:
    counts = [
        int((find_edges(scene(1), 256, kind="photo", sensitivity=value, detector=ring).lines > 0).sum())
        for value in (0.0, 0.25, 0.5)
    ]
    assert 0 < counts[0] < counts[1] < counts[2]


def test_a_drawing_needs_no_detector() -> None:
    def unused(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise AssertionError("a drawing has its lines")

    assert np.array_equal(find_edges(sketch(512), kind="drawing", detector=unused).lines, REFERENCE)


def test_an_edge_map_is_used_as_it_is() -> None:
    """Two lines two pixels apart, as a detector draws both sides of a stroke, stay two."""
    lines = np.zeros((256, 256), np.uint8)
    lines[60, 40:200] = lines[63, 40:200] = lines[60:200, 40] = lines[60:200, 44] = 255
    for picture in (lines, 255 - lines):
        given = Image.fromarray(picture).convert("RGB")
        for kind in ("auto", "drawing"):
            assert np.array_equal(find_edges(given, kind=kind).lines, lines)
    wool = np.zeros((256, 256), np.uint8)
    wool[20:230:2, 20:230] = 255
    assert np.array_equal(find_edges(Image.fromarray(wool)).lines, wool), "however many there are"
    thick = cv2.dilate(lines, np.ones((5, 5), np.uint8))
    assert not np.array_equal(find_edges(Image.fromarray(255 - thick)).lines, thick), "a pen's strokes are thinned"
    grey = Image.fromarray(255 - lines // 2).convert("RGB")
    assert find_edges(grey, kind="drawing").lines.any(), "and grey ones found"
