"""Line images: from photographs by Canny's detector, from drawings by their strokes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.morphology import skeletonize

from pipelines.common.errors import Misuse, check_choice, check_range
from pipelines.common.images import to_rgb

Lines = NDArray[np.uint8]  # (H, W), 255 on a line, 0 elsewhere
Detector = Callable[[NDArray[np.uint8]], NDArray[np.float32]]  # (S, S, 3) to (S, S) in [0, 1]: how likely a line is
Kind = Literal["drawing", "photo"]
KINDS = ("auto", "drawing", "photo")

MAX_SIDE = 1024  # larger pictures are reduced first: their lines are found at half of this or less
LINE_PIXELS_NEEDED = 8

WORKING_SIDE = 512  # strokes are found at this size and thinned at the size asked for
MIN_CONTRAST = 24  # of 255: fainter marks than this are paper grain
DETECTED_SIDE = 256  # what a learned detector is shown
MIN_STROKE = 6  # pixels a stroke must have at 256 px; fewer are specks
MOST_MARKED = 0.35  # share of an edge map that lies on a line at most
WIDEST_PEN = 0.025  # of the side, half a stroke's width: what is wider everywhere is no pen but a silhouette


@dataclass(frozen=True)
class Edges:
    """Lines found in a picture.

    Attributes:
        lines: (S, S), 255 on a line.
        kind: what the picture was taken for.
        detector: what found a photograph's lines, ``learned`` or ``canny``; empty for a drawing.
    """

    lines: Lines
    kind: Kind
    detector: str = ""

    def check(self) -> None:
        """Raise ``Misuse`` where hardly a line was found."""
        if int((self.lines > 0).sum()) < LINE_PIXELS_NEEDED:
            raise Misuse("drawing_empty" if self.kind == "drawing" else "edges_empty")


def find_edges(
    image: Image.Image,
    size: int = 256,
    *,
    kind: str = "auto",
    sensitivity: float = 0.5,
    detector: Detector | None = None,
) -> Edges:
    """Turn a picture into lines, square and one pixel wide.

    Args:
        image: RGB or RGBA of any size; transparency counts as white paper.
        size: side of the result.
        kind: ``drawing`` takes the strokes, ``photo`` looks for edges, ``auto`` decides.
        sensitivity: 0 to 1, for both; 0.5 is the published setting of auto-canny; more gives more lines.
        detector: what looks for the edges of a photograph; auto-canny by default.

    Raises:
        Misuse: unknown kind, sensitivity out of range.
    """
    check_choice("kind", kind, KINDS)
    check_range("sensitivity", sensitivity, 0.0, 1.0)
    rgb = np.asarray(to_rgb(image))
    given = None if kind == "photo" else line_map(rgb, size)
    if given is not None:
        return Edges(given, "drawing")
    if kind == "photo" or (kind == "auto" and not is_drawing(rgb)):
        if detector is None:
            return Edges(auto_canny(square(rgb, size), sensitivity), "photo", "canny")
        found = lines_of_map(detector(square(rgb, DETECTED_SIDE)), share_of(sensitivity), 2 * MIN_STROKE)
        return Edges(scaled(found, size), "photo", "learned")
    return Edges(strokes(square(rgb, WORKING_SIDE), size, sensitivity), "drawing")


def line_map(rgb: NDArray[np.uint8], size: int) -> Lines | None:
    """Return the lines of a picture that is an edge map of this size already; None of any other.

    Black and white alone, and nearly every mark one pixel wide: to look for its strokes would join those that lie side
    by side.
    """
    if rgb.shape[:2] != (size, size):
        return None
    grey = rgb.min(axis=2)
    if not bool(((grey == 0) | (grey == 255)).all()) or not np.array_equal(grey, rgb.max(axis=2)):
        return None
    marks = grey == 255 if float((grey == 255).mean()) < 0.5 else grey == 0
    if not marks.any() or float(marks.mean()) > MOST_MARKED:
        return None
    inner = cv2.erode(np.pad(marks, 1).astype(np.uint8), np.ones((3, 3), np.uint8))
    wide = float(inner.sum()) / float(marks.sum())
    return np.asarray(marks.astype(np.uint8) * np.uint8(255), np.uint8) if wide < 0.01 else None


def square(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Scale the longer side to ``size`` and replicate the border into a square, the picture in the middle."""
    height, width = rgb.shape[:2]
    scale = size / max(height, width)
    new_h, new_w = max(1, round(height * scale)), max(1, round(width * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(rgb, (new_w, new_h), interpolation=method)
    top, left = (size - new_h) // 2, (size - new_w) // 2
    border = (top, size - new_h - top, left, size - new_w - left)
    return np.asarray(cv2.copyMakeBorder(scaled, *border, cv2.BORDER_REPLICATE), np.uint8)


def auto_canny(rgb: NDArray[np.uint8], sensitivity: float = 0.5, *, blur: float = 0.0) -> Lines:
    """Canny's edges with thresholds from the picture's median, 0.67 and 1.33 of it.

    Args:
        rgb: (H, W, 3).
        sensitivity: 0.5 takes the published thresholds; 0 doubles and 1 halves them.
        blur: standard deviation of a Gaussian blur instead of the published 3 x 3 one; larger leaves fewer lines.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), blur) if blur > 0 else cv2.GaussianBlur(grey, (3, 3), 0)
    median = guarded_median(grey) * 2.0 ** (1.0 - 2.0 * sensitivity)
    return np.asarray(cv2.Canny(grey, 0.67 * median, 1.33 * median), np.uint8)


def guarded_median(grey: NDArray[np.uint8]) -> float:
    """Return the median brightness; that of the subject where black or white fills half the picture.

    At a median of 0 every pixel would be an edge, at 255 hardly one.
    """
    median = float(np.median(grey))
    if 16 <= median <= 239:
        return median
    subject = grey[(grey >= 16) & (grey <= 239)]
    return float(np.median(subject)) if subject.size >= 0.01 * grey.size else 128.0


def strokes(rgb: NDArray[np.uint8], size: int, sensitivity: float = 0.5) -> Lines:
    """Return the strokes of a drawing, thinned to one pixel at ``size``.

    Takes ink of any colour, darker or lighter than its paper, under uneven light: the paper is estimated around
    each point and whatever differs enough from it is ink. Filled shapes give their outline.

    Args:
        rgb: (H, W, 3), square.
        size: side of the result.
        sensitivity: 0 to 1; more takes fainter marks.
    """
    contrast = ink_contrast(rgb)
    ink = contrast > ink_threshold(contrast, sensitivity)
    scale = size / rgb.shape[0]
    shapes = filled_shapes(ink)
    outline = cv2.morphologyEx(shapes.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    marks = (ink & ~shapes) | outline | (shapes & dark_lines(rgb))
    small = cv2.resize(marks.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return without_specks(thinned(small > min(0.25, 0.5 * scale)), MIN_STROKE)


def thinned(marks: NDArray[np.bool_]) -> Lines:
    """Return marks thinned to one pixel."""
    thin = skeletonize(marks, method="lee") > 0  # the default method leaves 2 x 2 blocks
    return np.asarray(thin.astype(np.uint8) * np.uint8(255), np.uint8)


def share_of(sensitivity: float) -> float:
    """Return the share of pixels that may belong to a line: 3% at 0, 11% at a half, 40% at 1."""
    return float(0.03 * (0.40 / 0.03) ** sensitivity)


def scaled(lines: Lines, size: int) -> Lines:
    """Return lines at another size, thinned again."""
    if lines.shape[0] == size:
        return lines
    return thinned(cv2.resize(lines, (size, size), interpolation=cv2.INTER_LINEAR) > 64)


def lines_of_map(probabilities: NDArray[np.float32], share: float, least: int) -> Lines:
    """Return the likeliest part of a map, thinned to one pixel.

    A fixed threshold would leave nothing of a dark animal and too much of a striped one, so the threshold is the map's
    own: all but ``share`` of what is inside an animal stays blank.

    Args:
        probabilities: (H, W) in [0, 1], zero outside the animal.
        share: of the animal's pixels that may belong to a line before thinning, 0 to 1.
        least: pixels a connected line must have to stay.
    """
    inside = probabilities[probabilities > 0]
    if inside.size == 0:
        return np.zeros(probabilities.shape, np.uint8)
    threshold = max(float(np.quantile(inside, 1 - share)), 0.04)
    smooth = cv2.GaussianBlur(probabilities, (0, 0), 1.0)
    return without_specks(thinned(smooth > threshold), least)


def black_on_white(lines: Lines) -> Image.Image:
    """Return lines as a person would draw them."""
    return Image.fromarray(255 - lines)


def filled_shapes(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the ink that fills areas, as opposed to strokes: much thicker than this drawing's own pen."""
    side = ink.shape[0]
    half_width = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 5)
    spine = half_width[skeletonize(ink)]
    if spine.size == 0:
        return np.zeros_like(ink)
    pen = float(np.median(spine))
    limit = 0.01 * side if pen > WIDEST_PEN * side else max(2.2 * pen, 0.0175 * side)
    core = (half_width > limit).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(limit) + 3,) * 2)
    return np.asarray((cv2.dilate(core, disc) > 0) & ink, np.bool_)


def dark_lines(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return thin lines darker than what is around them, such as the strokes of a coloured-in drawing."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rgb.shape[0] // 24 | 1,) * 2)
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, disc) > 2 * MIN_CONTRAST, np.bool_)


def ink_contrast(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (H, W): how far each pixel is from its paper, in the channel that shows it best, 0 to 255."""
    side = rgb.shape[0]
    plain = np.median(rgb.reshape(-1, 3), axis=0)
    flat = float((strongest(np.abs(rgb - plain.astype(np.float32))) <= 8).mean())
    if flat > 0.6:  # a canvas or a clean scan: one paper colour everywhere
        paper = np.broadcast_to(plain, rgb.shape).astype(np.float32)
    else:
        small = cv2.resize(rgb, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
        kernel = (side // 16) | 1
        paper = cv2.resize(cv2.medianBlur(small, kernel), (side, side), interpolation=cv2.INTER_LINEAR)
        paper = paper.astype(np.float32)
    lighting = np.maximum(paper.mean(axis=2, keepdims=True), 32.0) / max(float(paper.mean()), 32.0)
    difference = np.abs(rgb.astype(np.float32) - paper) / lighting  # a shadow darkens ink and paper alike
    return np.asarray(cv2.GaussianBlur(strongest(difference), (3, 3), 0), np.float32)


def strongest(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest of three channels, (H, W, 3) to (H, W): NumPy is slow along so short an axis."""
    return np.asarray(np.maximum(np.maximum(channels[..., 0], channels[..., 1]), channels[..., 2]), np.float32)


def ink_threshold(contrast: NDArray[np.float32], sensitivity: float) -> float:
    """Return the contrast that divides paper from ink: Otsu's, but no lower than the grain of the paper."""
    levels = np.clip(contrast, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(max(otsu * 2.0 ** (0.2 - 1.4 * sensitivity), MIN_CONTRAST * 2.0 ** (1.0 - 2.0 * sensitivity)))


def without_specks(lines: Lines, least: int) -> Lines:
    """Drop connected lines of fewer than ``least`` pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    keep = np.zeros(count, np.uint8)
    keep[1:] = (stats[1:, cv2.CC_STAT_AREA] >= least) * np.uint8(255)
    return np.asarray(keep[labels], np.uint8)


def is_drawing(rgb: NDArray[np.uint8]) -> bool:
    """Say whether a picture is a line drawing rather than a photograph.

    A drawing is mostly paper: after evening out the light nearly every pixel is close to the paper around it. What is
    not is either of one even colour, or thin with hardly anything between ink and paper. The bounds were set on
    1,000 photographs (2% taken for drawings, most of them on white) and on drawings by pen, pencil and phone camera.
    """
    small = square(rgb, 256)
    contrast = ink_contrast(small)
    threshold = max(ink_threshold(contrast, 0.5), MIN_CONTRAST)
    ink = contrast > threshold
    coverage = float(ink.mean())
    if coverage == 0 or coverage > 0.4 or float((contrast < 10).mean()) < 0.6:
        return False
    core = contrast[cv2.erode(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0]
    evenness = float(core.std() / core.mean()) if core.size > 20 else 0.0
    half_width = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 3)[ink]
    between = float(((contrast > 10) & ~ink).mean()) / coverage
    return evenness < 0.22 or (float(np.percentile(half_width, 90)) < 3.5 and between < 1.5)
