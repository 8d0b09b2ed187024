"""What is done to an animal's shape once the generator has made it, and what is laid over it: colours, shade, lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.chimera.inputs import Drawing
from pipelines.chimera.surroundings import COARSE, crowds, resized, surroundings
from pipelines.edges.cutouts import SIZE, Floats, straight
from pipelines.edges.regions import Regions

MOST_TRIMMED = 0.12  # share of an animal that may lie outside its outline and be cut off
NEAR, FAR = 5, 24  # pixels at 256: from how far a hole takes its colours, a wide one in its middle
FINE = 8  # pixels at 256: radius of the surroundings from which a picture's fine light and shade differ
SPARED = 0.7  # of the ink, in a thicket of lines
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
        laid = laid * (1 - SPARED * crowds(lines, rgba.shape[0]))
    inked = rgba.copy()
    inked[..., :3] *= 1 - laid
    return inked
