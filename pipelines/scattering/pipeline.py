"""How scattering is used: a picture from noise, or a picture restored from its own code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
import torch
from PIL import Image
from pydantic import Field
from torch import Tensor

from pipelines.common.errors import check_whole
from pipelines.common.images import decode
from pipelines.common.provenance import image_sha256
from pipelines.data.entries import Entry, Source
from pipelines.data.resident import to_unit
from pipelines.data.splits import spaced, split_source
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.report import compare_samples, hashes_of
from pipelines.nn.latents import slerp
from pipelines.pipeline import MAX_SEED, Arguments, Pipeline, Result, check_seeds
from pipelines.scattering.evaluation import gaussianity, l1_loss, reconstruction_metrics
from pipelines.scattering.networks import ScatteringModel
from pipelines.scattering.pictures import Pixels, as_rgb, square, to_pixels
from pipelines.scattering.report import CodeReport, read_report
from pipelines.scattering.sampling import decode_all, normal, normals

Component = Annotated[float, Field(ge=-4, le=4)]
EVALUATED = 2000  # pictures at most, of held-out ones, of training ones and of samples
BATCH = 50


class ScatteringArguments(Arguments):
    """What a call takes."""

    temperature: float = Field(1.0, ge=0, le=2, description="deviation of the codes that pictures are drawn from")
    noise: float = Field(0.0, ge=0, le=1, description="share of the taught noise that is added to a picture's code")
    toward: int | None = Field(None, ge=0, le=MAX_SEED, description="another seed, whose picture one goes to")
    share: float = Field(0.0, ge=0, le=1, description="of the way to the other seed's picture")
    components: tuple[Component, ...] = Field((), max_length=64, description="of the code, instead of its first ones")


class ScatteringPipeline(Pipeline[ScatteringModel]):
    """Draw pictures from noise, or restore a picture from its code.

    Example:
        >>> pipe = ScatteringPipeline.from_pretrained("scattering-adversarial")
        >>> pipe(seed=1, count=4).images[0].save("face.png")
        >>> pipe(Image.open("face.jpg")).images[0].save("restored.png")
    """

    system = "scattering"
    bundled = "scattering-adversarial"
    network_class = ScatteringModel
    arguments_class = ScatteringArguments
    needs_pictures = False
    cell = 64

    def __call__(
        self,
        image: Image.Image | None = None,
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        temperature: float = 1.0,
        noise: float = 0.0,
        toward: int | None = None,
        share: float = 0.0,
        components: Sequence[float] = (),
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Draw pictures from N(0, I), or restore one.

        Args:
            image: what to restore, of any size; its middle square is taken. None: pictures are drawn from noise.
            seed: 0 to 2**31 - 1; picture i depends on (seed, i) alone, and without an image or with noise only.
            count: of pictures, 1 to 16.
            first: number i of the first one.
            temperature: 0 to 2, the standard deviation of drawn codes; at 0 all pictures are the mean code's.
            noise: 0 to 1, of the noise that the decoder was taught with, added to the image's code.
            toward: another seed; picture i goes on the great circle to that seed's picture i.
            share: 0 to 1, of that way.
            components: of the code, in its standard deviations, -4 to 4, in place of its first ones; 64 at most.
            on_picture: called with number and picture as each is done.
            cancelled: called before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_seeds(seed, count, first)
        given = {"temperature": temperature, "noise": noise, "toward": toward, "share": share}
        arguments = ScatteringArguments.parse({**given, "components": tuple(components)})
        check_whole("components", len(components), 0, self.network.code.dim)
        decoded = None if image is None else decode(image)
        own = None if decoded is None else self.encode(decoded)

        def picture(index: int) -> Image.Image:
            drawn = normal(seed, index, self.network.code.dim)
            code = temperature * drawn if own is None else own + noise * self.noise_deviations * drawn
            if toward is not None:
                code = slerp(code, temperature * normal(toward, index, len(code)), share)
            chosen = torch.tensor(arguments.components)
            return self.decoded(torch.cat([chosen, code[len(chosen) :]]))

        recorded = arguments.model_dump(mode="json", exclude_defaults=True)
        origin = self.made(decoded, recorded, seed=seed, index=first)
        return Result(*self.sample(picture, origin, count, on_picture=on_picture, cancelled=cancelled))

    def morph(self, start: Image.Image | int, end: Image.Image | int, *, frames: int = 9) -> Result:
        """Go from one picture to another along the code.

        Args:
            start: a picture to restore, or a seed, whose first picture it is.
            end: likewise.
            frames: pictures from the one to the other, both included, 2 to 64.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_whole("frames", frames, 2, 64)
        ends = [one if isinstance(one, int) else decode(one) for one in (start, end)]
        for one in ends:
            if isinstance(one, int):
                check_seeds(one, 1)
        codes = [normal(one, 0, self.network.code.dim) if isinstance(one, int) else self.encode(one) for one in ends]
        arguments: dict[str, Any] = {"frames": frames}
        arguments |= {name: one for name, one in zip(("start", "end"), ends, strict=True) if isinstance(one, int)}
        pictures = {name: one for name, one in zip(("start", "end"), ends, strict=True) if not isinstance(one, int)}
        inputs = {name: image_sha256(one) for name, one in pictures.items()}
        shares = [number / (frames - 1) for number in range(frames)]
        origins = [self.made(None, {**arguments, "share": share}, other_inputs=inputs) for share in shares]
        return Result([self.decoded(slerp(codes[0], codes[1], share)) for share in shares], origins)

    @property
    def grey(self) -> bool:
        """Whether pictures have no colours."""
        return self.network.code.channels == 1

    @property
    def noise_deviations(self) -> Tensor:
        """The standard deviation of the noise that the decoder was taught with, (dim,), on the CPU."""
        return self.network.code.noise_deviations.cpu()

    def difference(self, image: Image.Image, restored: Image.Image) -> Image.Image:
        """Return where a restored picture differs from what was seen of the original: grey where it does not."""
        seen = np.asarray(self.seen(image), np.int16)
        return Image.fromarray(((np.asarray(restored, np.int16) - seen) // 2 + 128).astype(np.uint8))

    def seen(self, image: Image.Image) -> Image.Image:
        """Return what is seen of a picture: its middle square, small, grey where the model is."""
        code = self.network.code
        return Image.fromarray(as_rgb(square(decode(image), code.size, code.channels)[None])[0])

    def report(self) -> CodeReport | None:
        """Return what was found of the codes of held-out pictures, None where the weights tell nothing of it."""
        return None if self.folder is None else read_report(self.folder)

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
        return [self.seen(image), *result.images]

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
        noisy = codes + noise * self.noise_deviations
        taught = reconstruction_metrics(self.generate, self.codes(train), train)
        made = list(decode_all(self.generate, normals(seed + 1, *codes.shape)))
        real, seen = (list(as_rgb(part)) for part in (held_out, train))
        extractors = [*bundled_extractors(self.network.code.size), *self.extractors]
        return {
            **compare_samples(made, real, seen, extractors),
            **hashes_of(extractors),
            "l1": l1_loss(self.generate, noisy, held_out),
            **reconstruction_metrics(self.generate, codes, held_out),
            **{f"{name}_train": taught[name] for name in ("psnr", "ssim")},
            **gaussianity(noisy.numpy()),
        }

    def _pictures(self, source: Source, entries: Sequence[Entry]) -> Pixels:
        """Return pictures (N, C, S, S)."""
        code = self.network.code
        return np.stack([square(source.load(entry), code.size, code.channels) for entry in entries])
