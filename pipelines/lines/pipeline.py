"""How the line detector is used: a photograph in, its lines out."""

from __future__ import annotations

import contextlib
from typing import Any

from PIL import Image
from pydantic import Field
from tqdm import tqdm

from pipelines.backbones.hed import HED
from pipelines.backbones.line_detector import LineDetector
from pipelines.common.errors import StudioError
from pipelines.common.images import decode
from pipelines.data.entries import Source
from pipelines.data.splits import split_source
from pipelines.edges.cutouts import to_bytes
from pipelines.edges.finding import black_on_white
from pipelines.edges.maps import Detector, evenly, probability_map
from pipelines.lines.evaluation import agreement, canny, lines_of, on_white
from pipelines.metrics.means import means
from pipelines.pipeline import Arguments, Pipeline, Result

MOST_EVALUATED = 300


class LinesArguments(Arguments):
    """What a call takes."""

    sensitivity: float = Field(0.5, ge=0, le=1, description="more finds more lines")


class LinesPipeline(Pipeline[LineDetector]):
    """Draw the lines of photographs.

    Example:
        >>> LinesPipeline.from_pretrained("lines")(Image.open("cat.jpg")).images[0].save("cat-lines.png")
    """

    system = "lines"
    network_class = LineDetector
    arguments_class = LinesArguments
    seeded = False
    compares = False
    suffix = "lines"

    def __call__(self, image: Image.Image, *, sensitivity: float = 0.5) -> Result:
        """Find lines.

        Args:
            image: a photograph of any size; transparency counts as white.
            sensitivity: 0 to 1; more finds more lines.

        Raises:
            Misuse: a sensitivity out of its range, or no usable picture.
        """
        arguments = LinesArguments.parse({"sensitivity": sensitivity})
        decoded = decode(image)
        lines = self._lines(self.network.probabilities, decoded, arguments.sensitivity)
        return Result([lines], [self.made(decoded, arguments.call())])

    def _lines(self, detector: Detector, image: Image.Image, sensitivity: float) -> Image.Image:
        return black_on_white(lines_of(probability_map(detector, on_white(image), self.placement), sensitivity))

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return the picture, auto-canny's lines, HED's where it is installed, and these."""
        sensitivity = float(result.provenance[0].arguments["sensitivity"])
        picture = on_white(image)
        row = [Image.fromarray(to_bytes(picture)), black_on_white(canny(picture, sensitivity))]
        with contextlib.suppress(StudioError):
            row.append(self._lines(HED.from_package(), image, sensitivity))
        return [*row, *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return how well the lines agree with the large detector's on up to 300 evenly spaced held-out pictures.

        Raises:
            StudioError: no usable source, or the large detector's package is not installed.
        """
        teacher = HED.from_package().to(self.placement.device)
        entries = evenly(split_source(source, progress=progress).held_out, MOST_EVALUATED)
        rows = []
        for entry in tqdm(entries, desc="evaluating", disable=not progress, leave=False):
            picture = on_white(source.load(entry))
            networks = (teacher, self.network.probabilities)
            maps = (probability_map(network, picture, self.placement) for network in networks)
            rows.append(agreement(picture, *maps))
        return dict(means(rows))
