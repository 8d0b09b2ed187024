"""What the pipelines have in common that make pictures of the lines of a drawing or a photograph."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PIL import Image, ImageOps

from pipelines.edges.finding import Edges, Kind
from pipelines.edges.learned import LearnedLines
from pipelines.pipeline import Network, Pipeline, Result


@dataclass(frozen=True)
class EdgesResult(Result):
    """What one call made: square pictures.

    Attributes:
        edges: the lines they were made from, white on black.
        kind: whether the input was taken for a drawing or a photograph.
    """

    edges: Image.Image
    kind: Kind


class EdgesPipeline(Pipeline[Network]):
    """A pipeline with the detector that finds a photograph's lines."""

    @functools.cached_property
    def learned_lines(self) -> LearnedLines:
        """The detector, on the same device."""
        return LearnedLines(self.placement)

    @property
    def size(self) -> int:
        """Side of the pictures it makes, pixels."""
        return int(self.network.size)  # type: ignore[arg-type]

    def digests(self, edges: Edges) -> dict[str, str]:
        """Return name and SHA-256 of the weights that had a part in finding these lines."""
        return self.learned_lines.digests if edges.detector == "learned" else {}

    def row(self, image: Image.Image, result: EdgesResult) -> list[Image.Image]:
        """Return the lines beside what was made of them."""
        return [ImageOps.invert(result.edges), *result.images]
