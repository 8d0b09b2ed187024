"""The sheet that shows how far a training has come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.chimera.data import held_out_example, rgba_tensor, unpacked
from pipelines.chimera.rendering import Renderer
from pipelines.common.sheets import contact_sheet
from pipelines.data.entries import Entry, Source
from pipelines.data.splits import spaced
from pipelines.edges.cutouts import WHITE, Floats, compose, to_bytes
from pipelines.edges.finding import black_on_white
from pipelines.edges.regions import source_tensor
from pipelines.edges.tracing import bundled_detector

PREVIEWED = 12  # held-out pictures; half as many drawings
SEED = 112


def preview_sheet(
    renderer: Renderer, source: Source, held_out: Sequence[Entry], drawings: NDArray[np.uint8] | None
) -> Image.Image:
    """Return rows of five: lines, the animal, the animal rebuilt in its own style, and in two seeds' styles.

    Args:
        renderer: what to look at.
        source: of the held-out pictures.
        held_out: evenly spaced ones are shown.
        drawings: as ``ChimeraData`` takes them; a row of a drawing has a third seed's style for the animal, and a
            wild one for the rebuilt one.
    """
    detect, rows = bundled_detector(), []
    for number, entry in enumerate(spaced(held_out, PREVIEWED)):
        example = held_out_example(source.load(entry), detect)
        given, real = source_tensor(example.lines, renderer.size)[None], rgba_tensor(example.rgba, renderer.size)
        cells = [renderer.rebuilt(given, real[None]), *(renderer.seeded(given, SEED, 2 * number + k) for k in (0, 1))]
        rows.append([black_on_white(example.lines), *map(on_paper, (example.rgba, *cells))])
    if drawings is not None:
        for number in range(PREVIEWED // 2):
            lines = unpacked(drawings[number * len(drawings) // (PREVIEWED // 2)])
            given = source_tensor(lines, renderer.size)[None]
            cells = [renderer.seeded(given, SEED, 3 * number + k) for k in range(3)]
            cells.append(renderer.seeded(given, SEED, number, "wild"))
            rows.append([black_on_white(lines), *map(on_paper, cells)])
    return contact_sheet(rows, cell=renderer.size)


def on_paper(rgba: Floats) -> Image.Image:
    """Lay a premultiplied animal on white."""
    return Image.fromarray(to_bytes(compose(rgba, WHITE)))
