"""What the pipelines have in common that make pictures of the lines of a drawing or a photograph."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageOps

from pipelines.common import device
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
    """A pipeline with the detector that finds a photograph's lines.

    Attributes:
        learned_lines: the detector.
    """

    def __init__(
        self, network: Network, placement: device.Placement, weights: str = "", weights_sha256: str = ""
    ) -> None:
        super().__init__(network, placement, weights, weights_sha256)
        self.learned_lines = LearnedLines(placement)

    def digests(self, edges: Edges) -> dict[str, str]:
        """Return name and SHA-256 of the weights that had a part in finding these lines."""
        return self.learned_lines.digests if edges.detector == "learned" else {}

    def row(self, image: Image.Image, result: EdgesResult) -> list[Image.Image]:
        """Return the lines beside what was made of them."""
        return [ImageOps.invert(result.edges), *result.images]
