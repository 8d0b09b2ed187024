"""From a visitor's picture to what the generator takes: lines, what lies outside them, and its own colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.chimera.data import source_tensor
from pipelines.common.errors import check_choice
from pipelines.common.images import to_rgb
from pipelines.edges.cutouts import SIZE, Floats
from pipelines.edges.finding import Detector, Edges, auto_canny, find_edges, line_map, square
from pipelines.edges.frames import without_frames
from pipelines.edges.pens import with_border
from pipelines.edges.regions import STRIP, Mask, Regions, distances, find_regions, silhouette

DETECTORS = ("auto", "learned", "canny")
MOST_CANNY = 0.105  # share of a picture on auto-canny's lines; with more, it is of grass and leaves
HOLLOW = 0.5  # share of what stands on plain paper that is deeper than a pen's stroke; with less, it is line art
MOST_TRIMMED = 0.12  # share of an animal that may lie outside its outline and be cut off
COLORED_INK = 40  # of 255 between the strongest and the weakest channel: less is grey
FINE = 8  # pixels at 256: radius of the surroundings from which a picture's fine light and shade differ
COARSE = 14  # pixels at 256: finer than that, colours are the fur's
SHADE = 3.6  # logarithm of what a difference of lightness of 1 multiplies by, at full detail


@dataclass(frozen=True, kw_only=True)
class Drawing(Edges):
    """What was found in a picture: lines (256, 256), and what they enclose.

    Attributes:
        regions: what lies outside the lines.
        picture: (256, 256, 3), the picture itself.
        cut_out: whether the regions are those of its own silhouette.
    """

    regions: Regions
    picture: NDArray[np.uint8]
    cut_out: bool = False

    def source(self, size: int) -> Tensor:
        """Return what the generator is given, (1, 3, size, size)."""
        return source_tensor(self.lines, size, self.regions)[None]

    def own_colors(self) -> Tensor | None:
        """Return the animal as it is coloured already, (1, 4, 256, 256) premultiplied in [0, 1]; None where it is not.

        A drawing's coloured strokes colour what is near them; black ones leave nothing.
        """
        inside = ~self.regions.wide
        colors = nearest_ink(self.picture, inside) if self.kind == "drawing" else self.picture
        if colors is None or float(inside.mean()) < 0.005:
            return None
        rgba = np.concatenate([colors / 255, inside[..., None]], axis=2).astype(np.float32)
        rgba[..., :3] *= rgba[..., 3:]
        return torch.from_numpy(rgba.transpose(2, 0, 1).copy())[None]


def read_drawing(image: Image.Image, *, kind: str, sensitivity: float, detector: str, learned: Detector) -> Drawing:
    """Find lines and what they enclose.

    Args:
        image: RGB or RGBA of any size.
        kind: ``auto``, ``drawing`` or ``photo``.
        sensitivity: 0 to 1; more finds more lines.
        detector: ``learned`` or ``canny`` for a photograph's lines; ``auto`` takes Canny's, which keep eyes and
            feathers, unless these cover the picture.
        learned: the network.

    Raises:
        Misuse: unknown kind or detector, sensitivity out of range.
    """
    check_choice("detector", detector, DETECTORS)
    rgb = square(np.asarray(to_rgb(image)), SIZE)
    cut = own_mask(image)
    shape = silhouette(rgb) if cut is None else cut
    if kind == "auto" and shape is not None and is_line_art(shape):
        kind, shape = "drawing", None
    canny = detector == "canny" or (detector == "auto" and (shape is not None or not is_cluttered(rgb)))
    edges = find_edges(image, SIZE, kind=kind, sensitivity=sensitivity, detector=None if canny else learned)
    lines = edges.lines if line_map(rgb, SIZE) is None else without_frames(edges.lines)
    found: dict[str, Any] = {"kind": edges.kind, "detector": edges.detector, "picture": rgb}
    if edges.kind == "drawing" or shape is None:
        return Drawing(lines, regions=find_regions(lines), **found)
    lines = with_border(np.where(shape, lines, 0).astype(np.uint8), shape.astype(np.float32))
    outside = ~shape & (lines == 0)
    return Drawing(lines, regions=Regions(outside, outside), cut_out=True, **found)


def own_mask(image: Image.Image) -> Mask | None:
    """Return the mask of a picture that is cut out already; None of an opaque one."""
    if image.mode != "RGBA":
        return None
    alpha = np.asarray(image.getchannel("A"))
    mask = square(np.repeat(alpha[..., None], 3, axis=2), SIZE)[..., 0] > 127
    return np.asarray(mask, np.bool_) if 0.005 < mask.mean() < 0.98 else None


def is_cluttered(rgb: NDArray[np.uint8]) -> bool:
    """Say whether auto-canny finds lines nearly everywhere in a picture (H, W, 3), as in grass."""
    return float((auto_canny(rgb) > 0).mean()) > MOST_CANNY


def is_line_art(shape: Mask) -> bool:
    """Say whether what stands on plain paper, (H, W), is strokes and little that they fill."""
    return float((distances(shape.astype(np.uint8)) > STRIP).sum()) < HOLLOW * float(shape.sum())


def nearest_ink(picture: NDArray[np.uint8], inside: Mask) -> NDArray[np.uint8] | None:
    """Return a picture in which every pixel has the colour of the nearest coloured stroke; None without any.

    Args:
        picture: (H, W, 3), a drawing.
        inside: (H, W), where strokes count.
    """
    wide = picture.astype(np.int16)
    colored = ((wide.max(axis=2) - wide.min(axis=2)) > COLORED_INK) & inside
    if colored.sum() < 24:
        return None
    _, labels = cv2.distanceTransformWithLabels(
        (~colored).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    by_label[labels[colored]] = picture[colored]
    return np.asarray(cv2.GaussianBlur(by_label[labels], (0, 0), 3), np.uint8)


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
    straight = (np.asarray(x[..., :3] / np.maximum(x[..., 3:], 0.05), np.float32) for x in (goal, rgba))
    there, here = (surroundings(x, shared, radius) for x in straight)
    moved = rgba[..., :3] + amount * (there - here) * shared
    return np.concatenate([np.clip(moved, 0, alpha), alpha], axis=2)


def surroundings(x: Floats, weight: Floats, radius: float) -> Floats:
    """Return the weighted mean around each pixel: (H, W, C), weights (H, W, 1), a Gaussian of this many pixels."""

    def blurred(x: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(x, (0, 0), radius), np.float32).reshape(x.shape)

    return np.asarray(blurred(x * weight) / np.maximum(blurred(weight), 0.02), np.float32)


def resized(x: Floats, size: int) -> Floats:
    """Return (S, S, C) at another size."""
    if x.shape[0] == size:
        return x
    method = cv2.INTER_AREA if size < x.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(x, (size, size), interpolation=method), np.float32).reshape(size, size, -1)


def lay_ink(rgba: Floats, lines: NDArray[np.uint8], amount: float) -> Floats:
    """Lay the drawing's own lines over an animal as soft dark creases.

    Args:
        rgba: (S, S, 4) in [0, 1], premultiplied.
        lines: (256, 256), 255 on a line.
        amount: 0 for none to 1 for black.
    """
    if amount == 0:
        return rgba
    soft = cv2.GaussianBlur(lines.astype(np.float32) / 255, (0, 0), 0.8)
    soft = np.minimum(soft / 0.45, 1)  # a line one pixel wide keeps its strength
    if soft.shape[0] != rgba.shape[0]:
        soft = cv2.resize(soft, rgba.shape[:2], interpolation=cv2.INTER_AREA)
    inked = rgba.copy()
    inked[..., :3] *= 1 - amount * soft[..., None]
    return inked
