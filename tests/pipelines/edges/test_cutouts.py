from __future__ import annotations

import numpy as np
from PIL import Image

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
