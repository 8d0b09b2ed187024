from __future__ import annotations

from pathlib import Path

import pytest

from demos.chimera import models
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.pix2pix.pipeline import Pix2PixPipeline


@pytest.fixture
def small_models(chimera_weights: Path, pix2pix_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, published = (
        kind.from_pretrained(weights, "cpu")
        for kind, weights in ((ChimeraPipeline, chimera_weights), (Pix2PixPipeline, pix2pix_weights))
    )
    monkeypatch.setattr(models, "chimera", lambda: pipe)
    monkeypatch.setattr(models, "pix2pix", lambda: published)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
