from __future__ import annotations

import os
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image
from torch import Tensor

from demos import page, warming
from demos.shared import cache, models
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.weights import hub
from tests.pipelines.diffusion.folders import write_model


def test_warming_up_opens_it_and_never_raises(bundled: Path) -> None:
    warming.warm_up_behind().join()
    assert "chimera" in models._opened
    shutil.rmtree(bundled)
    warming.warm_up()


@pytest.mark.usefixtures("bundled")
def test_what_draws_in_styles_draws_once_behind_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(hub.BUNDLED / "stylemini", sees_source=True)
    decode, drawn = StyleMiniPipeline.decode, list[int]()

    def seen(pipe: StyleMiniPipeline, latents: Tensor) -> list[Image.Image]:
        drawn.append(len(latents))
        return decode(pipe, latents)

    monkeypatch.setattr(StyleMiniPipeline, "decode", seen)
    warming.warm_up()
    assert drawn == [1]


def test_a_host_may_have_models_opened_when_they_are_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "HF_HUB_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, str(tmp_path))  # which the app would set for all that follows
    main = import_module("app").main
    for room, name in ((page, "launch"), (page, "dispatch"), (cache, "sweep"), (cache, "sweep_behind")):
        monkeypatch.setattr(room, name, lambda *_: None)
    warmed: list[str] = []
    monkeypatch.setattr(warming, "warm_up_behind", lambda: warmed.append(os.environ["STUDIO_WARM"]))
    for warm in ("0", "1"):
        monkeypatch.setenv("STUDIO_WARM", warm)
        assert main() == 0
    assert warmed == ["1"]
