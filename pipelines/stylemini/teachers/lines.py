"""Ink lines by an extended difference of Gaussians."""

from __future__ import annotations

from pipelines.stylemini.teachers.canvas import Floats, blur, smoothstep


def ink_lines(gray: Floats, sigma: float, strength: float, threshold: float = 0.0) -> Floats:
    """Return how much ink (256, 256) in [0, 1] lies where a luminance dips beside something brighter.

    It follows XDoG (Winnemoeller et al. 2012): the difference of two blurs, then a soft threshold.

    Args:
        gray: (256, 256) in [0, 1].
        sigma: of the narrower blur, half a line's width in pixels.
        strength: how steep the threshold is; more gives more and harder lines.
        threshold: of the difference of luminances, under which there is no ink.
    """
    difference = blur(gray, sigma * 1.6) - blur(gray, sigma)
    return smoothstep((difference - threshold) * strength, 0.0, 1.0)
