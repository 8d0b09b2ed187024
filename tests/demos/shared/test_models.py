from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from demos.shared import models


def test_a_model_is_opened_once(bundled: Path) -> None:
    assert models.live("chimera") is models.live("chimera")


def test_a_promoted_model_replaces_it_without_a_restart(bundled: Path, studio_home: Path, tmp_path: Path) -> None:
    before = models.live("chimera")
    live = shutil.copytree(bundled, tmp_path / "live")
    (studio_home / "live").mkdir(parents=True)
    (studio_home / "live" / "chimera.json").write_text(json.dumps({"folder": str(live)}))
    assert models.live("chimera") is not before


def test_weights_written_anew_are_opened_anew(bundled: Path) -> None:
    before = models.live("chimera")
    os.utime(bundled / "model.safetensors", (1, 1))
    assert models.live("chimera") is not before
