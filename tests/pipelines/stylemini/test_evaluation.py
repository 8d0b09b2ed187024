from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.data.entries import Source
from pipelines.data.sources import open_source
from pipelines.data.splits import Split
from pipelines.diffusion.model import SCHEDULERS
from pipelines.stylemini import evaluation
from pipelines.stylemini.captions import PHRASES
from pipelines.stylemini.evaluation import COMPARED, drawings, evaluate_restyling, found_again
from pipelines.stylemini.pipeline import StyleMiniArguments
from pipelines.stylemini.teachers import STYLES


@pytest.fixture
def drawings_to_evaluate(monkeypatch: pytest.MonkeyPatch) -> Source:
    """Eight drawings, all held out, since nothing is trained here, and five styles: one of five is right by chance."""

    def all_of_them(source: Source, progress: bool) -> Split:
        return Split([], source.entries)

    monkeypatch.setattr(evaluation, "split_source", all_of_them)
    styles = ("photo", "oil painting", "pixel art", "stained glass", "pencil sketch")
    monkeypatch.setattr(evaluation, "STYLES", {style: STYLES[style] for style in styles})
    return open_source("synthetic:8")


class Teachers:
    """Draws latents, which are the pictures themselves, as a style's teacher does."""

    size, sees_source = 64, True
    arguments_class = StyleMiniArguments

    def encode(self, pictures: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(pictures)

    def decode(self, latents: torch.Tensor) -> list[Image.Image]:
        return [Image.fromarray(one) for one in latents.numpy()]

    def restyle(self, latents: torch.Tensor, prompts: list[str], asked: Any, *, seeds: Any) -> torch.Tensor:
        style = next(style for style, phrases in PHRASES.items() if phrases[0] == prompts[0])
        return latents if asked.strength < 1 else torch.from_numpy(drawings(latents.numpy(), style, 99))


def test_the_teachers_own_drawings_are_evaluated_as_good_and_photographs_as_unstyled(
    drawings_to_evaluate: Source,
) -> None:
    metrics = evaluate_restyling(
        Teachers(),
        drawings_to_evaluate,
        seed=0,
        strengths=(0.5, 1.0),
        compared={"hidden_30": {"strength": 0.3}},
    )
    assert metrics["style_100"] > 0.6 and metrics["style_50"] < 0.3 and metrics["style_photo_50"] > 0.6
    assert metrics["content_50"] == metrics["pooled_content_50"] == 1
    assert metrics["content_teachers"] > 0.9 and metrics["content_teachers"] >= metrics["pooled_content_teachers"]
    assert metrics["style_teachers"] == pytest.approx(metrics["style_100"], abs=0.15)
    assert metrics["style_hidden_30"] < 0.3 and metrics["content_hidden_30"] == 1 and metrics["n_compared"] <= 20
    assert metrics["kid_100"] < metrics["kid_50"] and metrics["kid_100"] < 3 * metrics["kid_floor"] + 0.01


class BlurringTeachers(Teachers):
    """Returns pictures as an autoencoder does that loses what is fine."""

    def decode(self, latents: torch.Tensor) -> list[Image.Image]:
        half = (self.size // 2, self.size // 2)
        parts = super().decode(latents)
        return [one.resize(half, Image.Resampling.BOX).resize((self.size, self.size)) for one in parts]


def test_styles_are_told_by_what_an_autoencoder_keeps_of_them(drawings_to_evaluate: Source) -> None:
    metrics = evaluate_restyling(BlurringTeachers(), drawings_to_evaluate, seed=0, strengths=(), compared={})
    assert min(metrics["style_teachers"], metrics["style_autoencoder"]) > 0.7, metrics


def test_each_way_that_is_compared_can_be_drawn_and_named() -> None:
    for name, arguments in COMPARED.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        asked = StyleMiniArguments.parse(arguments)
        assert asked.sampling() != StyleMiniArguments().sampling() or name == "guidance_2"
        assert asked.sampling().scheduler in {"", *SCHEDULERS}


def test_a_picture_is_found_again_or_not() -> None:
    sources = np.eye(3)
    assert found_again(sources, sources[:2]) == 1
    assert found_again(sources, sources[[1, 0, 2]]) == pytest.approx(1 / 3)


def test_too_few_pictures_get_a_sentence() -> None:
    with pytest.raises(Misuse, match="at least 4"):
        evaluate_restyling(Teachers(), open_source("synthetic:12"), seed=0)
