from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from demos.biggan import first, handlers
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.common import provenance
from pipelines.weights import hub


@pytest.mark.parametrize("name", ["sheet", "large", "samples", "film", "walk"])
def test_what_stands_there_at_first_is_of_the_bundled_weights(name: str) -> None:
    read = provenance.read(Path(first.path(name)))
    assert read.weights_sha256 == hub.weights_sha256(hub.BUNDLED / "biggan"), "run first.py again"


def test_the_page_shows_a_picture_of_every_class_and_the_sheet_that_its_fields_say() -> None:
    pipe = BigGANPipeline.from_pretrained("biggan", "cpu")
    assert tuple(sorted(pipe.network.classes)) == first.CLASSES
    assert len(first.samples("ko")) == len(first.CLASSES) and len({name for _, name in first.samples("ko")}) == 20
    read, drawn = provenance.read(Path(first.path("sheet"))), first.DRAWN
    assert (read.seed, read.arguments["truncation"]) == (drawn.seed, drawn.truncation)
    assert read.arguments["classes"] == list(drawn.classes)
    with Image.open(first.path("large")) as large:
        assert large.size == (drawn.count * handlers.SHOWN_CELL, len(drawn.classes) * handlers.SHOWN_CELL)


def test_what_was_measured_is_of_the_bundled_weights_and_stands_in_the_card() -> None:
    pipe = BigGANPipeline.from_pretrained("biggan", "cpu")
    metrics, card = pipe.metrics(), (hub.BUNDLED / "biggan" / "README.md").read_text()
    assert metrics["weights_sha256"] == pipe.weights_sha256
    assert metrics["superclass_accuracy"] >= 0.5 and f"**{metrics['superclass_accuracy']:.3f}**" in card
    assert f"| FD, the classifier | {metrics['fd_classifier']:.2f} |" in card
