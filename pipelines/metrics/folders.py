"""Pictures that several models made of the same lines, compared by figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.common.errors import Misuse
from pipelines.common.images import decode, to_rgb
from pipelines.common.sheets import named_after, pictures_in
from pipelines.data.entries import Source
from pipelines.edges.cutouts import SIZE, WHITE, compose, cutout, to_bytes
from pipelines.edges.finding import auto_canny, find_edges, square
from pipelines.edges.maps import evenly
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.kernel import frechet_distance, kernel_distance
from pipelines.metrics.lines import edge_f1
from pipelines.metrics.report import FEWEST

REAL = 500  # real pictures that the made ones are compared with


def compare(lines: Path, folders: Sequence[Path], source: Source) -> dict[str, dict[str, float]]:
    """Return figures of each folder, by its name; by its path where two have the same.

    Args:
        lines: folder of drawings or edge maps.
        folders: what was made of them: pictures of the same names, or as ``generate`` names them.
        source: real pictures; at most 500 of them are taken, evenly spaced, on white.

    Returns:
        For each extractor ``kid_<name>`` and ``fd_<name>`` to the real pictures; ``edge_f1`` between the lines and
        auto-canny's of what was made of them, at 2 px; ``n``.

    Raises:
        Misuse: a folder without pictures, or without one that the lines ask for; fewer than two of them.
    """
    drawings = pictures_in(lines)
    if len(drawings) < FEWEST:
        raise Misuse("data_too_few", given=len(drawings), allowed=FEWEST)
    names = [folder.resolve().name for folder in folders]
    given = [find_edges(decode(file), SIZE, kind="drawing").lines for file in drawings]
    real = [to_bytes(compose(cutout(source.load(entry)), WHITE)) for entry in evenly(source.entries, REAL)]
    extractors = bundled_extractors()
    of_real = {one.name: one.features(real) for one in extractors}
    figures = {}
    for name, folder in zip(names, folders, strict=True):
        called = name if names.count(name) == 1 else str(folder)
        made = [pixels(named_after(file, folder)) for file in drawings]
        scores = [edge_f1(auto_canny(picture), wanted) for picture, wanted in zip(made, given, strict=True)]
        figures[called] = {"edge_f1": float(np.mean(scores)), "n": float(len(made))}
        for one in extractors:
            of_made = one.features(made)
            figures[called] |= {
                f"kid_{one.name}": kernel_distance(of_real[one.name], of_made),
                f"fd_{one.name}": frechet_distance(of_real[one.name], of_made),
            }
    return figures


def pixels(file: Path) -> NDArray[np.uint8]:
    """Return a picture as (256, 256, 3); transparency counts as white."""
    return square(np.asarray(to_rgb(decode(file))), SIZE)
