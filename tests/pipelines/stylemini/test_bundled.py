"""The weights that come with the project: opened by stock diffusers, and what their drawings look like."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInstructPix2PixPipeline
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from pipelines.data.resident import square
from pipelines.diffusion.sampling import draw_noise
from pipelines.stylemini.captions import PHRASES
from pipelines.stylemini.evaluation import STRENGTHS
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.stylemini.teachers import STYLES
from pipelines.weights import hub
from tests.pipelines.diffusion.folders import open_stock

FOLDER = hub.BUNDLED / "stylemini"
PICTURES = (data.chelsea, data.coffee, data.astronaut, data.rocket)


@cache
def pipe() -> StyleMiniPipeline:
    return StyleMiniPipeline.from_pretrained("stylemini", "cpu")


@cache
def source(number: int = 0) -> Image.Image:
    """One of scikit-image's photographs, its middle square at 128 px."""
    return Image.fromarray(square(Image.fromarray(PICTURES[number]()), 128))


@cache
def drawn(style: str, number: int = 0) -> NDArray[np.float64]:
    """A photograph in a style, (128, 128, 3) in 0 to 1."""
    made = pipe()(source(number), prompt=PHRASES[style][0], seed=7).images[0]
    return np.asarray(made, dtype=np.float64) / 255


def chroma(picture: NDArray[np.float64]) -> float:
    return float((picture.max(axis=-1) - picture.min(axis=-1)).mean())


def test_all_files_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 24e6


def test_stock_diffusers_opens_the_weights_and_gives_the_same_bytes() -> None:
    made = pipe()(source(), prompt="stained glass style", seed=5, steps=4).images[0]
    stock = open_stock(StableDiffusionInstructPix2PixPipeline, FOLDER, torch.channels_last)
    noise = draw_noise((4, 16, 16), int(np.random.default_rng((5, 0)).integers(2**63 - 1)))
    options: dict[str, Any] = {"num_inference_steps": 4, "guidance_scale": 2, "image_guidance_scale": 1}
    image = stock("stained glass style", image=source(), latents=noise, **options).images[0]
    assert image.tobytes() == made.tobytes()


def test_stock_diffusers_draws_with_the_weights_as_it_opens_them() -> None:
    stock = StableDiffusionInstructPix2PixPipeline.from_pretrained(FOLDER)
    stock.set_progress_bar_config(disable=True)
    options: dict[str, Any] = {"num_inference_steps": 4, "guidance_scale": 2, "image_guidance_scale": 1}
    noise = draw_noise((4, 16, 16), int(np.random.default_rng((5, 0)).integers(2**63 - 1)))
    image = stock("stained glass style", image=source(), latents=noise, **options).images[0]
    made = pipe()(source(), prompt="stained glass style", seed=5, steps=4).images[0]
    assert np.abs(np.asarray(image, int) - np.asarray(made, int)).max() <= 1


def test_a_picture_of_a_row_is_the_one_that_its_provenance_makes() -> None:
    asked = pipe().arguments_class.parse({"steps": 4})
    *_, row = pipe().rows_of([source(number) for number in range(3)], ["oil painting style"], asked, seed=7)
    for number, (image, made) in enumerate(zip(row.images, row.provenance, strict=True)):
        again = pipe()(source(number), seed=made.seed, first=made.index, **made.arguments).images[0]
        assert again.tobytes() == image.tobytes(), number


def test_pictures_come_back_from_their_latents() -> None:
    pictures = [source(number) for number in range(len(PICTURES))]
    backs = pipe().decode(pipe().encode_images(pictures))
    pairs = zip(pictures, backs, strict=True)
    exact = [peak_signal_noise_ratio(np.asarray(picture), np.asarray(back)) for picture, back in pairs]
    assert min(exact) > 18 and np.mean(exact) > 22


def test_styles_look_like_themselves() -> None:
    assert chroma(drawn("pencil sketch")) < 0.06 < 0.1 < chroma(drawn("oil painting")), "graphite is grey"
    wood = drawn("wood texture", 1).mean(axis=(0, 1))
    assert wood[0] > wood[1] + 0.05 and wood[1] > wood[2] + 0.05, "wood is brown"
    lead = [(drawn(style).max(axis=-1) < 0.25).mean() for style in ("stained glass", "watercolor")]
    assert lead[0] > lead[1] + 0.1, "dark lead between panes, and none in a watercolor"
    assert drawn("watercolor").mean() > drawn("stained glass").mean(), "paper shows through"


@pytest.mark.parametrize("style", ["oil painting", "watercolor", "comic", "photo"])
def test_the_picture_stays_itself(style: str) -> None:
    """It is nearer to its own source than to any other, by lightness."""
    sources = [np.asarray(source(number).convert("L"), float).ravel() for number in range(len(PICTURES))]
    drawings = [drawn(style, number).mean(axis=-1).ravel() for number in range(len(PICTURES))]
    alike = np.array([[np.corrcoef(made, one)[0, 1] for one in sources] for made in drawings])
    assert alike.argmax(axis=1).tolist() == [*range(len(PICTURES))] and alike.diagonal().mean() > 0.5


def test_the_noise_varies_a_drawing_less_than_the_style_does() -> None:
    one, other = (
        np.asarray(pipe()(source(), prompt="oil painting style", seed=seed).images[0], float) / 255 for seed in (7, 8)
    )
    assert 0 < np.abs(one - other).mean() < np.abs(one - drawn("mosaic")).mean()


def test_the_card_says_what_was_measured_of_these_weights() -> None:
    metrics, card = pipe().metrics(), (FOLDER / "README.md").read_text()
    assert metrics["weights_sha256"] == pipe().weights_sha256
    for strength in STRENGTHS:
        mark = round(100 * strength)
        shares = " | ".join(f"{metrics[f'{name}_{mark}']:.2f}" for name in ("style", "content", "pooled_content"))
        assert f"| {strength:.1f} | {shares} | {1000 * metrics[f'kid_{mark}']:.2f} |" in card
    for style in STYLES:
        name = re.sub("[ -]", "_", style)
        told = (f"{metrics[f'style_{name}_{round(100 * one)}']:.2f} /" for one in STRENGTHS)
        row = next(line for line in card.splitlines() if line.startswith(f"| {style} |"))
        assert all(share in row for share in told)
