"""Pictures from the buffer's latents, in styles given by text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

import numpy as np
from PIL import Image
from torch import Tensor

from pipelines.common.errors import Misuse
from pipelines.diffusion.model import LatentModel
from pipelines.diffusion.sampling import Sampling, Span, noise_of, restyle, span_of

BATCH = 16


@dataclass(frozen=True)
class Replayed:
    """A picture drawn from a latent.

    Attributes:
        image: the picture.
        number: of the latent in what was given.
        prompt: the text that it was drawn with.
        strength: how much was drawn anew.
        copy: which of the latent's pictures.
        latents_sha256: digest of the latent, in half precision as the buffer has it.
    """

    image: Image.Image
    number: int
    prompt: str
    strength: float
    copy: int
    latents_sha256: str


@dataclass(frozen=True, order=True)
class Plan:
    """What chance has decided of a picture.

    Attributes:
        span: the steps that it takes.
        number: of the latent.
        copy: which of its pictures.
        prompt: the text.
        strength: how much is drawn anew.
    """

    span: Span
    number: int
    copy: int
    prompt: str
    strength: float


@dataclass(frozen=True)
class Replayer:
    """Draws pictures from latents, each with a text of a list and a strength of a range, by chance.

    The noise of a picture is ``noise_of`` (seed, number of the latent, number of the copy, 1).

    The published work draws a strength once a call; here each picture has its own.

    Attributes:
        model: any latent diffusion model whose autoencoder made the latents.
        prompts: the texts.
        strengths: the least and the largest.
        sampling: how.
        batch: pictures at a time, at most.
    """

    model: LatentModel
    prompts: Sequence[str]
    strengths: tuple[float, float] = (0.3, 0.8)
    sampling: Sampling = field(default_factory=Sampling)
    batch: int = BATCH

    def __post_init__(self) -> None:
        low, high = self.strengths
        if not self.prompts:
            raise Misuse("argument_out_of_range", name="prompts", low=1, high="any number", given=0)
        if not 0 < low <= high <= 1:
            raise Misuse("argument_out_of_range", name="strengths", low="over 0", high=1, given=self.strengths)
        span_of(self.sampling.steps, low)

    def draw(
        self, latents: Tensor, *, seed: int, copies: int = 1, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Replayed]:
        """Yield ``copies`` pictures of each latent, batch after batch; those of the same steps go together.

        Args:
            latents: (N, C, h, w).
            seed: of texts, strengths and noise; a picture depends on it, the latent's number and the copy's. In another
                batch it may round otherwise, by one level of 255 in a few pixels.
            copies: pictures of each latent (``gen_class_num`` of the published work).
            cancelled: asked before each step; true ends the call.
        """
        plans = sorted(self.plan(seed, number, copy) for number in range(len(latents)) for copy in range(copies))
        for _, together in groupby(plans, key=lambda plan: plan.span):
            for batch in batched(together, self.batch):
                made = self._drawn(latents, batch, seed, cancelled)
                if made is None:
                    return
                for plan, image in zip(batch, self.model.decode(made), strict=True):
                    digest = hashlib.sha256(latents[plan.number].half().cpu().numpy().tobytes()).hexdigest()
                    yield Replayed(image, plan.number, plan.prompt, plan.strength, plan.copy, digest)

    def plan(self, seed: int, number: int, copy: int) -> Plan:
        """Draw text and strength of a picture."""
        rng = np.random.default_rng((seed, number, copy))
        prompt, strength = self.prompts[int(rng.integers(len(self.prompts)))], float(rng.uniform(*self.strengths))
        return Plan(span_of(self.sampling.steps, strength), number, copy, prompt, strength)

    def _drawn(self, latents: Tensor, plans: Sequence[Plan], seed: int, cancelled: Callable[[], bool]) -> Tensor | None:
        noise = noise_of(latents.shape[1:], [(seed, plan.number, plan.copy, 1) for plan in plans])
        sources = latents[[plan.number for plan in plans]]
        prompts = [plan.prompt for plan in plans]
        # All take the same steps, whatever their strengths are.
        return restyle(self.model, sources, prompts, noise, plans[0].strength, self.sampling, cancelled=cancelled)


def batched(plans: Iterable[Plan], size: int) -> Iterator[Sequence[Plan]]:
    """Yield plans so many at a time."""
    left = iter(plans)
    while part := list(islice(left, size)):
        yield part
