"""Textures made by code: noise, paper, fibres, and the shading of relief."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.stylemini.teachers.canvas import SIDE, Floats, blur, pixel_grid


def smooth_noise(rng: np.random.Generator, rows: float, columns: float | None = None) -> Floats:
    """Return noise (256, 256) of mean 0 and deviation 1 with so many bumps down and across; equal if one is given."""
    shape = tuple(max(2, round(count)) + 3 for count in (rows, rows if columns is None else columns))
    coarse = rng.standard_normal(shape).astype(np.float32)
    fine = np.asarray(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)
    return standardized(fine)


def cloudy_noise(rng: np.random.Generator, bumps: float, octaves: int = 4) -> Floats:
    """Return fractal noise (256, 256) of mean 0 and deviation 1: each octave has twice the bumps at half the height."""
    total = sum(smooth_noise(rng, bumps * 2**octave) * 0.5**octave for octave in range(octaves))
    return standardized(np.asarray(total, np.float32))


def streaks(rng: np.random.Generator, length: float, width: float, angle: float) -> Floats:
    """Return noise (256, 256) of mean 0 and deviation 1 drawn out along a direction.

    Args:
        rng: of the noise.
        length: of a streak, in pixels.
        width: of a streak, in pixels.
        angle: from the horizontal, in degrees.
    """
    side = int(SIDE * 1.5)
    noise = rng.standard_normal((side, side)).astype(np.float32)
    drawn = cv2.GaussianBlur(noise, (0, 0), sigmaX=length / 3, sigmaY=max(width / 2, 0.3))
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
    turn[:, 2] -= (side - SIDE) / 2
    turned = np.asarray(cv2.warpAffine(drawn, turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.float32)
    return standardized(turned)


def paper_grain(rng: np.random.Generator, size: float) -> Floats:
    """Return the height (256, 256), deviation 1, of paper whose bumps are ``size`` pixels wide."""
    return standardized(blur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), size / 2))


def standardized(noise: Floats) -> Floats:
    """Return noise of mean 0 and deviation 1."""
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-6), np.float32)


def slopes(height: Floats) -> tuple[Floats, Floats]:
    """Return how fast a height (H, W) rises to the right and down, per pixel."""
    right = np.asarray(cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8), np.float32)
    down = np.asarray(cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8), np.float32)
    return right, down


def lit_relief(height: Floats) -> Floats:
    """Return the light (H, W) in [-1, 1] on a relief lit from the upper left; 0 where it is level."""
    right, down = slopes(height)
    facing = (right + down) / np.sqrt(2)
    return np.asarray(facing / np.sqrt(1 + right**2 + down**2), np.float32)


def displaced(values: Floats, right: Floats, down: Floats) -> Floats:
    """Return a canvas that takes each pixel from ``right`` and ``down`` (256, 256) pixels away."""
    y, x = pixel_grid()
    places = ((x + right).astype(np.float32), (y + down).astype(np.float32))
    moved = cv2.remap(values, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.float32)
