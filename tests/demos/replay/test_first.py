from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from demos.replay import first, handlers, tab, usual
from pipelines.common import provenance
from pipelines.weights import hub


def test_the_tab_is_on_the_page() -> None:
    assert tab.ready()


def test_the_sheet_is_of_the_bundled_weights_and_of_what_the_fields_say() -> None:
    read = provenance.read(Path(first.sheet()))
    assert read.weights_sha256 == hub.weights_sha256(hub.BUNDLED / "stylemini"), "run first.py again"
    said = {"strength": "strength", "guidance": "guidance_scale", "steps": "steps"}
    assert {name: read.arguments[said[name]] for name in said} == usual.SMALL and read.seed == first.SEED
    assert read.arguments["prompt"] == list(first.STYLES) and len(read.other_inputs) == len(first.PICTURES)
    with Image.open(first.sheet()) as sheet:
        assert sheet.size == (len(first.PICTURES) * handlers.CELL, (2 + len(first.STYLES)) * handlers.CELL)


@pytest.mark.parametrize("row", range(len(first.STYLES)))
def test_a_picture_that_can_be_kept_is_that_of_the_sheet(row: int) -> None:
    sheet = Image.open(first.sheet()).convert("RGB")
    side = handlers.CELL
    for column, path in enumerate(first.drawn().files[row]):
        read = provenance.read(Path(path))
        assert read.arguments["prompt"] == first.STYLES[row] and read.index == column
        corner = (column * side, (row + 2) * side)
        cell = sheet.crop((*corner, corner[0] + side, corner[1] + side))
        assert Image.open(path).convert("RGB").tobytes() == cell.tobytes()
