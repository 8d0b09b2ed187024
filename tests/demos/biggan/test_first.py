from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demos.biggan import first, handlers
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.common import provenance
from pipelines.data.superclasses import SUPERCLASSES
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
    with Image.open(first.path("morph")) as moving, Image.open(first.path("film")) as film:
        begin, still = (
            moving.convert("RGB").resize((32, 32)),
            film.convert("RGB").crop((0, 0, 128, 128)).resize((32, 32)),
        )
    assert np.abs(np.asarray(begin, int) - np.asarray(still, int)).mean() < 8, "the same way"


def test_what_was_measured_is_of_the_bundled_weights_and_stands_in_the_card() -> None:
    pipe = BigGANPipeline.from_pretrained("biggan", "cpu")
    metrics, card = pipe.metrics(), (hub.BUNDLED / "biggan" / "README.md").read_text()
    assert metrics["weights_sha256"] == pipe.weights_sha256
    assert metrics["superclass_accuracy"] >= 0.5 and f"**{metrics['superclass_accuracy']:.3f}**" in card
    for extractor, called in {"classifier": "the classifier", "efficientnet_lite0": "EfficientNet-Lite0"}.items():
        assert f"| KID, {called} | {metrics[f'kid_{extractor}']:.4f} |" in card
        assert f"| FD, {called} | {metrics[f'fd_{extractor}']:.2f} |" in card
        assert f"{metrics[f'precision_{extractor}']:.2f}, {metrics[f'recall_{extractor}']:.2f} |" in card
    for name in SUPERCLASSES:
        one, real = (metrics[f"superclass_accuracy_{name}{suffix}"] for suffix in ("", "_real"))
        assert f"{name.replace('_', ' ')} {one:.2f} ({real:.2f})" in card
