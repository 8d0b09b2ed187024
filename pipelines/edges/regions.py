"""What lies inside a line drawing, also where its outline is open, and inside a picture on a plain background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipelines.edges.finding import Lines

Mask = NDArray[np.bool_]  # (H, W)


class Rule(NamedTuple):
    """What counts as a body whose outline leaks, where less of a drawing is enclosed than ``below``.

    Attributes:
        below: share of the lines' convex hull.
        most_open: share of a region's border along which nothing is drawn; with more, it is a bay and no body.
        most_open_at_feet: likewise of its lowest part, as between legs.
        most_shared: share of its lines that have an inside on their other side already; with more, likewise.
        radii: of the discs that close gaps, pixels at 256: gaps of twice that.
    """

    below: float
    most_open: float
    most_open_at_feet: float
    most_shared: float
    radii: tuple[int, ...]


SMALLEST = 1  # radius, pixels at 256, of the disc that closes the gaps of any pen
WIDE = (8, 12, 16, 22, 30, 40, 52)
RULES = (  # one after another, each if so little is enclosed by those before
    Rule(below=1.0, most_open=0.34, most_open_at_feet=0.1, most_shared=0.5, radii=(3, 5, 8, 12, 16, 22)),
    Rule(below=0.6, most_open=0.5, most_open_at_feet=0.3, most_shared=0.5, radii=WIDE),
    Rule(below=0.4, most_open=0.6, most_open_at_feet=0.5, most_shared=0.8, radii=WIDE),
)
LEAST_DRAWN = 0.8  # of the hull's length; a few strokes are no open outline
FEET = 0.7  # of a region's height: what is lower is where legs stand apart
LEAST_REGION = 30  # pixels
STRIP = 3.2  # pixels: what is nowhere deeper lies between the two edges of one stroke
REACH = 3  # pixels from the frame within which a line runs into it
MOST_CUT = 0.6  # share of an edge of the frame along which a drawing may be cut off
LEAKS = 0.6  # where closing small gaps encloses less than this share of all that is enclosed, the outline leaks


@dataclass(frozen=True)
class Regions:
    """What lies outside a drawing's lines.

    Attributes:
        narrow: (H, W), outside once gaps of two pixels are closed; where the outline leaks, the same as ``wide``.
        wide: (H, W), outside once every gap is closed that seems to be one.
    """

    narrow: Mask
    wide: Mask


def find_regions(lines: Lines) -> Regions:
    """Tell what a drawing encloses, closing as wide a gap as its outline asks for, and no bay between its limbs.

    Gaps are closed by discs of growing radius. What a radius newly encloses counts as inside unless too little of its
    border is drawn, or its lines bound something enclosed on their other side already: between a wing and a tail lies
    no body. The strip between the two edges of a pen's stroke is no such thing. A drawing that the frame cuts off is
    closed by the frame. Where hardly anything turns out to be enclosed, the outline is an open one, and wider gaps are
    closed with less asked of what they enclose.
    """
    on, hull = lines > 0, hull_of(lines)
    narrow = ~Flood.over(lines, SMALLEST).outside(SMALLEST) & ~on
    inside, solid = narrow.copy(), without_strips(narrow)
    goes_around = float(on.sum()) > LEAST_DRAWN * cv2.arcLength(hull, closed=True)
    for rule in RULES if goes_around else RULES[:1]:
        if (inside | on).sum() > rule.below * cv2.contourArea(hull):
            break
        framed = Flood.over(cut_off(lines), rule.radii[-1])
        for radius in rule.radii:
            fresh = ~framed.outside(radius) & ~on & ~inside
            for region, window in components(fresh):
                if is_body(region, framed.on[window], inside[window], solid[window], rule):
                    inside[window] |= region
                    solid[window] |= region
    leaks = narrow.sum() < LEAKS * inside.sum()
    return Regions(narrow=~(inside if leaks else narrow) & ~on, wide=~inside & ~on)


def source_tensor(lines: Lines, size: int, regions: Regions | None = None) -> Tensor:
    """Return what networks are given of a drawing: (3, size, size) in [0, 1], lines and what lies outside them twice.

    Below 256 px lines are averaged and doubled, so that a thin line fades and does not vanish.
    """
    found = find_regions(lines) if regions is None else regions
    planes = np.stack([lines > 0, found.narrow, found.wide]).astype(np.float32)
    if size != lines.shape[0]:
        planes = np.stack([cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA) for plane in planes])
        planes[0] = np.minimum(2 * planes[0], 1)
    return torch.from_numpy(planes)


def hull_of(lines: Lines) -> NDArray[np.int32]:
    """Return the corners (N, 1, 2) of the lines' convex hull."""
    points = cv2.findNonZero(lines)
    return np.zeros((1, 1, 2), np.int32) if points is None else np.asarray(cv2.convexHull(points), np.int32)


def cut_off(lines: Lines) -> Lines:
    """Return the lines with a stroke along each edge of the frame, between the outermost lines that run into it."""
    framed = lines.copy()
    for edge, band in ((framed[0], lines[:REACH]), (framed[-1], lines[-REACH:])):
        close_edge(edge, band.max(axis=0))
    for edge, band in ((framed[:, 0], lines[:, :REACH]), (framed[:, -1], lines[:, -REACH:])):
        close_edge(edge, band.max(axis=1))
    return framed


def close_edge(edge: Lines, near: Lines) -> None:
    """Draw along an edge (S,) from the first to the last place where a line is near it."""
    places = np.flatnonzero(near)
    if len(places) and places[-1] - places[0] < MOST_CUT * len(edge):
        edge[places[0] : places[-1] + 1] = 255


def without_strips(inside: Mask) -> Mask:
    """Return the enclosed regions (H, W) but for those as thin as a stroke of the pen."""
    depth = distances(inside.astype(np.uint8))
    kept = np.zeros_like(inside)
    for region, window in components(inside):
        if float(depth[window][region].max()) > STRIP:
            kept[window] |= region
    return kept


@dataclass(frozen=True)
class Flood:
    """Floods from the border of a drawing, whatever gaps are closed first.

    Attributes:
        on: (H, W), whether there is a line.
        distance: (H + 2 M, W + 2 M), how far the nearest line is, with a margin of M pixels, in pixels.
        margin: so that no closing meets the frame.
    """

    on: Mask
    distance: NDArray[np.float32]
    margin: int

    @classmethod
    def over(cls, lines: Lines, widest: int) -> Flood:
        """Measure how far the lines (H, W) are from everywhere, for radii up to ``widest``."""
        margin = widest + 2
        blank = cv2.copyMakeBorder((lines == 0).astype(np.uint8), *(margin,) * 4, cv2.BORDER_CONSTANT, value=1)
        return cls(lines > 0, distances(blank), margin)

    def outside(self, radius: int) -> Mask:
        """Return what a flood reaches once gaps of ``2 * radius`` pixels are closed, (H, W)."""
        free = (self.distance > radius).astype(np.uint8)
        cv2.floodFill(free, None, (0, 0), 2)
        reached = distances((free != 2).astype(np.uint8)) <= radius
        kept = slice(self.margin, -self.margin)
        return np.asarray(reached[kept, kept] & ~self.on, np.bool_)


def distances(blank: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far each pixel is from the nearest one of 0, in pixels."""
    return np.asarray(cv2.distanceTransform(blank, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def components(mask: Mask) -> Iterator[tuple[Mask, tuple[slice, slice]]]:
    """Yield each connected region of some size, cut out with a margin, and the window it was cut from."""
    if np.count_nonzero(mask) < LEAST_REGION:
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for number in range(1, count):
        left, top, width, height, area = stats[number]
        if area >= LEAST_REGION:
            window = (slice(max(0, top - 3), top + height + 3), slice(max(0, left - 3), left + width + 3))
            yield labels[window] == number, window


def is_body(region: Mask, on: Mask, inside: Mask, solid: Mask, rule: Rule) -> bool:
    """Say whether a newly enclosed region is a body whose outline leaks, rather than a bay of one that is enclosed.

    Args:
        region: (H, W).
        on: (H, W), lines.
        inside: (H, W), what is enclosed already: the region is not open towards it.
        solid: (H, W), the same but for strokes.
        rule: what is asked of it.
    """
    border = region & ~shrunk(region)
    bare = border & ~grown(on | inside, 3)
    height = np.flatnonzero(border.any(axis=1))
    low = int(height[0] + FEET * (height[-1] - height[0]))
    bounding = grown(region, 3) & ~region & on
    shared = float(grown(solid, 5)[bounding].mean()) if bounding.any() else 1.0
    length = border.sum()
    few_gaps = bare.sum() < rule.most_open * length and bare[low:].sum() < rule.most_open_at_feet * length
    return bool(few_gaps and shared < rule.most_shared)


def grown(mask: Mask, side: int) -> Mask:
    """Return a mask dilated by a square."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0, np.bool_)


def shrunk(mask: Mask) -> Mask:
    """Return a mask eroded by one pixel; beyond the picture's edge counts as outside."""
    eroded = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(eroded > 0, np.bool_)


PLAIN = 14  # of 255: what differs less from the background in every channel belongs to it
EVEN_BORDER = 0.9  # share of the picture's border that has to be of one colour
LEAST_SUBJECT, MOST_SUBJECT = 0.02, 0.9  # share of the picture


def silhouette(rgb: NDArray[np.uint8]) -> Mask | None:
    """Return what stands before a plain background, (H, W); None where the background is not plain.

    Args:
        rgb: (H, W, 3), an illustration or a photograph.
    """
    smooth = cv2.medianBlur(rgb, 3)
    edge = np.concatenate([smooth[0], smooth[-1], smooth[:, 0], smooth[:, -1]]).astype(np.int16)
    color = np.median(edge, axis=0)
    if float((np.abs(edge - color).max(axis=1) <= PLAIN).mean()) < EVEN_BORDER:
        return None
    near = np.abs(smooth.astype(np.int16) - color).max(axis=2) <= PLAIN
    padded = cv2.copyMakeBorder(near.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(padded, None, (0, 0), 2)
    subject = (padded[1:-1, 1:-1] != 2).astype(np.uint8)
    opened = cv2.morphologyEx(subject, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    share = float(opened.mean())
    return np.asarray(opened > 0, np.bool_) if LEAST_SUBJECT < share < MOST_SUBJECT else None
