"""Animals that never were, put together from real ones, and what else stands on a drawing's paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.edges.cutouts import SIZE, Floats, Move, straight, to_bytes, warp, within
from pipelines.edges.finding import Lines, lines_of_map
from pipelines.edges.pens import with_border
from pipelines.edges.regions import Mask, grown

PLACES = 192  # along a curve
BELLIES = 0.35  # of the limbs
LIMB_TONES = (
    (0.15, 8),
    (0.04, 64),
)  # deviations of a limb's tone, and into how many parts of a side: broad ones, fine ones
HUE_SPREAD = 0.06  # standard deviation of a limb's colour about that of the animal


@dataclass(frozen=True)
class Layer:
    """A cut-out and where its lines may be.

    Attributes:
        rgba: (H, W, 4) in [0, 1], premultiplied.
        line_map: (H, W) in [0, 1], how likely a line is.
    """

    rgba: Floats
    line_map: Floats

    def moved(self, move: Move) -> Layer:
        """Return it elsewhere."""
        return Layer(warp(self.rgba, move), warp(self.line_map, move))

    def over(self, below: Layer) -> Layer:
        """Return both, this one in front."""
        alpha = self.rgba[..., 3:]
        rgba = self.rgba + (1 - alpha) * below.rgba
        line_map = np.maximum(self.line_map, (1 - alpha[..., 0]) * below.line_map)
        return Layer(np.asarray(rgba, np.float32), np.asarray(line_map, np.float32))


def random_place(rng: np.random.Generator) -> Move:
    """Return where a second animal goes: smaller, turned by up to 40 degrees, anywhere near the middle."""
    matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), float(rng.uniform(-40, 40)), float(rng.uniform(0.35, 0.8)))
    matrix[:, 2] += rng.uniform(-0.25 * SIZE, 0.25 * SIZE, 2)
    return Move(bool(rng.random() < 0.5), np.asarray(matrix, np.float64))


def with_limb(animal: Layer, rng: np.random.Generator) -> Layer:
    """Return an animal with a tail, a neck or an arm more: a bent tube between two places of its outline, or out.

    What a limb encloses together with the body lies outside, as under the handle of a jug.
    """
    mask = animal.rgba[..., 3] > 0.5
    places = np.argwhere(mask & ~shrunk_twice(mask))[:, ::-1].astype(np.float64)  # x, y
    if len(places) < 2:
        return animal
    start, end = places[rng.integers(len(places), size=2)]
    away = (start + end) / 2 - places.mean(axis=0)
    away = away / max(float(np.hypot(*away)), 1.0)
    if rng.random() < 0.4:
        end = start + away * rng.uniform(20, 90) + rng.normal(0, 30, 2)
    bulge = away * rng.uniform(20, 170)
    curve = bezier(start, start + bulge + rng.normal(0, 30, 2), end + bulge + rng.normal(0, 30, 2), end)
    wide, tip = float(rng.uniform(3, 13)), float(rng.uniform(0.3, 1.0))
    shape = np.zeros((SIZE, SIZE), np.uint8)
    for number, (x, y) in enumerate(curve):
        share = number / (len(curve) - 1)
        cv2.circle(shape, (round(x), round(y)), max(2, round(wide * (1 - share * (1 - tip)))), 255, -1, cv2.LINE_AA)
    limb = painted(np.asarray(shape / np.float32(255), np.float32), color_near(animal, start, rng), rng)
    if rng.random() < BELLIES:
        limb = with_belly(limb, curve, wide, rng)
    return limb.over(animal) if rng.random() < 0.5 else animal.over(limb)


def with_belly(limb: Layer, curve: NDArray[np.float64], wide: float, rng: np.random.Generator) -> Layer:
    """Return a limb along a curve (N, 2) with a lighter or darker band along it, such as a snake's belly.

    Edge detectors find lines within the limb, which bound nothing.
    """
    ahead = np.gradient(curve, axis=0)
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / np.maximum(np.hypot(*ahead.T), 1e-6)[:, None]
    band = np.zeros((SIZE, SIZE), np.uint8)
    places = (curve + aside * wide * float(rng.uniform(-0.8, 0.8))).round().astype(np.int32)
    cv2.polylines(band, [places], isClosed=False, color=255, thickness=max(1, round(wide * float(rng.uniform(0.3, 1)))))
    factor = np.where(band[..., None] > 0, np.float32(rng.uniform(0.3, 1.8)), np.float32(1))
    alpha = limb.rgba[..., 3:]
    colors = np.minimum(limb.rgba[..., :3] * factor, alpha)
    edge = cv2.morphologyEx(band, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32) / 255
    line_map = np.maximum(limb.line_map, cv2.GaussianBlur(edge * alpha[..., 0], (0, 0), 1.2))
    return Layer(np.asarray(np.concatenate([colors, alpha], axis=2), np.float32), np.asarray(line_map, np.float32))


def bezier(*corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places (N, 2) along a cubic Bezier curve of four corners."""
    t = np.linspace(0, 1, PLACES)[:, None]
    a, b, c, d = corners
    return np.asarray((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d, np.float64)


def color_near(animal: Layer, place: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a colour (3,) like that of the animal at a place of it, x and y, in [0, 1]."""
    x, y = (int(value) for value in place)
    found = straight(animal.rgba[y : y + 1, x : x + 1])[0, 0]
    return np.asarray((found + rng.normal(0, HUE_SPREAD, 3)).clip(0, 1), np.float64)


def painted(alpha: Floats, color: NDArray[np.float64], rng: np.random.Generator) -> Layer:
    """Return a shape (H, W) in [0, 1] in a colour that is not quite even; its border is its line."""
    coarse, fine = (rng.normal(0, spread, (side, side)).astype(np.float32) for spread, side in LIMB_TONES)
    tone = 1 + sum(cv2.resize(x, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)[..., None] for x in (coarse, fine))
    colors = (tone * color).clip(0, 1) * alpha[..., None]
    solid = (alpha > 0.5).astype(np.uint8)
    border = cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    rgba = np.concatenate([colors, alpha[..., None]], axis=2)
    return Layer(np.asarray(rgba, np.float32), np.asarray(cv2.GaussianBlur(border, (0, 0), 1.2), np.float32))


def flattened(animal: Layer, rng: np.random.Generator) -> Layer:
    """Return an animal in the even colours of an illustration, in which few lines are found."""
    side = int(rng.choice([5, 9, 13]))
    colors = cv2.medianBlur(to_bytes(straight(animal.rgba).clip(0, 1)), side) / np.float32(255)
    rgba = np.concatenate([colors * animal.rgba[..., 3:], animal.rgba[..., 3:]], axis=2)
    return Layer(np.asarray(rgba, np.float32), animal.line_map)


def inked(animal: Layer, rng: np.random.Generator) -> Layer:
    """Return an animal as a pen has drawn it, coloured in or not: an edge detector finds both sides of every stroke."""
    alpha = animal.rgba[..., 3]
    share, side = float(rng.uniform(0.02, 0.2)), int(rng.choice([2, 3, 4, 5]))
    lines = with_border(lines_of_map(animal.line_map * within(alpha), share, 12), alpha)
    strokes = cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))).astype(np.float32) / 255
    solid = np.maximum(alpha, strokes)[..., None]
    plain = np.ones_like(animal.rgba[..., :3]) if rng.random() < 0.5 else straight(animal.rgba).clip(0, 1)
    colors = np.where(strokes[..., None] > 0, np.float32(rng.uniform(0, 0.25)), plain)
    return Layer(np.asarray(np.concatenate([colors * solid, solid], axis=2), np.float32), animal.line_map)


def with_clutter(lines: Lines, mask: Mask, rng: np.random.Generator) -> Lines:
    """Return lines (H, W) with some that bound nothing: the ground, strokes beside an animal, closed ones on it.

    Args:
        lines: 255 on a line.
        mask: (H, W), the animal.
        rng: of every choice.
    """
    added = np.zeros_like(lines)
    if rng.random() < 0.3:
        draw_ground(added, mask, rng)
    if rng.random() < 0.2:
        for _ in range(int(rng.integers(1, 6))):
            draw_stroke(added, rng)
        added[grown(mask, 9)] = 0
    if rng.random() < 0.5:
        added[mask] = 0
    if rng.random() < 0.3 and mask.any():
        added |= np.where(mask, marks(mask, rng), 0).astype(np.uint8)
    return np.asarray(lines | added, np.uint8)


def marks(mask: Mask, rng: np.random.Generator) -> Lines:
    """Return closed lines on an animal (H, W), 255 on a line: eyes, spots, a folded wing that ends in a point."""
    drawn = np.zeros(mask.shape, np.uint8)
    places = np.argwhere(mask)[:, ::-1].astype(np.float64)
    for _ in range(int(rng.integers(1, 5))):
        place, turn = places[rng.integers(len(places))], rng.uniform(0, 2 * np.pi)
        long, wide = np.exp(rng.uniform(np.log(3), np.log(50))), rng.uniform(0.3, 1.0)
        angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        point = (1 - np.cos(angles)) / 2 if rng.random() < 0.4 else np.ones(60)
        outline = long * np.stack([np.cos(angles), wide * np.sin(angles) * point], axis=1)
        turned = outline @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        cv2.polylines(drawn, [(place + turned).round().astype(np.int32)], isClosed=True, color=255)
    return drawn


def draw_ground(lines: Lines, mask: Mask, rng: np.random.Generator) -> None:
    """Draw one line or two under an animal's feet, straight or not quite, from beside it to beside it."""
    ys, xs = np.nonzero(mask if mask.any() else ~mask)
    left, right = int(xs.min() - rng.integers(0, 60)), int(xs.max() + rng.integers(0, 60))
    left, right = (left, right) if rng.random() < 0.7 else (0, SIZE - 1)
    x = np.linspace(left, right, 12)
    y = ys.max() + rng.uniform(-8, 6) + rng.normal(0, rng.choice([0.0, 1.0, 3.0]), 12)
    for apart in (0.0, float(rng.uniform(2, 6)))[: int(rng.integers(1, 3))]:
        places = np.stack([x, y + apart], axis=1).round().astype(np.int32)
        cv2.polylines(lines, [places], isClosed=False, color=255)


def draw_stroke(lines: Lines, rng: np.random.Generator) -> None:
    """Draw a short bent stroke anywhere."""
    start = rng.uniform(0, SIZE, 2)
    corners = [start + rng.normal(0, 25, 2) * share for share in (0.0, 1.0, 1.0, 1.0)]
    cv2.polylines(lines, [bezier(*corners).round().astype(np.int32)], isClosed=False, color=255)


def shrunk_twice(mask: Mask) -> Mask:
    """Return a mask eroded by two pixels."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0, np.bool_)
