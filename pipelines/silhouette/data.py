"""Training examples: the lines of a collage of animals, and what lies inside it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipelines.data.entries import Entry, Source
from pipelines.data.examples import Examples
from pipelines.edges.cutouts import SIZE, WHITE, compose, cutout, random_move, to_bytes
from pipelines.edges.finding import Lines
from pipelines.edges.pens import leave_gaps, wobble
from pipelines.edges.regions import Mask, source_tensor
from pipelines.edges.tracing import Detect, bundled_detector, random_lines
from pipelines.silhouette.collages import Layer, flattened, inked, random_place, with_clutter, with_limb
from pipelines.silhouette.doodles import doodle

DOODLES = 0.12  # of the examples
SECOND, LIMBS, FLAT, INKED = 0.35, 0.5, 0.3, 0.25  # of the others: with a second animal, limbs, even colours, strokes
DENSE_SHARE = 0.2  # of these, drawn in lines as dense as wool
SHAKY, GAPPY = 0.5, 0.3  # of the doodles


@dataclass(frozen=True)
class Drawn:
    """A drawing and the truth about it.

    Attributes:
        lines: (H, W), 255 on a line.
        mask: (H, W), what lies inside.
    """

    lines: Lines
    mask: Mask


class SilhouetteData(Examples):
    """Drawings of cut-outs; an animal's line map is found once in each process.

    Args:
        source: where the pictures are.
        entries: which of them.
        seed: of the augmentation.
    """

    def __init__(self, source: Source, entries: Sequence[Entry], *, seed: int) -> None:
        super().__init__(source, entries, size=SIZE, seed=seed)
        self._line_maps: dict[int, NDArray[np.uint8]] = {}

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return ``source`` (3, 256, 256) and ``inside`` (1, 256, 256), 0 or 1 each, as uint8."""
        drawn = self.drawn(number, rng)
        inside = torch.from_numpy(drawn.mask.astype(np.uint8))[None]
        return {"source": source_tensor(drawn.lines, self.size).to(torch.uint8), "inside": inside}

    def drawn(self, number: int, rng: np.random.Generator) -> Drawn:
        """Return a drawing of picture ``number``, perhaps with another one, limbs and clutter; or a doodle."""
        if rng.random() < DOODLES:
            lines, mask = doodle(rng)
            lines = wobble(lines, rng) if rng.random() < SHAKY else lines
            return Drawn(with_clutter(leave_gaps(lines, rng) if rng.random() < GAPPY else lines, mask, rng), mask)
        animal = self._layer(number).moved(random_move(rng))
        if rng.random() < SECOND:
            other = self._layer(int(rng.integers(len(self)))).moved(random_place(rng))
            animal = other.over(animal) if rng.random() < 0.5 else animal.over(other)
        if rng.random() < FLAT:
            animal = flattened(animal, rng)
        for _ in range(int(rng.integers(1, 3)) if rng.random() < LIMBS else 0):
            animal = with_limb(animal, rng)
        if rng.random() < INKED:
            animal = inked(animal, rng)
        mask = np.asarray(animal.rgba[..., 3] > 0.5, np.bool_)
        lines = random_lines(animal.rgba, rng, lambda: animal.line_map, dense=DENSE_SHARE)
        return Drawn(with_clutter(lines, mask, rng), mask)

    def _layer(self, number: int) -> Layer:
        rgba = cutout(self.source.load(self.entries[number]))
        if number not in self._line_maps:
            self._line_maps[number] = to_bytes(self._detect(compose(rgba, WHITE)))
        return Layer(rgba, np.asarray(self._line_maps[number] / np.float32(255), np.float32))

    @functools.cached_property
    def _detect(self) -> Detect:
        """The bundled line detector, opened in the process that uses it."""
        return bundled_detector()

    def __getstate__(self) -> dict[str, object]:
        kept = {key: value for key, value in self.__dict__.items() if key != "_detect"}
        return {**kept, "_line_maps": {}}
