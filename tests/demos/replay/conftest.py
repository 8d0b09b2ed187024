from __future__ import annotations

from pathlib import Path

import pytest

from demos.replay import models
from demos.shared import models as shared_models
from demos.shared.fetching import Fetching
from pipelines.stylemini.pipeline import StyleMiniPipeline
from tests.pipelines.diffusion.folders import write_model
from tests.tools import noisy_picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_model(tmp_path_factory.mktemp("models") / "seeing", sees_source=True)
    (made / "words.txt").write_text("oil\npainting\nof\na\nred\ncat\nstyle\nmosaic\n")
    return made


@pytest.fixture(autouse=True)
def pipe(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StyleMiniPipeline:
    """A small model that has learnt nothing."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    made = StyleMiniPipeline.from_pretrained(folder, "cpu")
    monkeypatch.setattr(models, "stylemini", lambda: made)
    monkeypatch.setattr(shared_models, "_opened", {})
    monkeypatch.setattr(models, "_large", Fetching(models.fetch_large))
    return made


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{number}.png" for number in range(2)]
    for number, path in enumerate(paths):
        noisy_picture(40 + 9 * number, 50).save(path)
    return [str(path) for path in paths]
