from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInstructPix2PixPipeline
from torch import Tensor

from pipelines.common.errors import Misuse
from pipelines.diffusion.model import SCHEDULERS, LatentModel
from pipelines.diffusion.opening import open_model
from pipelines.diffusion.sampling import Sampling, Step, last_latents, restyle, span_of, steps_of
from pipelines.stylemini.networks import make_scheduler
from tests.pipelines.diffusion.folders import CPU, PROMPTS, noise, open_stock, pictures, write_model


def shown(model: LatentModel, latents: Tensor | None) -> list[bytes]:
    assert latents is not None
    return [image.tobytes() for image in model.decode(latents)]


@pytest.mark.parametrize("guidance", [1.0, 4.0])
@pytest.mark.parametrize("scheduler", ["dpm", "pndm"])
def test_img2img_gives_the_bytes_of_stock_diffusers(tmp_path: Path, guidance: float, scheduler: str) -> None:
    folder = write_model(tmp_path / "model", sees_source=False, scheduler=scheduler)
    model = open_model(folder, CPU)
    latents = model.encode(pictures())
    made = restyle(model, latents, PROMPTS, noise(), 0.6, Sampling(10, guidance, negative_prompt="red"))
    stock = open_stock(StableDiffusionImg2ImgPipeline, folder)
    generators = [torch.Generator().manual_seed(number) for number in range(2)]
    options: dict[str, Any] = {"image": latents * model.factor, "strength": 0.6, "num_inference_steps": 10}
    images = stock(PROMPTS, negative_prompt=["red"] * 2, guidance_scale=guidance, generator=generators, **options)
    assert shown(model, made) == [image.tobytes() for image in images.images]


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_a_network_that_is_told_the_guidance_gives_the_bytes_of_stock_diffusers(
    tmp_path: Path, guidance: float
) -> None:
    folder = write_model(tmp_path / "model", sees_source=False, guidance=16)
    model = open_model(folder, CPU)
    latents = model.encode(pictures())
    made = restyle(model, latents, PROMPTS, noise(), 0.6, Sampling(10, guidance))
    stock = open_stock(StableDiffusionImg2ImgPipeline, folder)
    generators = [torch.Generator().manual_seed(number) for number in range(2)]
    options: dict[str, Any] = {"image": latents * model.factor, "strength": 0.6, "num_inference_steps": 10}
    images = stock(PROMPTS, guidance_scale=guidance, generator=generators, **options).images
    assert shown(model, made) == [image.tobytes() for image in images]
    other = restyle(model, latents, PROMPTS, noise(), 0.6, Sampling(10, guidance + 1))
    assert shown(model, other) != shown(model, made)


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_a_model_that_sees_the_source_gives_the_bytes_of_stock_diffusers(seeing: Path, guidance: float) -> None:
    model = open_model(seeing, CPU)
    latents = model.encode(pictures())
    made = restyle(model, latents, PROMPTS, noise(), 1.0, Sampling(6, guidance, 1.5))
    stock = open_stock(StableDiffusionInstructPix2PixPipeline, seeing)
    generators = [torch.Generator().manual_seed(number) for number in range(2)]
    options: dict[str, Any] = {"guidance_scale": guidance, "image_guidance_scale": 1.5, "generator": generators}
    images = stock(PROMPTS, image=latents, num_inference_steps=6, **options).images
    assert shown(model, made) == [image.tobytes() for image in images]


@pytest.mark.parametrize("name", ["ddim", "dpm++", "unipc"])
def test_another_scheduler_by_name_gives_the_bytes_of_stock_diffusers(seeing: Path, name: str) -> None:
    model = replace(open_model(seeing, CPU), scheduler=make_scheduler())  # predicts velocity, ends in noise alone
    latents = model.encode(pictures())
    made = restyle(model, latents, PROMPTS, noise(), 1.0, Sampling(5, 2.0, 1.5, scheduler=name))
    stock = open_stock(StableDiffusionInstructPix2PixPipeline, seeing)
    stock.scheduler = SCHEDULERS[name].from_config(make_scheduler().config)
    generators = [torch.Generator().manual_seed(number) for number in range(2)]
    options: dict[str, Any] = {"guidance_scale": 2.0, "image_guidance_scale": 1.5, "generator": generators}
    images = stock(PROMPTS, image=latents, num_inference_steps=5, **options).images
    assert shown(model, made) == [image.tobytes() for image in images]


@pytest.mark.parametrize("name", ["ddim", "dpm++", "unipc"])
def test_another_scheduler_begins_in_the_middle_as_stock_diffusers_does(plain: Path, name: str) -> None:
    model = open_model(plain, CPU)
    latents = model.encode(pictures())
    made = restyle(model, latents, PROMPTS, noise(), 0.5, Sampling(8, 2.0, scheduler=name))
    stock = open_stock(StableDiffusionImg2ImgPipeline, plain)
    stock.scheduler = SCHEDULERS[name].from_config(model.scheduler.config)
    generators = [torch.Generator().manual_seed(number) for number in range(2)]
    options: dict[str, Any] = {"image": latents * model.factor, "strength": 0.5, "num_inference_steps": 8}
    images = stock(PROMPTS, guidance_scale=2.0, generator=generators, **options).images
    assert shown(model, made) == [image.tobytes() for image in images]


@pytest.mark.parametrize("name", SCHEDULERS)
def test_what_is_shown_while_it_is_drawn_is_without_noise(plain: Path, name: str) -> None:
    model = open_model(plain, CPU)
    latents = model.encode(pictures())
    steps = list(steps_of(model, latents, PROMPTS, noise(), 1.0, Sampling(8, 1.0, scheduler=name)))
    assert not torch.allclose(steps[0].denoised, steps[0].latents, atol=1e-2)


def test_a_scheduler_of_few_steps_refuses_more(plain: Path) -> None:
    model = open_model(plain, CPU)
    with pytest.raises(Misuse, match="steps must be from 1 to 50, got 60"):
        restyle(model, model.encode(pictures()), PROMPTS, noise(), 1.0, Sampling(60, scheduler="lcm"))


def test_a_source_that_is_not_shown_counts_by_its_noise_alone(seeing: Path) -> None:
    model = open_model(seeing, CPU)
    latents = model.encode(pictures())
    hidden = Sampling(6, 3.0, shows_source=False)
    one, other = (restyle(model, source, PROMPTS, noise(), 1.0, hidden) for source in (latents, latents.flip(0)))
    assert one is not None and other is not None and torch.equal(one, other), "at strength 1 nothing is left of it"
    one, other = (restyle(model, source, PROMPTS, noise(), 0.5, hidden) for source in (latents, latents.flip(0)))
    assert one is not None and other is not None and not torch.equal(one, other)


def test_the_source_the_text_and_the_noise_all_count(seeing: Path) -> None:
    model = open_model(seeing, CPU)
    latents = model.encode(pictures())
    seen = {}
    for name, sources, prompts, drawn in (
        ("as it is", latents, PROMPTS, noise()),
        ("other source", latents.flip(0), PROMPTS, noise()),
        ("other text", latents, PROMPTS[::-1], noise()),
        ("other noise", latents, PROMPTS, noise().flip(0)),
    ):
        seen[name] = restyle(model, sources, prompts, drawn, 1.0, Sampling(4))
    first = seen.pop("as it is")
    assert first is not None
    for name, other in seen.items():
        assert other is not None and not torch.allclose(first, other, atol=1e-4), name


def test_less_strength_leaves_more_of_the_source(plain: Path) -> None:
    model = open_model(plain, CPU)
    latents = model.encode(pictures())
    left = []
    for strength in (0.2, 0.6, 1.0):
        made = restyle(model, latents, PROMPTS, noise(), strength, Sampling(10, 1.0))
        assert made is not None
        left.append(float((made - latents).square().mean()))
    assert left == sorted(left) and left[0] < 0.5 * left[-1]


def test_steps_are_seen_and_lead_to_the_picture(plain: Path) -> None:
    model = open_model(plain, CPU)
    latents = model.encode(pictures())
    steps = list(steps_of(model, latents, PROMPTS, noise(), 0.5, Sampling(10)))
    assert [(step.number, step.count, step.denoised.shape) for step in steps] == [
        (number, 5, (2, 4, 4, 4)) for number in range(1, 6)
    ]
    made = restyle(model, latents, PROMPTS, noise(), 0.5, Sampling(10))
    assert made is not None and torch.equal(steps[-1].latents, made)


def test_a_call_can_be_cancelled(plain: Path) -> None:
    model = open_model(plain, CPU)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == 3

    made = restyle(model, model.encode(pictures()), PROMPTS, noise(), 0.5, Sampling(10), cancelled=cancelled)
    assert made is None and len(asked) == 3
    steps = iter([Step(1, 1, noise(), noise())])
    assert last_latents(steps, lambda: True) is None and len(list(steps)) == 1, "asked before the first step"


@pytest.mark.parametrize("strength", [0.0, -1.0, 1.1, 0.01, float("nan")])
def test_a_strength_without_a_step_is_refused(plain: Path, strength: float) -> None:
    model = open_model(plain, CPU)
    with pytest.raises(Misuse, match="strength"):
        restyle(model, model.encode(pictures()), PROMPTS, noise(), strength, Sampling(10))


def test_strength_says_how_many_steps_are_taken_and_few_are_made_finer() -> None:
    def taken(steps: int, strength: float) -> tuple[int, int]:
        span = span_of(steps, strength)
        return span.steps - span.begin, span.steps

    assert [taken(10, strength) for strength in (0.3, 0.75, 1.0)] == [(3, 10), (7, 10), (10, 10)]
    assert [taken(6, strength) for strength in (0.1, 0.3, 0.4, 0.5)] == [(3, 30), (3, 12), (4, 12), (3, 6)]
    assert [taken(2, strength) for strength in (0.5, 1.0)] == [(2, 4), (2, 2)], "not more than asked"
    assert taken(6, 0.03) == (1, 48) and taken(60, 0.02) == (1, 60), "not without end"
    assert len({span_of(6, strength / 1000) for strength in range(200, 800)}) < 8, "pictures go together"


def test_a_weak_strength_is_not_too_much_for_latent_consistency(plain: Path) -> None:
    model = open_model(plain, CPU)
    made = restyle(model, model.encode(pictures()), PROMPTS, noise(), 0.05, Sampling(6, scheduler="lcm"))
    assert made is not None and made.isfinite().all()


@pytest.mark.parametrize("scheduler", ["ancestral", "lcm"])
def test_noise_that_a_scheduler_adds_at_each_step_is_the_pictures_own(tmp_path: Path, scheduler: str) -> None:
    model = open_model(write_model(tmp_path / "model", sees_source=False, scheduler=scheduler), CPU)
    latents = model.encode(pictures())
    both, again = (restyle(model, latents, PROMPTS, noise(), 0.6, Sampling(5)) for _ in range(2))
    assert both is not None and again is not None and torch.equal(both, again)
    alone = restyle(model, latents[1:], PROMPTS[1:], noise()[1:], 0.6, Sampling(5))
    assert alone is not None and torch.allclose(alone[0], both[1], atol=1e-3)
    other = restyle(model, latents, PROMPTS, noise().flip(0), 0.6, Sampling(5))
    assert other is not None and not torch.allclose(other, both, atol=1e-2)
