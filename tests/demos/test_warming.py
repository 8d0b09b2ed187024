from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from torch import Tensor

from demos import warming
from demos.shared import models
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
