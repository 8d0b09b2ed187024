"""How well what lies inside a drawing is told, beside the rules about gaps and bays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from pipelines.edges.cutouts import Floats
from pipelines.edges.finding import Lines
from pipelines.edges.regions import Mask, Regions
from pipelines.edges.silhouettes import decide
from pipelines.silhouette.data import Drawn, SilhouetteData

INSIDE, ON_LINE = (255, 220, 150), (0, 0, 0)


def compare(drawn: Drawn, rules: Regions, answer: Floats) -> dict[str, float]:
    """Compare what a network says of one drawing, and what rules say, with the truth.

    Args:
        drawn: the drawing.
        rules: what rules about gaps and bays say of it.
        answer: (H, W) in [0, 1], how likely each pixel lies inside.

    Returns:
        ``iou``, intersection over union of inside and truth, lines left out; ``wrong``, the share of the
        picture that is told wrong; ``holes_filled``, the share that is taken for inside, is enclosed by lines and
        outside the animal; each also for the rules, as ``<name>_rules``.
    """
    found = {"": decide(drawn.lines, answer, rules).wide, "_rules": rules.wide}
    off, holes = drawn.lines == 0, ~drawn.mask & ~rules.narrow
    scores: dict[str, float] = {}
    for name, outside in found.items():
        inside = ~outside
        scores[f"iou{name}"] = overlap(inside & off, drawn.mask & off)
        scores[f"wrong{name}"] = float(((inside != drawn.mask) & off).mean())
        scores[f"holes_filled{name}"] = float((inside & holes & off).mean())
    return scores


def overlap(one: Mask, other: Mask) -> float:
    """Return intersection over union; 1 of two empty masks."""
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0


def held_out_drawings(data: SilhouetteData, most: int) -> Iterator[Drawn]:
    """Yield drawings of one picture after another, again with another pen when all had their turn."""
    for number in range(most):
        yield data.drawn(number % len(data), np.random.default_rng([data.seed, number]))


def colored(lines: Lines, inside: Mask) -> Image.Image:
    """Return a drawing (H, W) on white paper, what lies inside in colour."""
    picture = np.full((*lines.shape, 3), 255, np.uint8)
    picture[inside], picture[lines > 0] = INSIDE, ON_LINE
    return Image.fromarray(picture)
