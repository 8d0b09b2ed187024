"""What lies inside a line drawing, also where its outline is open, and inside a picture on a plain background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.edges.finding import Lines

Mask = NDArray[np.bool_]  # (H, W)

RADII = (1, 3, 5, 8, 12, 16, 22)  # of the disc that closes gaps, pixels at 256: gaps of twice that
MOST_OPEN = 0.34  # share of a region's border along which nothing is drawn; with more, it is a bay and no body
MOST_SHARED = 0.5  # share of its lines that have an inside on their other side already; with more, likewise
LEAST_REGION = 30  # pixels
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
    no body.
    """
    on = lines > 0
    narrow = ~flooded(lines, RADII[0]) & ~on
    inside = narrow.copy()
    for radius in RADII[1:]:
        fresh = ~flooded(lines, radius) & ~on & ~inside
        for region, window in components(fresh):
            if is_body(region, on[window], inside[window]):
                inside[window] |= region
    leaks = narrow.sum() < LEAKS * inside.sum()
    return Regions(narrow=~(inside if leaks else narrow) & ~on, wide=~inside & ~on)


def flooded(lines: Lines, radius: int) -> Mask:
    """Return what a flood from the border reaches once gaps of ``2 * radius`` pixels are closed."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    margin = radius + 2
    ink = cv2.copyMakeBorder((lines > 0).astype(np.uint8), *(margin,) * 4, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.dilate(ink, disc)
    cv2.floodFill(closed, None, (0, 0), 2)
    reached = cv2.dilate((closed == 2).astype(np.uint8), disc)[margin:-margin, margin:-margin]
    return np.asarray((reached > 0) & (lines == 0), np.bool_)


def components(mask: Mask) -> Iterator[tuple[Mask, tuple[slice, slice]]]:
    """Yield each connected region of some size, cut out with a margin, and the window it was cut from."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for number in range(1, count):
        left, top, width, height, area = stats[number]
        if area >= LEAST_REGION:
            window = (slice(max(0, top - 3), top + height + 3), slice(max(0, left - 3), left + width + 3))
            yield labels[window] == number, window


def is_body(region: Mask, on: Mask, inside: Mask) -> bool:
    """Say whether a newly enclosed region is a body whose outline leaks, rather than a bay of one that is enclosed."""
    border = region & ~shrunk(region)
    open_share = float((~grown(on, 3))[border].mean())
    bounding = grown(region, 3) & ~region & on
    shared = float(grown(inside, 5)[bounding].mean()) if bounding.any() else 1.0
    return open_share < MOST_OPEN and shared < MOST_SHARED


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
