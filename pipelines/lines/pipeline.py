"""How the line detector is used: a photograph in, its lines out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from pydantic import Field
from tqdm import tqdm

from pipelines.backbones.hed import HED
from pipelines.backbones.line_detector import LineDetector
from pipelines.common.errors import StudioError
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance
from pipelines.data.sources import Source
from pipelines.data.splits import split_source
from pipelines.edges.cutouts import to_bytes
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, share_of, without_specks
from pipelines.edges.maps import Detector, evenly, probability_map
from pipelines.lines.evaluation import LEAST, agreement, on_white
from pipelines.pipeline import Arguments, Pipeline, Result

MOST_EVALUATED = 300


@dataclass(frozen=True)
class LinesResult:
    """What one call made.

    Attributes:
        images: the lines, black on white, 256 px.
        provenance: how they were found.
    """

    images: list[Image.Image]
    provenance: list[Provenance]


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
    suffix = "lines"

    def __call__(self, image: Image.Image, *, sensitivity: float = 0.5) -> LinesResult:
        """Find lines.

        Args:
            image: a photograph of any size; transparency counts as white.
            sensitivity: 0 to 1; more finds more lines.

        Raises:
            Misuse: a sensitivity out of its range, or no usable picture.
        """
        arguments = LinesArguments.parse({"sensitivity": sensitivity})
        decoded = decode(image)
        drawn = self._drawn(self.network.probabilities, decoded, arguments.sensitivity)
        return LinesResult([drawn], [self.made(decoded, arguments.model_dump())])

    def _drawn(self, detector: Detector, image: Image.Image, sensitivity: float) -> Image.Image:
        found = probability_map(detector, on_white(image), self.placement)
        return black_on_white(lines_of_map(found, share_of(sensitivity), LEAST))

    def apply(self, image: Image.Image, arguments: Arguments, *, seed: int, count: int) -> LinesResult:
        """Find lines with arguments as the command line gives them; nothing here is random."""
        return self(image, **arguments.model_dump())

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return the picture, auto-canny's lines, HED's where it is installed, and these."""
        sensitivity = float(result.provenance[0].arguments["sensitivity"])
        picture = to_bytes(on_white(image))
        canny = black_on_white(without_specks(auto_canny(picture, sensitivity), LEAST))
        teacher = teacher_if_installed()
        between = [] if teacher is None else [self._drawn(teacher, image, sensitivity)]
        return [Image.fromarray(picture), canny, *between, *result.images]

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
            rows.append(
                agreement(picture, *(probability_map(network, picture, self.placement) for network in networks))
            )
        return {**{name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}, "n": len(rows)}


def teacher_if_installed() -> HED | None:
    """Return the large detector, None where its package is not installed."""
    try:
        return HED.from_package()
    except StudioError:
        return None


def black_on_white(lines: Lines) -> Image.Image:
    """Return lines as a drawing."""
    return ImageOps.invert(Image.fromarray(lines))
