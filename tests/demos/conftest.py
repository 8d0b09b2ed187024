from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from demos.shared import models
from pipelines.weights import hub


@pytest.fixture
def bundled(chimera_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hub, "BUNDLED", tmp_path / "weights")
    monkeypatch.setattr(models, "_opened", {})
    return Path(shutil.copytree(chimera_weights, tmp_path / "weights" / "chimera"))
