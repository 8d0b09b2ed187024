"""What is laid over an animal once the generator has made it: colours, hues, tones, light and shade, lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.chimera.inputs import Drawing
from pipelines.edges.cutouts import SIZE, Floats, straight
from pipelines.edges.regions import Regions

MOST_TRIMMED = 0.12  # share of an animal that may lie outside its outline and be cut off
NEAR, FAR = 5, 24  # pixels at 256: from how far a hole takes its colours, a wide one in its middle
FINE = 8  # pixels at 256: radius of the surroundings from which a picture's fine light and shade differ
COARSE = 14  # pixels at 256: finer than that, colours are the fur's
FINE_HUES = 2  # pixels at 256: a picture's own hues are as fine
BROAD_TONES, TONES = 0.1, 0.18  # standard deviations of lightness, over wide areas and whole: the training animals'
CROWD = 9  # pixels at 256: radius within which lines are counted
FEW, MANY = 0.18, 0.30  # share of pixels on a line: where they begin to crowd, and where they are a thicket
SMOOTH, SOFTENED = 1.8, 0.7  # pixels at 256: of what the relief of a thicket is blurred with; and how much of it goes
DEEP, MOST_DEEPENED = 0.37, 1.45  # mean lightness of furs that are not pale; largest exponent that leads there
RICH = 1.2  # times the hues
SCRAP = 0.015  # share of an animal; smaller pieces that lie apart are no part of it
SHADE = 3.6  # logarithm of what a difference of lightness of 1 multiplies by, at full detail


def trimmed(rgba: Floats, regions: Regions) -> Floats:
    """Cut off what was painted outside an outline, where that is little: a veil between a wing and a tail.

    Where much lies outside, the outline is too open to go by, and the animal is left as it is.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        regions: of the drawing.
    """
    inside = cv2.dilate((~regions.wide).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    if inside.shape[0] != rgba.shape[0]:
        inside = cv2.resize(inside, rgba.shape[:2], interpolation=cv2.INTER_AREA)
    inside = cv2.GaussianBlur(inside, (0, 0), 1.0)[..., None]
    kept = np.asarray(rgba * inside, np.float32)
    painted = float(rgba[..., 3].sum())
    return kept if painted - float(kept[..., 3].sum()) < MOST_TRIMMED * painted else rgba


def filled(rgba: Floats, regions: Regions) -> Floats:
    """Close the holes of an animal inside its outline, in the colours around them; a stroke encloses nothing.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        regions: of the drawing.
    """
    bodies = cv2.morphologyEx((~regions.wide).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    core = resized(cv2.erode(bodies, np.ones((5, 5), np.uint8)).astype(np.float32)[..., None], rgba.shape[0])
    core = cv2.GaussianBlur(core, (0, 0), 1.0)[..., None]
    missing = np.maximum(core - rgba[..., 3:], 0)
    if float(missing.sum()) < 1:
        return rgba
    alpha, unit = rgba[..., 3:], rgba.shape[0] / SIZE
    far = surroundings(straight(rgba), alpha, FAR * unit)
    near = surroundings(rgba[..., :3] + (1 - alpha) * far, np.ones_like(alpha), NEAR * unit)
    return np.concatenate([rgba[..., :3] + missing * near, rgba[..., 3:] + missing], axis=2)


def without_scraps(rgba: Floats, drawing: Drawing) -> Floats:
    """Take away small pieces apart from an animal (S, S, 4) that enclose nothing: strokes that belong to no body."""
    there = (rgba[..., 3] > 0.15).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(there)
    enclosed = resized((~drawing.regions.wide & (drawing.lines == 0)).astype(np.float32)[..., None], rgba.shape[0])
    filled = np.bincount(labels.ravel(), enclosed.ravel(), len(stats))
    areas = stats[:, cv2.CC_STAT_AREA]
    small = (areas < SCRAP * there.sum()) & (filled < 0.5 * areas)
    small[0] = False
    if not small.any():
        return rgba
    near = cv2.dilate(small[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where((near & (small[labels] | (labels == 0)))[..., None], np.float32(0), rgba)


def lay_shade(rgba: Floats, drawing: Drawing, amount: float) -> Floats:
    """Lay a picture's own fine light and shade over the animal made from it: its eyes, its teeth, its feathers.

    What is lighter or darker than its surroundings makes the animal so, by a factor: furs keep their colours.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        drawing: of a picture; lines on paper have no shade, and change nothing.
        amount: 0 for none to 1.
    """
    if amount == 0 or drawing.kind == "drawing":
        return rgba
    lightness = cv2.cvtColor(drawing.picture, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] / 255
    inside = (~drawing.regions.wide).astype(np.float32)[..., None]
    difference = (lightness - surroundings(lightness, inside, FINE)) * inside
    factor = resized(np.exp(SHADE * amount * difference), rgba.shape[0])
    return np.concatenate([np.minimum(rgba[..., :3] * factor, rgba[..., 3:]), rgba[..., 3:]], axis=2)


def lay_colors(rgba: Floats, wanted: Floats, amount: float) -> Floats:
    """Move an animal's colours towards others, where these differ over a wide area.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        wanted: (H, W, 4) of any size, likewise.
        amount: 0 for none to 1 for all the way.
    """
    if amount == 0:
        return rgba
    alpha, goal = rgba[..., 3:], resized(wanted, rgba.shape[0])
    shared = np.minimum(alpha, goal[..., 3:])
    radius = COARSE * rgba.shape[0] / SIZE
    there, here = (surroundings(straight(x), shared, radius) for x in (goal, rgba))
    moved = rgba[..., :3] + amount * (there - here) * shared
    return np.concatenate([np.clip(moved, 0, alpha), alpha], axis=2)


def lay_hues(rgba: Floats, wanted: Floats, amount: float, kept: float) -> Floats:
    """Give an animal the fine hues of a picture, even out the rest, and leave its light and shade.

    What is made of crowded lines glares in many colours otherwise.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        wanted: the picture, (H, W, 4) of any size, likewise.
        amount: 0 for none of its hues to 1 for these alone.
        kept: 0 to 1, how much stays of what a colour differs by, at equal lightness, from those around it.
    """
    alpha, goal = rgba[..., 3:], resized(wanted, rgba.shape[0])
    (lightness, hues), (_, wanted_hues) = split_hues(rgba), split_hues(goal)
    around = surroundings(hues, alpha, COARSE * rgba.shape[0] / SIZE)
    shared = np.minimum(alpha, goal[..., 3:])
    fine = surroundings(wanted_hues, shared, FINE_HUES * rgba.shape[0] / SIZE)
    share = amount * shared / np.maximum(alpha, 0.05)
    laid = lightness + (1 - share) * (around + kept * (hues - around)) + share * fine
    return np.concatenate([np.clip(laid * alpha, 0, alpha), alpha], axis=2)


def soften_crowds(rgba: Floats, lines: NDArray[np.uint8]) -> Floats:
    """Soften an animal where there are more lines than a pen draws: the generator makes a worm-like relief of them.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        lines: (256, 256), 255 on a line.
    """
    crowded = crowds(lines, rgba.shape[0])
    if not crowded.any():
        return rgba
    alpha, (lightness, hues) = rgba[..., 3:], split_hues(rgba)
    smooth = surroundings(lightness, alpha, SMOOTH * rgba.shape[0] / SIZE)
    softened = lightness + SOFTENED * crowded * (smooth - lightness)
    return np.concatenate([np.clip((softened + hues) * alpha, 0, alpha), alpha], axis=2)


def crowds(lines: NDArray[np.uint8], size: int) -> Floats:
    """Return where lines (256, 256) crowd, (size, size, 1): 0 where a pen may have drawn as many, 1 in a thicket."""
    on = resized((lines[..., None] > 0).astype(np.float32), size)
    density = surroundings(on, np.ones_like(on), CROWD * size / SIZE)
    return np.asarray(((density - FEW) / (MANY - FEW)).clip(0, 1), np.float32)


def widen_tones(rgba: Floats) -> Floats:
    """Widen an animal's light and shade, broad and fine, to those of real animals, where they are narrower.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
    """
    alpha, solid = rgba[..., 3:], rgba[..., 3] > 0.9
    if not solid.any():
        return rgba
    lightness, hues = split_hues(rgba)
    broad = surroundings(lightness, alpha, COARSE * rgba.shape[0] / SIZE)
    widened = lightness + widening(broad[solid], BROAD_TONES, 1.8) * (broad - broad[solid].mean())
    widened = widened + widening(widened[solid], TONES, 1.5) * (widened - widened[solid].mean())
    return np.concatenate([np.clip((widened + hues) * alpha, 0, alpha), alpha], axis=2)


def deepen(rgba: Floats) -> Floats:
    """Darken a pale animal, its darks more than its lights, and make hues richer: on white paper they look faded.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
    """
    alpha, solid = rgba[..., 3:], rgba[..., 3] > 0.9
    if not solid.any():
        return rgba
    lightness, hues = split_hues(rgba)
    mean = min(max(float(lightness[solid].mean()), 0.05), 0.95)
    gamma = min(MOST_DEEPENED, max(1.0, float(np.log(DEEP) / np.log(mean))))
    deep = lightness.clip(0, 1) ** gamma
    rich = RICH * np.sqrt(deep / np.maximum(lightness, 0.05))
    return np.concatenate([np.clip((deep + rich * hues) * alpha, 0, alpha), alpha], axis=2)


def widening(x: NDArray[np.float32], wanted: float, most: float) -> float:
    """Return by what share deviations from the mean must grow for this standard deviation, at most ``most`` times."""
    return min(most, max(1.0, wanted / max(float(x.std()), 1e-3))) - 1


def split_hues(rgba: Floats) -> tuple[Floats, Floats]:
    """Return lightness (H, W, 1) and what the colours, no longer premultiplied, differ from it by, (H, W, 3)."""
    colors = straight(rgba)
    lightness = np.asarray(cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)[..., None], np.float32)
    return lightness, colors - lightness


def surroundings(x: Floats, weight: Floats, radius: float) -> Floats:
    """Return the weighted mean around each pixel: (H, W, C), weights (H, W, 1), a Gaussian of this many pixels."""
    shrinking = 4 if radius >= 8 else 1  # what is so smooth is the same, and ten times as fast

    def blurred(x: Floats) -> Floats:
        small = cv2.resize(x, None, fx=1 / shrinking, fy=1 / shrinking, interpolation=cv2.INTER_AREA)
        wide = cv2.GaussianBlur(small, (0, 0), radius / shrinking)
        return np.asarray(cv2.resize(wide, x.shape[:2], interpolation=cv2.INTER_LINEAR), np.float32).reshape(x.shape)

    return np.asarray(blurred(x * weight) / np.maximum(blurred(weight), 0.02), np.float32)


def resized(x: Floats, size: int) -> Floats:
    """Return (S, S, C) at another size."""
    if x.shape[0] == size:
        return x
    method = cv2.INTER_AREA if size < x.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(x, (size, size), interpolation=method), np.float32).reshape(size, size, -1)


def lay_ink(rgba: Floats, lines: NDArray[np.uint8], amount: float, *, thinly: bool = False) -> Floats:
    """Lay the drawing's own lines over an animal as soft dark creases.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        lines: (256, 256), 255 on a line.
        amount: 0 for none to 1 for black.
        thinly: lay less where they crowd.
    """
    if amount == 0:
        return rgba
    soft = cv2.GaussianBlur(lines.astype(np.float32) / 255, (0, 0), 0.8)
    soft = np.minimum(soft / 0.45, 1)  # a line one pixel wide keeps its strength
    if soft.shape[0] != rgba.shape[0]:
        soft = cv2.resize(soft, rgba.shape[:2], interpolation=cv2.INTER_AREA)
    laid = amount * soft[..., None]
    if thinly:
        laid = laid * (1 - SOFTENED * crowds(lines, rgba.shape[0]))
    inked = rgba.copy()
    inked[..., :3] *= 1 - laid
    return inked
