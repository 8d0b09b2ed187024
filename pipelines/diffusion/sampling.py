"""From latents and texts to latents: noise is added as far as wanted, and taken away step by step."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pipelines.common.errors import Misuse
from pipelines.diffusion.model import LatentModel

FEWEST_STEPS = 3  # that show a style
MOST_PARTED = 50  # steps into which the way from noise is parted unasked; latent consistency has as many


@dataclass(frozen=True)
class Sampling:
    """How a picture is drawn from noise.

    Attributes:
        steps: from pure noise to the picture; ``span_of`` says how many are taken at a strength.
        guidance_scale: how far away from what the network says without the text (Ho and Salimans, Classifier-free
            diffusion guidance, 2022); at 1 it is asked with the text alone. A latent consistency model is told it.
        image_guidance_scale: likewise of the source, where the network sees it and ``guidance_scale`` is over 1.
        negative_prompt: what is said instead of nothing, where it is asked without the text.
        scheduler: name of ``SCHEDULERS``; the model's own where it is empty.
        shows_source: whether the network sees the source, where it can; else ``strength`` alone keeps the picture.
    """

    steps: int = 6
    guidance_scale: float = 2.0
    image_guidance_scale: float = 1.0
    negative_prompt: str = ""
    scheduler: str = ""
    shows_source: bool = True


def draw_noise(shape: Sequence[int], seed: int) -> Tensor:
    """Return standard normal numbers (1, *shape), the same for a seed on every machine."""
    return torch.randn((1, *shape), generator=torch.Generator().manual_seed(seed))


def noise_of(shape: Sequence[int], keys: Sequence[Sequence[int]]) -> Tensor:
    """Return noise (B, *shape), each picture's a function of its key, such as a seed and a number."""
    return torch.cat([draw_noise(shape, int(np.random.default_rng(key).integers(2**63 - 1))) for key in keys])


@dataclass(frozen=True, order=True)
class Span:
    """The steps that img2img takes (Meng et al., SDEdit, 2022).

    Attributes:
        steps: from pure noise to the picture.
        begin: how many of them are left out, the first ones.
    """

    steps: int
    begin: int


def span_of(steps: int, strength: float) -> Span:
    """Return the steps to take: a share of those asked, as large as ``strength``.

    Where that leaves fewer than ``FEWEST_STEPS``, the way from noise to the picture is parted into twice as many steps,
    or three times and so on. Multiples keep the pictures of many strengths in few batches.

    Raises:
        Misuse: no step is left.
    """
    fewest, parts = min(FEWEST_STEPS, steps), 1
    while int(parts * steps * strength) < fewest and (parts + 1) * steps <= MOST_PARTED:
        parts += 1
    finer = parts * steps
    taken = min(int(finer * strength), finer)
    if not taken:
        low = f"{math.ceil(100 / finer) / 100:.2f}"
        raise Misuse("strength_too_small", given=f"{strength:g}", steps=steps, low=low)
    return Span(finer, finer - taken)


@dataclass(frozen=True)
class Step:
    """What one step has led to, on the CPU in float32.

    Attributes:
        number: of the step, from 1 on.
        count: of all steps.
        latents: (B, 4, h, w).
        denoised: likewise, what the latents are at the end by what the network predicts now; the latents where the
            scheduler does not tell.
    """

    number: int
    count: int
    latents: Tensor
    denoised: Tensor


@torch.inference_mode()
def steps_of(
    model: LatentModel,
    sources: Tensor,
    prompts: Sequence[str],
    noise: Tensor,
    strength: float,
    sampling: Sampling,
) -> Iterator[Step]:
    """Draw pictures anew as texts say, and yield each step; the last one's latents are the pictures'.

    Where ``span_of`` makes them no finer, the steps are those of diffusers' ``StableDiffusionImg2ImgPipeline`` or,
    where the network sees the source, of ``StableDiffusionInstructPix2PixPipeline`` (Brooks et al., 2023, equation 3),
    which lets no part of the source's own noise-free latents in at strength 1.

    Args:
        model: the model.
        sources: latents (B, 4, h, w) of what is drawn anew.
        prompts: B texts.
        noise: (B, 4, h, w), standard normal.
        strength: in (0, 1], how much noise is added first.
        sampling: how.

    Raises:
        Misuse: ``strength`` is out of its range, or too small for a single step.
    """
    if not 0 < strength <= 1:
        raise Misuse("argument_out_of_range", name="strength", low="over 0", high=1, given=strength)
    span = span_of(sampling.steps, strength)
    scheduler = model.new_scheduler(span.steps, sampling.scheduler)
    timesteps = scheduler.timesteps[span.begin * scheduler.order :]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(span.begin * scheduler.order)
    place: dict[str, Any] = {"device": model.device, "dtype": model.dtype}
    sources, noise = sources.to(**place), noise.to(**place)
    if model.sees_source and strength == 1:
        latents = noise * scheduler.init_noise_sigma
    else:
        latents = scheduler.add_noise(sources * model.factor, noise, timesteps[:1].repeat(len(sources)))
    guided = Guided(model, sources, prompts, sampling)
    chance = {"generator": generators_of(noise)} if "generator" in signature(scheduler.step).parameters else {}
    for number, timestep in enumerate(timesteps, 1):
        found = guided(scheduler.scale_model_input(latents, timestep), timestep)
        after = scheduler.step(found, timestep, latents, **chance)
        latents = after.prev_sample
        shown = (latents, denoised_of(scheduler, after))
        unscaled = [(one / model.factor).float().cpu() for one in shown]
        yield Step(number, len(timesteps), *unscaled)


def denoised_of(scheduler: Any, after: Any) -> Tensor:
    """Return what a scheduler's step takes for the picture at the end."""
    for name in ("pred_original_sample", "denoised"):  # as DDIM and Euler call it, and latent consistency
        found: Tensor | None = getattr(after, name, None)
        if found is not None:
            return found
    settings = scheduler.config
    if settings.get("predict_x0") or "++" in str(settings.get("algorithm_type")):  # UniPC, DPM-Solver++
        last: Tensor = scheduler.model_outputs[-1]
        return last
    latents: Tensor = after.prev_sample
    return latents


def generators_of(noise: Tensor) -> list[torch.Generator]:
    """Return what schedulers that add noise at every step draw from: for each picture a function of its first noise."""
    digests = [hashlib.sha256(one.float().cpu().numpy().tobytes()).digest() for one in noise]
    return [torch.Generator().manual_seed(int.from_bytes(digest[:7])) for digest in digests]


def restyle(
    model: LatentModel,
    sources: Tensor,
    prompts: Sequence[str],
    noise: Tensor,
    strength: float,
    sampling: Sampling,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Tensor | None:
    """Return the latents (B, 4, h, w) that ``steps_of`` ends with; None where it was cancelled before."""
    return last_latents(steps_of(model, sources, prompts, noise, strength, sampling), cancelled)


def last_latents(steps: Iterator[Step], cancelled: Callable[[], bool] = lambda: False) -> Tensor | None:
    """Take all steps, and return the last one's latents; None where it was cancelled, which is asked before each."""
    made = None
    while not cancelled():
        step = next(steps, None)
        if step is None:
            return made
        made = step.latents
    return None


class Guided:
    """What the network predicts, away from what it would without the text and without the source.

    A network with an input for the guidance (Luo et al., Latent consistency models, 2023, section 4.2) is told how far
    away instead, and asked once.

    Args:
        model: the model.
        sources: latents (B, 4, h, w).
        prompts: B texts.
        sampling: how far away.
    """

    def __init__(self, model: LatentModel, sources: Tensor, prompts: Sequence[str], sampling: Sampling) -> None:
        self.model, self.sampling = model, sampling
        self.told = model.guidance_embedding(sampling.guidance_scale, len(prompts))
        asked_twice = sampling.guidance_scale > 1 and self.told is None
        self.guided = asked_twice and (not model.sees_source or sampling.image_guidance_scale >= 1)
        if not sampling.shows_source:
            sources = torch.zeros_like(sources)  # as the training does now and then
        text = model.encode_text(prompts)
        shown = [sources] if model.sees_source else []
        if self.guided:
            unsaid = model.encode_text([sampling.negative_prompt] * len(prompts))
            text = torch.cat([text, unsaid, unsaid] if model.sees_source else [unsaid, text])
            shown = [sources, sources, torch.zeros_like(sources)] if model.sees_source else []
        self.text = text
        self.shown = torch.cat(shown) if shown else None

    def __call__(self, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return what the network predicts of latents (B, 4, h, w)."""
        given = torch.cat([latents] * (len(self.text) // len(latents)))
        if self.shown is not None:
            given = torch.cat([given, self.shown], dim=1)
        told: dict[str, Any] = {"encoder_hidden_states": self.text, "timestep_cond": self.told}
        found: Tensor = self.model.unet(given, timestep, **told, return_dict=False)[0]
        if not self.guided:
            return found
        if self.shown is None:
            without, text = found.chunk(2)
            return without + self.sampling.guidance_scale * (text - without)
        text, source, without = found.chunk(3)
        return (
            without
            + self.sampling.guidance_scale * (text - source)
            + self.sampling.image_guidance_scale * (source - without)
        )
