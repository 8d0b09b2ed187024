from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demos.scattering import first, handlers
from pipelines.common import provenance
from pipelines.scattering.pipeline import ScatteringPipeline


@pytest.mark.parametrize("name", handlers.MODELS[:2])
def test_what_stands_there_at_first_is_of_the_bundled_weights(name: str) -> None:
    pipe = ScatteringPipeline.from_pretrained(f"scattering-{name}", "cpu")
    read = provenance.read(Path(first.path(name)))
    assert read.weights_sha256 == pipe.weights_sha256
    made = pipe(seed=read.seed, first=5, temperature=read.arguments["temperature"]).images[0]
    with Image.open(first.path(name)) as sheet:
        cell = sheet.crop((handlers.CELL, handlers.CELL, 2 * handlers.CELL, 2 * handlers.CELL))
    other = made.resize(cell.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(cell, int) - np.asarray(other, int)).mean() < 3


def test_all_files_are_there_and_small() -> None:
    assert sum(Path(first.path(name)).stat().st_size for name in first.FILES) < 900_000
    names = ["by_adversarial.png", "by_ssgm.png", "by_sgm.png", "difference.png"]
    assert [Path(path).name for path, _ in first.strip("en")] == names
