"""Training examples: a moved cut-out with lines of many kinds, and drawings without a picture."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.common.errors import Misuse
from pipelines.data.entries import Entry, Source
from pipelines.data.examples import Examples
from pipelines.edges.cutouts import SIZE, WHITE, Floats, compose, cutout, random_move, to_bytes, warp, within
from pipelines.edges.finding import Lines, lines_of_map
from pipelines.edges.pens import random_bend, with_border
from pipelines.edges.regions import Regions, find_regions, source_tensor
from pipelines.edges.tracing import Detect, bundled_detector, random_lines


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


def held_out_example(image: Image.Image, detect: Detect) -> Example:
    """Return an example for evaluation: as it is, with lines of a drawing's detail."""
    rgba = cutout(image)
    alpha = rgba[..., 3]
    return Example(with_border(lines_of_map(detect(compose(rgba, WHITE)) * within(alpha), 0.12, 12), alpha), rgba)


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
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile, zlib.error) as error:
        raise Misuse("setting_invalid", name="drawings", detail=f"{path.name} holds no lines") from error
    if lines.dtype != np.uint8 or lines.ndim != 3 or lines.shape[1:] != (SIZE, SIZE // 8) or not len(lines):
        raise Misuse("setting_invalid", name="drawings", detail=f"{path.name} must hold (N, {SIZE}, {SIZE // 8}) uint8")
    return lines
