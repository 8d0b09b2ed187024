"""From a visitor's picture to what the generator takes: lines, what lies outside them, and its own colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.common.errors import check_choice
from pipelines.common.images import to_rgb
from pipelines.edges.cutouts import SIZE
from pipelines.edges.finding import Detector, Edges, Lines, auto_canny, find_edges, line_map, square
from pipelines.edges.frames import without_frames
from pipelines.edges.pens import with_border
from pipelines.edges.regions import PLAIN, STRIP, Mask, Regions, distances, find_regions, silhouette, source_tensor

DETECTORS = ("auto", "learned", "canny")
MOST_CANNY = 0.105  # share of a picture on auto-canny's lines; with more, it is of grass and leaves
SHADOW = 0.97  # share of it that is black; with more, it is a silhouette alone
PAINTED = 0.6  # share of what stands on plain paper that differs from it; with more, it is a picture in colours
HOLLOW = 0.5  # share of what stands on plain paper that is deeper than a pen's stroke; with less, it is line art
COLORED_INK = 40  # of 255 between the strongest and the weakest channel: less is grey
DARK_INK = 64  # of 255: darker is black ink
FILLED = 0.5  # share of an animal under black ink; with more, it is filled with black, and a red tongue colours no body


class Fill(Protocol):
    """Tells what lies outside lines (256, 256)."""

    def __call__(self, lines: Lines, *, by_pen: bool) -> Regions:
        """Return it; ``by_pen`` says whether a pen drew them, or an edge detector."""
        ...


def by_rules(lines: Lines, *, by_pen: bool) -> Regions:
    """Tell it by rules about gaps and bays alone, which are the same for both."""
    return find_regions(lines)


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


def read_drawing(
    image: Image.Image,
    *,
    kind: str,
    sensitivity: float,
    detector: str,
    learned: Detector,
    fill: Fill = by_rules,
) -> Drawing:
    """Find lines and what they enclose.

    Args:
        image: RGB or RGBA of any size.
        kind: ``auto``, ``drawing`` or ``photo``.
        sensitivity: 0 to 1; more finds more lines.
        detector: ``learned`` or ``canny`` for a photograph's lines; ``auto`` takes Canny's, which keep eyes and
            feathers, unless these cover the picture.
        learned: the network that finds lines.
        fill: tells what lies outside the lines, a pen's or an edge detector's, where no plain background does.

    Raises:
        Misuse: unknown kind or detector, sensitivity out of range.
    """
    check_choice("detector", detector, DETECTORS)
    rgb = square(np.asarray(to_rgb(image)), SIZE)
    cut = own_mask(image)
    shape = silhouette(rgb) if cut is None else cut
    is_edge_map = line_map(rgb, SIZE) is not None
    if kind == "auto" and (is_edge_map or (shape is not None and is_line_art(shape))):
        kind, shape = "drawing", None
    elif kind == "auto" and shape is not None and is_painted(rgb, shape):
        kind = "photo"
    canny = detector == "canny" or (detector == "auto" and (shape is not None or not is_cluttered(rgb)))
    edges = find_edges(image, SIZE, kind=kind, sensitivity=sensitivity, detector=None if canny else learned)
    lines = without_frames(edges.lines) if is_edge_map else edges.lines
    found: dict[str, Any] = {"kind": edges.kind, "detector": edges.detector, "picture": rgb}
    if edges.kind == "drawing" or shape is None:
        return Drawing(lines, regions=fill(lines, by_pen=edges.kind == "drawing" and not is_edge_map), **found)
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


def is_painted(rgb: NDArray[np.uint8], shape: Mask) -> bool:
    """Say whether what stands on plain paper is coloured in: an outline's inside is paper, a shadow's black."""
    paper = np.median(rgb[~shape], axis=0)
    colored = float((np.abs(rgb[shape] - paper).max(axis=1) > PLAIN).mean()) > PAINTED
    return colored and float((rgb[shape].max(axis=1) < DARK_INK).mean()) < SHADOW


def nearest_ink(picture: NDArray[np.uint8], inside: Mask) -> NDArray[np.uint8] | None:
    """Return a picture in which every pixel has the colour of the nearest coloured stroke.

    None without any, and of a drawing that is filled with black.

    Args:
        picture: (H, W, 3), a drawing.
        inside: (H, W), where strokes count.
    """
    wide = picture.astype(np.int16)
    colored = ((wide.max(axis=2) - wide.min(axis=2)) > COLORED_INK) & inside
    dark = (wide.max(axis=2) < DARK_INK) & inside
    if colored.sum() < 24 or dark.sum() > FILLED * inside.sum():
        return None
    _, labels = cv2.distanceTransformWithLabels(
        (~colored).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    by_label[labels[colored]] = picture[colored]
    return np.asarray(cv2.GaussianBlur(by_label[labels], (0, 0), 3), np.uint8)
