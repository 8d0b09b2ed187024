"""How well one detector's lines agree with another's."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipelines.edges.cutouts import WHITE, Floats, compose, cutout, to_bytes
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, share_of, without_specks
from pipelines.metrics.lines import edge_f1

LEAST = 12  # pixels a line must have to count


def on_white(image: Image.Image) -> Floats:
    """Return (256, 256, 3) in [0, 1]: what a detector is shown."""
    return compose(cutout(image), WHITE)


def lines_of(found: Floats, sensitivity: float = 0.5) -> Lines:
    """Return the lines of a map, by default at the middle of the page's slider."""
    return lines_of_map(found, share_of(sensitivity), LEAST)


def canny(picture: Floats, sensitivity: float = 0.5) -> Lines:
    """Return auto-canny's lines of a picture, by default at its published setting."""
    return without_specks(auto_canny(to_bytes(picture), sensitivity), LEAST)


def agreement(picture: Floats, teacher: Floats, student: Floats) -> dict[str, float]:
    """Compare two maps of one picture, and auto-canny beside them.

    Args:
        picture: (256, 256, 3) in [0, 1].
        teacher: (256, 256) in [0, 1], what HED says.
        student: likewise, what the small detector says.

    Returns:
        ``edge_f1`` of the small detector's lines against HED's at 2 pixels, ``edge_f1_canny`` the same for
        auto-canny's at its published setting, ``distance`` the mean absolute difference of the maps.
    """
    wanted = lines_of(teacher)
    return {
        "edge_f1": edge_f1(lines_of(student), wanted),
        "edge_f1_canny": edge_f1(canny(picture), wanted),
        "distance": float(np.abs(teacher - student).mean()),
    }
