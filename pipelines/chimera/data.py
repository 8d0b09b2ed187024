"""Training examples: a moved cut-out with lines of many kinds, and drawings without a picture."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.backbones.line_detector import LineDetector
from pipelines.common.errors import Misuse
from pipelines.data.examples import Examples
from pipelines.data.sources import Entry, Source
from pipelines.data.splits import Split
from pipelines.edges.cutouts import SIZE, WHITE, Floats, compose, cutout, random_move, to_bytes, warp, within
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, without_specks
from pipelines.edges.pens import leave_gaps, random_bend, with_border, wobble
from pipelines.edges.regions import Regions, find_regions

GAPS = ((8, 12), (24, 16), (4, 36))  # most gaps and their widest radius in pixels: a few, many, wide ones
Detect = Callable[[Floats], Floats]  # picture (H, W, 3) in [0, 1] to a line map (H, W) in [0, 1]


@dataclass(frozen=True)
class Example:
    """Lines and the animal they came from.

    Attributes:
        lines: (H, W), 255 on a line.
        rgba: (H, W, 4) in [0, 1], colours multiplied by alpha.
    """

    lines: Lines
    rgba: Floats


class ChimeraData(Examples):
    """Cut-outs as training examples.

    What is costly and always the same is found once in each process: a picture's line map, what a drawing encloses.

    Args:
        source: where the pictures are.
        entries: which of them.
        size: side of the examples, pixels.
        seed: of the augmentation.
        drawings: (N, 256, 256) packed along the last axis to (N, 256, 32): lines that no picture belongs to, one beside
            each example; none: without.
    """

    def __init__(
        self,
        source: Source,
        entries: Sequence[Entry],
        *,
        size: int,
        seed: int,
        drawings: NDArray[np.uint8] | None = None,
    ) -> None:
        super().__init__(source, entries, size=size, seed=seed)
        self.drawings = drawings
        self._line_maps: dict[int, NDArray[np.uint8]] = {}
        self._regions: dict[int, NDArray[np.uint8]] = {}

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return ``source`` (3, S, S), ``rgba`` (4, S, S), ``drawing`` (3, S, S) where there are any, and more.

        These are uint8, 255 for 1: a quarter of the bytes to hand from process to process. ``index`` is the number.
        """
        detect = functools.partial(self._detect_once, number)
        made = training_example(self.source.load(self.entries[number]), rng, detect)
        tensors = {"source": source_tensor(made.lines, self.size), "rgba": rgba_tensor(made.rgba, self.size)}
        if self.drawings is not None:
            drawing = self._drawing(int(rng.integers(len(self.drawings))))
            tensors["drawing"] = drawing.flip(-1) if rng.random() < 0.5 else drawing
        return {name: to_uint8(x) for name, x in tensors.items()} | {"index": torch.tensor(number)}

    def _detect_once(self, number: int, picture: Floats) -> Floats:
        if number not in self._line_maps:
            self._line_maps[number] = to_bytes(self._detect(picture))
        return np.asarray(self._line_maps[number] / np.float32(255), np.float32)

    def _drawing(self, number: int) -> Tensor:
        """Return what the generator is given of a drawing, (3, S, S)."""
        assert self.drawings is not None
        lines = unpacked(self.drawings[number])
        if number not in self._regions:
            found = find_regions(lines)
            self._regions[number] = np.packbits(np.stack([found.narrow, found.wide]), axis=-1)
        narrow, wide = np.unpackbits(self._regions[number], axis=-1).astype(np.bool_)
        return source_tensor(lines, self.size, Regions(narrow, wide))

    @functools.cached_property
    def _detect(self) -> Detect:
        """The bundled line detector, opened in the process that uses it."""
        return bundled_detector()

    def __getstate__(self) -> dict[str, object]:
        kept = {key: value for key, value in self.__dict__.items() if key != "_detect"}
        return {**kept, "_line_maps": {}, "_regions": {}}


def bundled_detector() -> Detect:
    """Return the bundled line detector as a function from a picture to its line map."""
    detector = LineDetector.from_weights()

    def detect(picture: Floats) -> Floats:
        x = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
        with torch.inference_mode():
            return np.asarray(detector.probabilities(x)[0, 0].numpy(), np.float32)

    return detect


def training_example(image: Image.Image, rng: np.random.Generator, detect: Detect) -> Example:
    """Return one augmented example: moved, mirrored, sometimes bent, its lines drawn in one of many ways.

    The detector looks at the picture as it stands; its map is moved with it.
    """
    still = cutout(image)
    move = random_move(rng)
    bend = random_bend(rng, SIZE, amplitude=1.6, cells=10) if rng.random() < 0.4 else None

    def moved(pixels: Floats) -> Floats:
        warped = warp(pixels, move)
        if bend is None:
            return warped
        return np.asarray(cv2.remap(warped, *bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)

    rgba = moved(still)
    return Example(random_lines(rgba, rng, lambda: moved(detect(compose(still, WHITE)))), rgba)


def random_lines(rgba: Floats, rng: np.random.Generator, line_map: Callable[[], Floats]) -> Lines:
    """Draw an animal's lines as an edge detector, an illustrator or a child would.

    Six in twenty are the published auto-canny's, both sides of every stroke; six are auto-canny's at another detail,
    mostly with the mask's outline; six are the learned detector's at some density with the outline; two are the
    outline and little more. Four in ten have gaps, some many, some wide.

    Args:
        rgba: (H, W, 4) in [0, 1], premultiplied.
        rng: of every choice.
        line_map: gives the learned detector's map of it, (H, W) in [0, 1].
    """
    picture, alpha = compose(rgba, WHITE), rgba[..., 3]
    least, way = int(rng.integers(4, 40)), rng.random()
    if way < 0.3:
        lines = auto_canny(to_bytes(picture), 0.5)
    elif way < 0.6:
        blur, sensitivity = float(rng.choice([0.0, 0.0, 1.0, 1.6, 2.4])), float(rng.uniform(0.3, 0.8))
        lines = without_specks(auto_canny(to_bytes(picture), sensitivity, blur=blur), least)
        lines = with_border(lines, alpha) if rng.random() < 0.6 else lines
    else:
        low, high, least = (0.03, 0.3, least) if way < 0.9 else (0.01, 0.05, 20)
        share = float(rng.uniform(low, high))
        lines = with_border(lines_of_map(line_map() * within(alpha), share, least), alpha)
        lines = wobble(lines, rng) if rng.random() < 0.06 else lines
    if rng.random() < 0.4:
        most, widest = GAPS[rng.choice(len(GAPS), p=(0.6, 0.25, 0.15))]
        lines = leave_gaps(lines, rng, most=most, widest=widest)
    return lines


def held_out_example(image: Image.Image, detect: Detect) -> Example:
    """Return an example for evaluation: as it is, with lines of a drawing's detail."""
    rgba = cutout(image)
    alpha = rgba[..., 3]
    return Example(with_border(lines_of_map(detect(compose(rgba, WHITE)) * within(alpha), 0.12, 12), alpha), rgba)


def source_tensor(lines: Lines, size: int, regions: Regions | None = None) -> Tensor:
    """Return what the generator is given: (3, size, size) in [0, 1], lines and what lies outside them twice.

    Below 256 px lines are averaged and doubled, so that a thin line fades and does not vanish.
    """
    found = find_regions(lines) if regions is None else regions
    planes = np.stack([lines > 0, found.narrow, found.wide]).astype(np.float32)
    if size != lines.shape[0]:
        planes = np.stack([cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA) for plane in planes])
        planes[0] = np.minimum(2 * planes[0], 1)
    return torch.from_numpy(planes)


def rgba_tensor(rgba: Floats, size: int) -> Tensor:
    """Return (4, size, size) in [0, 1], colours multiplied by alpha."""
    pixels = rgba if size == rgba.shape[0] else cv2.resize(rgba, (size, size), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32)).clamp(0, 1)


def to_uint8(x: Tensor) -> Tensor:
    """Return numbers in [0, 1] as bytes."""
    return (x * 255).round().to(torch.uint8)


def unpacked(drawing: NDArray[np.uint8]) -> Lines:
    """Return the lines (256, 256), 255 on a line, of a drawing (256, 32), eight pixels a byte."""
    return np.asarray(np.unpackbits(drawing, axis=-1) * np.uint8(255), np.uint8)


def read_drawings(path: Path) -> NDArray[np.uint8]:
    """Read drawings without pictures: an ``.npz`` with ``lines``, (N, 256, 32) uint8, eight pixels a byte.

    Raises:
        Misuse: no such file, or something else in it.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            lines: NDArray[np.uint8] = archive["lines"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise Misuse("setting_invalid", name="drawings", detail=f"{path.name} holds no lines") from error
    if lines.dtype != np.uint8 or lines.ndim != 3 or lines.shape[1:] != (SIZE, SIZE // 8) or not len(lines):
        raise Misuse("setting_invalid", name="drawings", detail=f"{path.name} must hold (N, {SIZE}, {SIZE // 8}) uint8")
    return lines


def reserve(split: Split, keys: str | None) -> Split:
    """Return a split in which the listed pictures are held out and alone evaluated; no others may train either.

    Args:
        split: by hash.
        keys: file with a key in each line; none: the split as it is.

    Raises:
        Misuse: no such file, or no key in it that the source has.
    """
    if keys is None:
        return split
    try:
        wanted = set(Path(keys).read_text().split())
    except OSError as error:
        raise Misuse("file_not_found", given=keys) from error
    held_out = [entry for entry in (*split.train, *split.held_out) if entry.key in wanted]
    if not held_out:
        raise Misuse("setting_invalid", name="reserved", detail="the source has none of these pictures")
    return Split([entry for entry in split.train if entry.key not in wanted], held_out, split.skipped)
