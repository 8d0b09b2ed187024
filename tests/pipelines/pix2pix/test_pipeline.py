from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.edges.finding import find_edges
from pipelines.pix2pix.data import lines_to_tensor
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from tests.pipelines.edges.shared import DRAWING, EdgesPipelineTests
from tests.tools import noisy_picture, png


@pytest.fixture(scope="module")
def weights(pix2pix_weights: Path) -> Path:
    return pix2pix_weights


@pytest.fixture(scope="module")
def pipe(weights: Path) -> Pix2PixPipeline:
    return Pix2PixPipeline.from_pretrained(weights, "cpu")


class TestPix2Pix(EdgesPipelineTests):
    """Pix2pix is a pipeline over edges."""


def test_a_smaller_network_sees_lines_as_it_was_taught(pipe: Pix2PixPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found at 256 pixels and averaged down; found at its own size they are twice as black."""
    seen: list[torch.Tensor] = []
    generate = pipe.generate
    monkeypatch.setattr(pipe, "generate", lambda source, *others: seen.append(source) or generate(source, *others))
    pipe(DRAWING, seed=7)
    assert torch.equal(seen[0][0], lines_to_tensor(find_edges(DRAWING, 256).lines, pipe.size))
    assert pipe.size == 64 and float(seen[0][seen[0] > 0].mean()) < 0.5


def test_a_dark_background_is_darker(pipe: Pix2PixPipeline) -> None:
    white, black = (pipe(DRAWING, seed=7, background=color).images[0] for color in ("#ffffff", "#000000"))
    corners = [np.asarray(image, np.float32)[[0, 0, -1, -1], [0, -1, 0, -1]].mean() for image in (white, black)]
    assert corners[0] > 150 and corners[1] < corners[0] - 60


def test_provenance_makes_it_again(pipe: Pix2PixPipeline) -> None:
    for picture, how in ((DRAWING, {"background": "#00ff00"}), (noisy_picture(4, 200, 160), {"kind": "photo"})):
        made = pipe(picture, seed=7, count=2, **how)  # type: ignore[arg-type]
        again = pipe(picture, seed=7, first=1, **made.provenance[1].arguments)
        assert png(again.images[0]) == png(made.images[1])
        assert made.edges.size == (64, 64)


def test_weights_of_the_way_back_are_refused() -> None:
    torch.manual_seed(0)
    backwards = Pix2PixGenerator(3, 1, base_channels=4, levels=6, size=64)
    with pytest.raises(Misuse) as error:
        Pix2PixPipeline(backwards, device.choose("cpu"))
    assert error.value.code == "weights_mismatch"
