from __future__ import annotations

import torch

from pipelines.chimera.losses import glow, line_recall, spill


def line() -> torch.Tensor:
    lines = torch.zeros(1, 1, 64, 64)
    lines[..., 32, 20:44] = 1
    return lines


def test_a_found_line_costs_little_even_a_pixel_off() -> None:
    found, shifted = line(), line().roll(1, 2)
    nothing = torch.zeros_like(found)
    assert line_recall(found, line()) < 0.01 and line_recall(shifted, line()) < 0.01
    assert line_recall(nothing, line()) > 3 > line_recall(0.5 * found, line()) > 0.5
    assert line_recall(nothing, nothing) == 0


def test_dark_creases_are_free_and_glowing_strokes_are_not() -> None:
    outside = torch.ones(1, 1, 64, 64)
    outside[..., 8:56, 8:56] = 0
    body = torch.zeros(1, 3, 64, 64)
    dark, bright = body - 0.8 * line(), body + 0.8 * line()
    assert glow(dark, line(), outside) == 0 and glow(bright, line(), outside) > 0.4
    assert glow(bright, line(), torch.ones_like(outside)) == 0, "outlines are none of its business"


def test_alpha_outside_the_drawing_is_spilt() -> None:
    outside = torch.ones(1, 1, 8, 8)
    outside[..., :4] = 0
    inside = 1 - outside
    assert spill(inside, outside) == 0 and spill(torch.ones_like(outside), outside) == 0.5
