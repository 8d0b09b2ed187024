"""How the silhouette detector is used: a drawing in, what lies inside it out."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from pydantic import Field
from tqdm import tqdm

from pipelines.backbones.silhouette_detector import SilhouetteDetector
from pipelines.common.images import decode, to_rgb
from pipelines.data.entries import Source
from pipelines.data.splits import RESERVED, reserve_listed, split_source
from pipelines.edges.cutouts import SIZE
from pipelines.edges.finding import MAX_SIDE, Lines, black_on_white, find_edges, line_map
from pipelines.edges.frames import without_frames
from pipelines.edges.regions import find_regions
from pipelines.edges.silhouettes import likelihood, outside_of
from pipelines.metrics.means import means
from pipelines.pipeline import Arguments, Pipeline, Result
from pipelines.silhouette.data import SilhouetteData
from pipelines.silhouette.evaluation import colored, compare, held_out_drawings

DRAWN = 6  # times each held-out picture is drawn for an evaluation, each time with another pen
MOST_EVALUATED = 600


class SilhouetteArguments(Arguments):
    """What a call takes."""

    sensitivity: float = Field(0.5, ge=0, le=1, description="more finds more lines")


class SilhouettePipeline(Pipeline[SilhouetteDetector]):
    """Fill line drawings.

    Example:
        >>> SilhouettePipeline.from_pretrained("silhouette")(Image.open("griffin.png")).images[0].save("filled.png")
    """

    system = "silhouette"
    network_class = SilhouetteDetector
    arguments_class = SilhouetteArguments
    seeded = False
    compares = False
    suffix = "filled"

    def __call__(self, image: Image.Image, *, sensitivity: float = 0.5) -> Result:
        """Colour what lies inside a drawing.

        Args:
            image: a drawing of any size.
            sensitivity: 0 to 1; more finds fainter strokes.

        Raises:
            Misuse: a sensitivity out of its range, no usable picture, or no line in it.
        """
        arguments = SilhouetteArguments.parse({"sensitivity": sensitivity})
        decoded = decode(image, max_side=MAX_SIDE)
        lines, by_pen = found_lines(decoded, arguments.sensitivity)
        outside = outside_of(self.network, lines, self.placement, by_pen=by_pen).wide
        return Result([colored(lines, ~outside)], [self.made(decoded, arguments.call())])

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return the lines, what rules about gaps and bays fill, and what is filled here."""
        sensitivity = float(result.provenance[0].arguments["sensitivity"])
        lines, _ = found_lines(decode(image, max_side=MAX_SIDE), sensitivity)
        return [black_on_white(lines), colored(lines, ~find_regions(lines).wide), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``compare`` on a source's held-out pictures, six drawings of each, 600 at most.

        Of a source with the pictures that ``held_out.txt`` beside the weights lists, on those alone.
        """
        split = split_source(source, progress=progress)
        listed = self.folder / RESERVED if self.folder is not None else None
        data = SilhouetteData(source, reserve_listed(split, listed).held_out, seed=seed)
        count = min(DRAWN * len(data), MOST_EVALUATED)
        drawings = held_out_drawings(data, count)
        rows = []
        for drawn in tqdm(drawings, desc="evaluating", total=count, disable=not progress, leave=False):
            rules = find_regions(drawn.lines)
            rows.append(compare(drawn, rules, likelihood(self.network, drawn.lines, rules, self.placement)))
        return dict(means(rows))


def found_lines(image: Image.Image, sensitivity: float) -> tuple[Lines, bool]:
    """Return a drawing's lines (256, 256), without frames around an edge map, and whether a pen drew them.

    Raises:
        Misuse: there is hardly a line.
    """
    edges = find_edges(image, SIZE, kind="drawing", sensitivity=sensitivity)
    edges.check()
    by_pen = line_map(np.asarray(to_rgb(image)), SIZE) is None
    return (edges.lines, True) if by_pen else (without_frames(edges.lines), False)
