"""Creatures of ovals, boxes and triangles, as people draw them who are in a hurry."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.edges.cutouts import SIZE
from pipelines.edges.finding import Lines
from pipelines.edges.regions import Mask, shrunk

PARTS = 8  # at most
SMALLEST, LARGEST = 7.0, 75.0  # half the body's side, pixels
STICKS = 4  # legs and arms of one stroke, at most


def doodle(rng: np.random.Generator) -> tuple[Lines, Mask]:
    """Return a creature's lines (256, 256), 255 on a line, and what lies inside: its parts.

    A part lies before the others, behind them, or all outlines are seen; a stick has no inside.
    """
    lines, mask = np.zeros((SIZE, SIZE), np.uint8), np.zeros((SIZE, SIZE), np.bool_)
    body = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    place = SIZE / 2 + rng.normal(0, 20 + (LARGEST - body) / 3, 2)
    for number in range(int(rng.integers(1, PARTS + 1))):
        reach = body * rng.uniform(0.6, 1.5, 2) if number == 0 else body * rng.uniform(0.15, 0.7, 2)
        part = shape(place, np.maximum(reach, 3), rng)
        order = rng.random()
        if order < 0.4:
            lines[part] = 0  # before the others
        outline = part & ~shrunk(part)
        lines[outline & ~mask if order > 0.8 else outline] = 255
        mask |= part
        place = border_place(mask, rng) + rng.normal(0, 6, 2)
    for _ in range(int(rng.integers(1, STICKS + 1)) if rng.random() < 0.3 else 0):
        start = border_place(mask, rng)
        end = start + (start - SIZE / 2) * rng.uniform(0.2, 0.8) + rng.normal(0, 15, 2)
        stick = cv2.line(np.zeros_like(lines), start.astype(int).tolist(), end.astype(int).tolist(), 255)
        lines[~mask] |= stick[~mask]
    return lines, mask


def shape(place: NDArray[np.float64], reach: NDArray[np.float64], rng: np.random.Generator) -> Mask:
    """Return an oval, a box or a triangle (256, 256) about a place, x and y, of half axes ``reach``."""
    (x, y), (width, height) = place.tolist(), reach.tolist()
    filled, angle = np.zeros((SIZE, SIZE), np.uint8), float(rng.choice([0.0, rng.uniform(-90, 90)]))
    kind = rng.random()
    if kind < 0.5:
        cv2.ellipse(filled, (round(x), round(y)), (round(width), round(height)), angle, 0, 360, 1, -1)
    else:
        corners = cv2.boxPoints(((x, y), (2 * width, 2 * height), angle))
        if kind > 0.8:
            corners = corners[: int(rng.choice([3, 4]))] + rng.normal(0, 4, 2)
        cv2.fillPoly(filled, [corners.round().astype(np.int32)], 1)
    return np.asarray(filled > 0, np.bool_)


def border_place(mask: Mask, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a place on a mask's border, x and y; the middle where the mask is empty."""
    places = np.argwhere(mask & ~shrunk(mask))[:, ::-1]
    return places[rng.integers(len(places))].astype(np.float64) if len(places) else np.full(2, SIZE / 2)
