"""How scattering is used: a picture from noise, or a picture restored from its own code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image
from pydantic import Field
from torch import Tensor

from pipelines.common.errors import check_range
from pipelines.common.images import decode
from pipelines.data.resident import to_unit
from pipelines.data.sources import Entry, Source
from pipelines.data.splits import spaced, split_source
from pipelines.metrics.pretrained import efficientnet_lite0
from pipelines.metrics.report import compare_samples
from pipelines.pipeline import Arguments, Pipeline, Result, check_seeds
from pipelines.scattering.evaluation import gaussianity, l1_loss, reconstruction_metrics
from pipelines.scattering.networks import ScatteringModel
from pipelines.scattering.pictures import Pixels, as_rgb, square, to_pixels
from pipelines.scattering.sampling import decode_all, normal, normals
from pipelines.weights import hub

BUNDLED = "scattering-ssgm"
EVALUATED = 2000  # pictures at most, of held-out ones, of training ones and of samples
BATCH = 50


class ScatteringArguments(Arguments):
    """What a call takes."""

    noise: float = Field(0.0, ge=0, le=1, description="share of the taught noise that is added to a picture's code")


class ScatteringPipeline(Pipeline[ScatteringModel]):
    """Draw pictures from noise, or restore a picture from its code.

    Example:
        >>> pipe = ScatteringPipeline.from_pretrained("scattering-ssgm")
        >>> pipe(seed=1, count=4).images[0].save("face.png")
        >>> pipe(Image.open("face.jpg")).images[0].save("restored.png")
    """

    system = "scattering"
    network_class = ScatteringModel
    arguments_class = ScatteringArguments
    needs_pictures = False
    cell = 64

    @classmethod
    def from_pretrained(cls, name: str | Path | None = None, device_name: str = "auto") -> Self:
        """Open weights: by default those that were promoted, else ``scattering-ssgm``; otherwise as every pipeline."""
        if name is None and hub.live_folder(cls.system) is None:
            name = BUNDLED
        return super().from_pretrained(name, device_name)

    def __call__(
        self,
        image: Image.Image | None = None,
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        noise: float = 0.0,
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Draw pictures from N(0, I), or restore one.

        Args:
            image: what to restore, of any size; its middle square is taken. None: pictures are drawn from noise.
            seed: 0 to 2**31 - 1; picture i depends on (seed, i) alone, and without an image or with noise only.
            count: of pictures, 1 to 16.
            first: number i of the first one.
            noise: 0 to 1, of the noise that the decoder was taught with, added to the image's code.
            on_picture: called with number and picture as each is done.
            cancelled: called before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_seeds(seed, count, first)
        check_range("noise", noise, 0.0, 1.0)
        decoded = None if image is None else decode(image)
        code = None if decoded is None else self.encode(decoded)
        deviations = noise * self.network.code.noise_deviations.cpu()

        def picture(index: int) -> Image.Image:
            drawn = normal(seed, index, self.network.code.dim)
            return self.decoded(drawn if code is None else code + deviations * drawn)

        origin = self.made(decoded, {"noise": noise}, seed=seed, index=first)
        return Result(*self.sample(picture, origin, count, on_picture=on_picture, cancelled=cancelled))

    def encode(self, image: Image.Image) -> Tensor:
        """Return the code (dim,) of a picture's middle square, without noise, on the CPU."""
        return self.codes(square(image, self.network.code.size, self.network.code.channels)[None])[0]

    def decoded(self, code: Tensor) -> Image.Image:
        """Return the picture of a code (dim,), RGB."""
        return Image.fromarray(to_pixels(self.generate(code[None]))[0])

    def generate(self, codes: Tensor) -> Tensor:
        """Run the decoder: codes (B, dim) to (B, C, S, S) in [-1, 1], float32 on the CPU."""
        with torch.inference_mode(), self.placement.autocast():
            made: Tensor = self.network.decoder(codes.to(self.placement.device))
        return made.float().cpu()

    def codes(self, pictures: Pixels) -> Tensor:
        """Run the encoder: bytes (N, C, S, S) to codes (N, dim) without noise, float32 on the CPU."""
        with torch.inference_mode():
            batches = torch.split(torch.from_numpy(pictures), BATCH)
            return torch.cat([self.network.code(to_unit(batch.to(self.placement.device))).cpu() for batch in batches])

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return what was seen of the input, then what became of it."""
        shown = as_rgb(square(image, self.network.code.size, self.network.code.channels)[None])[0]
        return [Image.fromarray(shown), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Measure reconstructions, samples and codes of at most 2,000 pictures of each part of a source.

        Returns:
            ``l1``, the test loss, with the noise that the decoder was taught with; ``psnr`` and ``ssim`` of held-out
            pictures, the same with ``_train``; the metrics of ``compare_samples`` of as many samples; those of
            ``gaussianity`` of the held-out codes with their noise; ``n``.
        """
        split = split_source(source, progress=progress)
        held_out, train = (self._pictures(source, spaced(part, EVALUATED)) for part in (split.held_out, split.train))
        codes = self.codes(held_out)
        noise = normals(seed, *codes.shape)
        noisy = codes + noise * self.network.code.noise_deviations.cpu()
        taught = reconstruction_metrics(self.generate, self.codes(train), train)
        made = list(decode_all(self.generate, normals(seed + 1, *codes.shape)))
        real, seen = (list(as_rgb(part)) for part in (held_out, train))
        return {
            **compare_samples(made, real, seen, [efficientnet_lite0()]),
            "l1": l1_loss(self.generate, noisy, held_out),
            **reconstruction_metrics(self.generate, codes, held_out),
            **{f"{name}_train": taught[name] for name in ("psnr", "ssim")},
            **gaussianity(noisy.numpy()),
        }

    def _pictures(self, source: Source, entries: Sequence[Entry]) -> Pixels:
        """Return pictures (N, C, S, S)."""
        code = self.network.code
        return np.stack([square(source.load(entry), code.size, code.channels) for entry in entries])
