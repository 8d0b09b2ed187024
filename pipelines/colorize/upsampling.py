"""Chroma found on a small picture, spread over the large one along its own edges, strip by strip."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from pipelines.edges.cutouts import Floats

COARSE = 384  # shorter side, pixels, at which the filter is fitted
RADIUS = 8  # of its windows there
SMOOTH = 16.0  # lightness squared: steps of about four units of 100 count as edges


class GuidedChroma:
    """The fast guided filter (He and Sun, Fast Guided Filter, 2015): chroma is linear in lightness within a window.

    The line is fitted on a coarse copy, where it costs little whatever the picture's size, and applied to the full
    lightness; so colour ends where the picture's own edges are. Grain and hairs that the coarse copy lacks would follow
    the line to colours that nobody guessed: what comes out stays within what was guessed around.

    Args:
        chroma: (h, w, 2), of the whole picture.
        lightness: (H', W') of the whole picture at any size near ``COARSE``, 0 to 100.
    """

    def __init__(self, chroma: Floats, lightness: Floats) -> None:
        height, width = lightness.shape
        spread = resized(chroma, width, height)
        mean = box(lightness)
        variance = box(np.square(lightness)) - np.square(mean)
        slopes, offsets = [], []
        for channel in range(2):
            guided = np.ascontiguousarray(spread[..., channel])
            average = box(guided)
            slope = (box(lightness * guided) - mean * average) / (variance + np.float32(SMOOTH))
            slopes.append(box(np.asarray(slope, np.float32)))
            offsets.append(box(np.asarray(average - slope * mean, np.float32)))
        self.lines = np.stack([*slopes, *offsets], axis=2)
        window = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
        self.bounds = np.concatenate([cv2.erode(spread, window), cv2.dilate(spread, window)], axis=2)

    def rows(self, lightness: Floats, top: int, full_size: tuple[int, int]) -> Floats:
        """Return the chroma (h, W, 2) of some rows.

        Args:
            lightness: (h, W) of these rows at full size, 0 to 100.
            top: number of the first of them.
            full_size: (H, W) of the whole picture.
        """
        height, width = self.lines.shape[:2]
        down, across = height / full_size[0], width / full_size[1]
        # Pixel centres: row r of the full picture lies at (r + 0.5) * down - 0.5 of the coarse one.
        back = np.array([[across, 0, across / 2 - 0.5], [0, down, (top + 0.5) * down - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (lightness.shape[1], lightness.shape[0])
        lines, bounds = (
            cv2.warpAffine(maps, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
            for maps in (self.lines, self.bounds)
        )
        guided = lines[..., :2] * lightness[..., None] + lines[..., 2:]
        return np.asarray(np.clip(guided, bounds[..., :2], bounds[..., 2:]), np.float32)


def resized(values: Floats, width: int, height: int) -> Floats:
    """Return maps at another size: averaged where they shrink, smooth where they grow."""
    shrinks = width * height < values.shape[0] * values.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(values, (width, height), interpolation=way), np.float32)


def box(values: Floats) -> Floats:
    """Return the mean over each pixel's window; at the border, over what there is mirrored."""
    side = 2 * RADIUS + 1
    return np.asarray(cv2.boxFilter(values, -1, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)


def strips(height: int, width: int, pixels: int = 1 << 20) -> Iterator[slice]:
    """Yield slices of rows of about that many pixels, so that memory does not grow with the picture."""
    rows = max(1, pixels // width)
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))
