from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from pipelines.chimera.finishing import filled, lay_colors, lay_ink, lay_shade, trimmed, without_scraps
from pipelines.chimera.inputs import read_drawing
from pipelines.chimera.tones import Tones, soften_crowds
from pipelines.edges.regions import Regions
from tests.pipelines.chimera.shared import no_lines, portrait
from tests.pipelines.edges.shared import DRAWING


def test_a_veil_is_cut_off_and_an_open_drawing_is_left_as_it_was_painted() -> None:
    inside = np.zeros((256, 256), np.bool_)
    inside[60:180, 60:180] = True
    regions = Regions(~inside, ~inside)
    painted = np.zeros((64, 64, 4), np.float32)
    painted[15:45, 15:45] = 1
    painted[20:30, 50:56] = 0.5  # a veil
    kept = trimmed(painted, regions)
    assert kept[20:30, 50:56].max() < 0.05 and (kept[18:42, 18:42] > 0.99).all()
    painted[4:60, 46:62] = 1  # most of an animal
    assert trimmed(painted, regions) is painted


def test_holes_inside_an_outline_are_closed_in_the_colours_around_and_strokes_are_not() -> None:
    inside = np.zeros((256, 256), np.bool_)
    inside[60:180, 60:180] = True
    inside[30, 20:240] = True  # a stroke
    painted = np.zeros((256, 256, 4), np.float32)
    painted[60:180, 60:180] = (0.6, 0.4, 0.2, 1.0)
    painted[100:140, 100:140] = 0  # wider than what is near sees across
    painted[80:86, 80:86] *= 0.3
    closed = filled(painted, Regions(~inside, ~inside))
    for place in ((120, 120), (83, 83)):
        assert np.allclose(closed[place], (0.6, 0.4, 0.2, 1.0), atol=0.02)
    assert closed[30].max() == 0 and closed[:50].max() == 0 and closed[200:].max() == 0
    whole = np.where(inside[..., None], np.float32(1), np.float32(0)).repeat(4, axis=2)
    assert np.allclose(filled(whole, Regions(~inside, ~inside)), whole, atol=0.03), "an outline stays where it is"


def test_a_thicket_of_lines_is_softened_and_a_pens_lines_are_not() -> None:
    lines = np.zeros((256, 256), np.uint8)
    lines[40:120, 40:120:3] = 255
    lines[200:202, 40:220] = lines[160:202, 220] = 255
    relief = np.ones((256, 256, 4), np.float32)
    relief[..., :3] = 0.3 + 0.4 * (np.arange(256) % 4 < 2)[None, :, None]
    softened = soften_crowds(Tones.of(relief), lines).rgba()
    assert softened[60:100, 60:100, 0].std() < 0.6 * relief[60:100, 60:100, 0].std()
    assert np.allclose(softened[150:, :, :3], relief[150:, :, :3], atol=1e-5)
    white = np.ones((256, 256, 4), np.float32)
    full, thin = (lay_ink(white, lines, 0.5, thinly=thinly) for thinly in (False, True))
    assert thin[60:100, 60:100, 0].mean() > full[60:100, 60:100, 0].mean() + 0.1
    assert np.allclose(thin[150:], full[150:], atol=1e-5)


def test_strokes_that_lie_apart_are_taken_away_and_small_animals_stay() -> None:
    drawing = Image.new("L", (256, 256), 255)
    draw = ImageDraw.Draw(drawing)
    draw.ellipse([60, 60, 200, 200], outline=0, width=3)
    draw.line([20, 20, 36, 24], fill=0, width=3)
    draw.ellipse([220, 220, 240, 240], outline=0, width=3)
    found = read_drawing(drawing, kind="drawing", sensitivity=0.5, detector="auto", learned=no_lines)
    animal = np.zeros((256, 256, 4), np.float32)
    for top, left, side in ((60, 60, 140), (16, 18, 14), (218, 218, 24)):
        animal[top : top + side, left : left + side] = 1
    left = without_scraps(animal, found)
    assert left[22, 24].max() == 0 and left[230, 230].min() == 1 and left[130, 130].min() == 1


def test_ink_darkens_the_lines_alone() -> None:
    rgba = np.ones((64, 64, 4), np.float32)
    lines = np.zeros((256, 256), np.uint8)
    lines[128] = 255
    inked = lay_ink(rgba, lines, 0.5)
    assert inked[32, 10, 0] < 0.85 and inked[10, 10, 0] == 1 and (inked[..., 3] == 1).all()
    assert lay_ink(rgba, lines, 0.0) is rgba


def test_a_pictures_light_and_shade_show_and_a_drawings_paper_does_not() -> None:
    found = read_drawing(portrait(), kind="photo", sensitivity=0.5, detector="canny", learned=no_lines)
    grey = np.full((64, 64, 4), (0.5, 0.5, 0.5, 1.0), np.float32)
    shaded = lay_shade(grey, found, 0.5)
    assert shaded[27, 22, 0] < 0.4 and shaded[39, 38, 0] > 0.6 and abs(shaded[32, 30, 0] - 0.5) < 0.06
    assert lay_shade(grey, found, 0.0) is grey
    drawn = read_drawing(DRAWING, kind="drawing", sensitivity=0.5, detector="auto", learned=no_lines)
    assert lay_shade(grey, drawn, 1.0) is grey


def test_colours_move_over_wide_areas_and_keep_the_fur() -> None:
    rng = np.random.default_rng(0)
    fur = np.ones((128, 128, 4), np.float32)
    fur[..., :3] = 0.4 + 0.1 * rng.uniform(-1, 1, (128, 128, 1))
    green = np.full((8, 8, 4), (0.2, 0.6, 0.3, 1.0), np.float32)
    moved = lay_colors(fur, green, 0.5)
    assert np.allclose(moved[20:-20, 20:-20, :3].mean(axis=(0, 1)), (0.3, 0.5, 0.35), atol=0.02)
    assert moved[..., 0].std() > 0.9 * fur[..., 0].std() and lay_colors(fur, green, 0.0) is fur
