from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from pipelines.data import synthetic
from pipelines.edges.cutouts import SIZE, WHITE, compose, cutout, random_move, to_bytes, warp


def test_picture_and_map_move_together() -> None:
    move = random_move(np.random.default_rng(5))
    rgba = cutout(synthetic.draw(1))
    np.testing.assert_allclose(warp(rgba, move)[..., 3], warp(np.ascontiguousarray(rgba[..., 3]), move), atol=1e-5)


def test_colours_are_premultiplied_and_laid_on_their_ground() -> None:
    half = np.zeros((SIZE, SIZE, 4), np.uint8)
    half[:, :, 0], half[:, : SIZE // 2, 3] = 200, 255
    rgba = cutout(Image.fromarray(half))
    assert rgba[0, 0].tolist() == [np.float32(200 / 255), 0, 0, 1] and not rgba[0, -1].any()
    laid = to_bytes(compose(rgba, np.array([0, 0, 1], np.float32)))
    assert laid[0, 0].tolist() == [200, 0, 0] and laid[0, -1].tolist() == [0, 0, 255]


def test_a_whole_picture_leaves_no_gap_when_it_moves() -> None:
    red = cutout(Image.new("RGB", (300, 200), "red"))
    moved = compose(warp(red, random_move(np.random.default_rng(2))), WHITE)
    assert to_bytes(moved).reshape(-1, 3).min(axis=0).tolist() == [255, 0, 0] and moved[..., 1].max() < 0.01


def test_what_is_not_seen_does_not_darken_the_rim_of_a_cut_out_of_another_size() -> None:
    picture = Image.new("RGBA", (400, 400))
    ImageDraw.Draw(picture).ellipse((60, 60, 340, 340), fill="white")
    assert compose(cutout(picture), WHITE).min() > 0.98
