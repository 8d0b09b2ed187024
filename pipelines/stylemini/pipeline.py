"""How the diffusion model is used: a picture and a text in, the picture drawn anew out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field
from torch import Tensor, nn

from pipelines.common.device import Placement
from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance
from pipelines.data.entries import Source
from pipelines.data.resident import square
from pipelines.diffusion.model import LatentModel
from pipelines.diffusion.opening import open_model
from pipelines.diffusion.sampling import Sampling, Step, last_latents, noise_of, span_of, steps_of
from pipelines.pipeline import Arguments, Cancelled, Pipeline, Result, check_seeds
from pipelines.stylemini.evaluation import evaluate_restyling
from pipelines.stylemini.usual import WITH_SOURCE, usual_of


class StyleMiniArguments(Arguments):
    """What a call takes; what is not set suits the model."""

    prompt: str = Field("oil painting style", max_length=300, description="the style, and what is on the picture")
    negative_prompt: str = Field(
        "", max_length=300, description="what it should not look like; guidance_scale must be over 1"
    )
    strength: float = Field(WITH_SOURCE["strength"], gt=0, le=1, description="how much is drawn anew")
    steps: int = Field(
        WITH_SOURCE["steps"], ge=1, le=100, description="from noise to picture; strength times as many are taken"
    )
    guidance_scale: float = Field(
        WITH_SOURCE["guidance_scale"], ge=1, le=20, description="how closely the text is followed"
    )
    image_guidance_scale: float = Field(
        1.0, ge=1, le=5, description="how closely the picture is kept; guidance_scale must be over 1"
    )
    scheduler: Literal["own", "ddim", "dpm++", "unipc", "lcm"] = Field("own", description="what takes the steps")
    shows_source: bool = Field(True, description="whether the network sees the picture; else strength alone keeps it")
    size: int | None = Field(None, ge=32, le=1024, multiple_of=32, description="side, pixels; the training's")

    def suiting(self, model: LatentModel) -> Self:
        """Return them with what was not set as it suits a model."""
        usual = usual_of(model)
        return self.model_copy(update={name: usual[name] for name in set(usual) - self.model_fields_set})

    def call(self) -> dict[str, Any]:
        """Return those that were set as the keyword arguments of a call: the others depend on the model."""
        return self.model_dump(exclude_unset=True)

    def sampling(self) -> Sampling:
        """Return how pictures are drawn."""
        scales = (self.guidance_scale, self.image_guidance_scale)
        scheduler = "" if self.scheduler == "own" else self.scheduler
        return Sampling(self.steps, *scales, self.negative_prompt, scheduler, self.shows_source)


@dataclass(frozen=True)
class Row:
    """Pictures drawn in one style, as they are after a step.

    Attributes:
        prompt: number of the style's text.
        step: number of the step, from 1 on.
        steps: their count.
        images: the pictures, as predicted or, after the last step, as they are.
        provenance: of each after the last step; empty before.
    """

    prompt: int
    step: int
    steps: int
    images: list[Image.Image]
    provenance: list[Provenance]


class Networks(nn.Module):
    """The networks of a latent model as one module, which is moved and frozen as one.

    Args:
        model: the model.
    """

    def __init__(self, model: LatentModel) -> None:
        super().__init__()
        self.vae, self.unet, self.text_encoder = model.vae, model.unet, model.text_encoder
        self.safety_checker = model.safety_checker
        self.model = model


class StyleMiniPipeline(Pipeline[Networks]):
    """Draw pictures anew in styles given by text.

    It opens any folder in Stable Diffusion's layout, of a network that sees the source (as StyleMini's) or not (as
    Stable Diffusion's own).

    Example:
        >>> pipe = StyleMiniPipeline.from_pretrained("stylemini")
        >>> pipe(Image.open("cat.jpg"), prompt="stained glass style", seed=1).images[0]
    """

    system = "stylemini"
    keeps_precision = True
    compares = False
    network_class = Networks
    arguments_class = StyleMiniArguments

    def __init__(self, network: Networks, placement: Placement, *origin: str) -> None:
        super().__init__(network, placement, *origin)
        self.model = self.network.model

    @classmethod
    def open_network(cls, folder: Path, placement: Placement) -> nn.Module:
        """Open a folder in Stable Diffusion's layout, on the device it stays on."""
        return Networks(open_model(folder, placement))

    def __call__(
        self,
        image: Image.Image,
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        **arguments: Any,
    ) -> Result:
        """Draw the middle square of a picture anew.

        Args:
            image: of any size.
            seed: 0 to 2**31 - 1; picture i depends on (seed, i) and the arguments alone.
            count: pictures, 1 to 16.
            first: number i of the first one.
            on_picture: called with number and picture as each is done.
            cancelled: called before each step; true ends the call with the pictures done so far.
            arguments: those of ``StyleMiniArguments``.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_seeds(seed, count, first)
        asked = StyleMiniArguments.parse(arguments).suiting(self.model)
        decoded = decode(image)
        latents = self.encode(square(decoded, asked.size or self.size)[None])

        def picture(index: int) -> Image.Image:
            made = self.restyle(latents, [asked.prompt], asked, seeds=[(seed, index)], cancelled=cancelled)
            if made is None:
                raise Cancelled
            return self.decode(made)[0]

        origin = self.made(decoded, dict(asked), seed=seed, index=first)
        options: dict[str, Any] = {"on_picture": on_picture, "cancelled": cancelled}
        return Result(*self.sample(picture, origin, count, **options))

    @property
    def sees_source(self) -> bool:
        """Whether the network sees the picture."""
        return self.model.sees_source

    @property
    def size(self) -> int:
        """Side of the training pictures, pixels."""
        return self.model.size

    def seen(self, image: Image.Image) -> Image.Image:
        """Return what is seen of a picture: its middle square, at the training's size."""
        return Image.fromarray(square(decode(image), self.size))

    def encode(self, pictures: NDArray[np.uint8]) -> Tensor:
        """Map pictures (B, S, S, 3) to latents (B, 4, S / 8, S / 8), as the autoencoder gives them."""
        return self.model.encode(pictures)

    def decode(self, latents: Tensor) -> list[Image.Image]:
        """Map latents to pictures."""
        return self.model.decode(latents)

    def restyle(
        self,
        latents: Tensor,
        prompts: Sequence[str],
        asked: StyleMiniArguments,
        *,
        seeds: Sequence[tuple[int, int]],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Tensor | None:
        """Draw latents anew as ``steps_of`` does, and return those it ends with; None where cancelled."""
        return last_latents(self.steps_of(latents, prompts, asked, seeds=seeds), cancelled)

    def steps_of(
        self,
        latents: Tensor,
        prompts: Sequence[str],
        asked: StyleMiniArguments,
        *,
        seeds: Sequence[tuple[int, int]],
    ) -> Iterator[Step]:
        """Draw latents anew, each as a text says and with noise of a seed and a number, and yield each step.

        Args:
            latents: (B, 4, h, w).
            prompts: B texts.
            asked: strength and how.
            seeds: B pairs.

        Raises:
            Misuse: a text longer than the model reads, or too few steps for the strength.
        """
        asked = asked.suiting(self.model)
        self.check_all(prompts, asked)
        noise = noise_of(latents.shape[1:], seeds)
        yield from steps_of(self.model, latents, prompts, noise, asked.strength, asked.sampling())

    def rows_of(
        self,
        images: Sequence[Image.Image],
        prompts: Sequence[str],
        asked: StyleMiniArguments,
        *,
        seed: int,
        every: int = 2,
    ) -> Iterator[Row]:
        """Draw pictures in several styles, a style at a time, and yield what is predicted every so many steps.

        Picture i has the noise of (seed, i) in every style, so that the styles can be compared. All take a step before
        any takes the next, and each alone: together they would be done a sixth sooner, but a picture rounds otherwise
        in a batch, and would not be the one that its provenance makes again.

        Args:
            images: of any size; their middle squares are drawn.
            prompts: a text for each style, in whose place ``asked.prompt`` is not read.
            asked: how.
            seed: 0 to 2**31 - 1.
            every: steps between predictions.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_seeds(seed, 1)
        asked = asked.suiting(self.model)
        self.check_all(prompts, asked)
        decoded = [decode(image) for image in images]
        latents = [self.encode_images([one], asked.size) for one in decoded]
        for number, prompt in enumerate(prompts):
            drawn = [self.steps_of(one, [prompt], asked, seeds=[(seed, i)]) for i, one in enumerate(latents)]
            for steps in zip(*drawn, strict=True):
                step = steps[0]
                if step.number == step.count:
                    call = {**dict(asked), "prompt": prompt}
                    made = [self.made(one, call, seed=seed, index=index) for index, one in enumerate(decoded)]
                    pictures = [self.decode(one.latents)[0] for one in steps]
                    yield Row(number, step.number, step.count, pictures, made)
                elif step.number % every == 0:
                    pictures = [self.decode(one.denoised)[0] for one in steps]
                    yield Row(number, step.number, step.count, pictures, [])

    def encode_images(self, images: Sequence[Image.Image], size: int | None = None) -> Tensor:
        """Map the middle squares of pictures to latents (B, 4, S / 8, S / 8)."""
        return self.encode(np.stack([square(decode(image), size or self.size) for image in images]))

    def check_all(self, prompts: Sequence[str], asked: StyleMiniArguments) -> None:
        """Raise ``Misuse`` before anything is made: a text that is too long, or no step for the strength."""
        for prompt in dict.fromkeys([*prompts, asked.negative_prompt]):
            self.check_prompt(prompt)
        span_of(asked.steps, asked.strength)

    def check_prompt(self, prompt: str) -> None:
        """Raise ``Misuse`` where a text has more tokens than the model reads."""
        most = int(self.model.tokenizer.model_max_length)
        if len(self.model.tokenizer(prompt, verbose=False).input_ids) > most:
            raise Misuse("prompt_too_long", allowed=most - 2)

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return what was seen of the input, then what became of it."""
        return [self.seen(image), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_restyling`` on a source's held-out pictures."""
        return evaluate_restyling(self, source, seed=seed, progress=progress)
