"""How BigGAN is used: classes in, pictures of them out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from pydantic import Field, field_validator
from torch import Tensor

from pipelines.biggan.evaluation import evaluate_samples, open_reference
from pipelines.biggan.networks import BigGANGenerator
from pipelines.biggan.objective import SIZE, relabelled
from pipelines.biggan.sampling import class_sheet, draw, noise_for, sample
from pipelines.common.device import Placement
from pipelines.common.errors import check_choice, check_range, check_whole
from pipelines.common.files import file_name
from pipelines.common.provenance import Provenance
from pipelines.data.entries import Source
from pipelines.data.resident import load_resident, to_bytes
from pipelines.data.splits import spaced, split_source
from pipelines.data.superclasses import SUPERCLASSES
from pipelines.metrics.path_length import ppl_vgg
from pipelines.nn.latents import slerp
from pipelines.nn.spectral import fold_spectral_norms
from pipelines.pipeline import Arguments, Pipeline, Result, check_seeds

EVALUATED = 5000  # held-out pictures at most, and samples: as many as a Frechet distance needs
PATHS = 1000  # of the perceptual path length, at most


class BigGANArguments(Arguments):
    """What a call takes."""

    classes: tuple[str, ...] = Field((), description="names, as fish,trees; none: all of them")
    truncation: float | None = Field(None, ge=0.01, le=4, description="bound of the noise: less is safer, more alike")

    @field_validator("classes", mode="before")
    @classmethod
    def split_names(cls, given: Any) -> Any:
        """Take names with commas between them for a list."""
        return [name.strip() for name in str(given).split(",")] if isinstance(given, str | int) else given

    @field_validator("classes")
    @classmethod
    def name_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Draw a class once that is named twice."""
        return tuple(dict.fromkeys(names))


class BigGANPipeline(Pipeline[BigGANGenerator]):
    """Draw pictures of classes.

    Example:
        >>> pipe = BigGANPipeline.from_pretrained("biggan")
        >>> pipe(["fish", "trees"], seed=1, count=4).images[0].save("fish.png")
    """

    system = "biggan"
    network_class = BigGANGenerator
    arguments_class = BigGANArguments
    takes_pictures = False
    cell = 64

    def __init__(self, network: BigGANGenerator, placement: Placement, *origin: str) -> None:
        super().__init__(network, placement, *origin)
        fold_spectral_norms(self.network)

    def __call__(
        self,
        classes: Sequence[str] = (),
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        truncation: float | None = None,
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Draw pictures, 32 x 32.

        Args:
            classes: names; all of them by default.
            seed: 0 to 2**31 - 1; picture i of a class depends on (seed, i) alone; its noise is the same in every class.
            count: pictures of each class, 1 to 16.
            first: number i of the first one.
            truncation: noise beyond this is drawn anew, 0.01 to 4 (Brock et al., 2019, section 3.1).
            on_picture: called with number and picture as each is done.
            cancelled: called before each class; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no such class.
        """
        check_seeds(seed, count, first)
        if truncation is not None:
            check_range("truncation", truncation, 0.01, 4.0)
        classes = tuple(dict.fromkeys(classes))
        for name in classes:
            check_choice("classes", name, self.network.classes)
        images, provenance = [], []
        for name in classes or self.network.classes:
            if cancelled():
                break
            labels = [self.network.classes.index(name)] * count
            origin = self.made(None, {"classes": [name], "truncation": truncation}, seed=seed, index=first)
            made = sample(
                self.generate, labels, self.network.noise_dim, seed=seed, first=first, truncation=truncation, batch=1
            )
            for number, picture in enumerate(made):
                images.append(Image.fromarray(picture))
                provenance.append(replace(origin, index=first + number))
                if on_picture is not None:
                    on_picture(len(images) - 1, images[-1])
        return Result(images, provenance)

    def morph(
        self, start: tuple[str, int], end: tuple[str, int], *, frames: int = 9, truncation: float | None = None
    ) -> Result:
        """Go from the first picture of a class and a seed to that of another class, another seed, or both.

        Noise goes along the great circle, gains and shifts of the classes in proportion (Brock et al., 2019, figure 8).

        Args:
            start: class and seed.
            end: likewise.
            frames: pictures from the one to the other, both included, 2 to 64.
            truncation: as in a call.

        Raises:
            Misuse: an argument out of its range, or no such class.
        """
        check_whole("frames", frames, 2, 64)
        ends = [self._point(name, seed, truncation) for name, seed in (start, end)]
        (noise, share), (other_noise, other_share) = ends
        arguments = {"start": list(start), "end": list(end), "frames": frames, "truncation": truncation}
        ways = [number / (frames - 1) for number in range(frames)]
        images = [self._drawn(slerp(noise, other_noise, way), torch.lerp(share, other_share, way)) for way in ways]
        return Result(images, [self.made(None, {**arguments, "share": way}) for way in ways])

    def walk(self, name: str, *, seed: int, truncations: Sequence[float]) -> Result:
        """Draw the first picture of a class and a seed at several truncations: the same draws, bounded otherwise.

        Raises:
            Misuse: an argument out of its range, or no such class.
        """
        points = [self._point(name, seed, truncation) for truncation in truncations]
        origins = [self.made(None, {"classes": [name], "truncation": bound}, seed=seed) for bound in truncations]
        return Result([self._drawn(*point) for point in points], origins)

    def _point(self, name: str, seed: int, truncation: float | None) -> tuple[Tensor, Tensor]:
        """Return the noise of a seed's first picture, and all for one class of the shares (classes,)."""
        check_choice("classes", name, self.network.classes)
        check_seeds(seed, 1)
        if truncation is not None:
            check_range("truncation", truncation, 0.01, 4.0)
        share = torch.zeros(len(self.network.classes))
        share[self.network.classes.index(name)] = 1.0
        return noise_for(seed, 0, self.network.noise_dim, truncation), share

    def _drawn(self, noise: Tensor, share: Tensor) -> Image.Image:
        return Image.fromarray(to_bytes(self.generate(noise[None], share[None]))[0])

    def sheet(self, columns: int, rows: int, arguments: Arguments, *, seed: int) -> tuple[Image.Image, Provenance]:
        """Draw a row of pictures of each of the first classes, or of those that are named.

        Raises:
            Misuse: more rows than classes.
        """
        chosen = arguments.call()
        classes = list(chosen["classes"] or self.network.classes)
        check_whole("rows", rows, 1, len(classes))
        for name in classes:
            check_choice("classes", name, self.network.classes)
        labels = [self.network.classes.index(name) for name in classes[:rows] for _ in range(columns)]
        noise = [noise_for(seed, number, self.network.noise_dim, chosen["truncation"]) for number in range(columns)]
        made = draw(self.generate, torch.stack(noise * rows), labels, batch=1)
        origin = self.made(None, {**chosen, "classes": classes[:rows], "count": columns}, seed=seed)
        return class_sheet(made, columns), origin

    def generate(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Run the network.

        Args:
            noise: (B, noise_dim).
            labels: class numbers (B,), or each class's share (B, classes).

        Returns:
            (B, 3, 32, 32) in [-1, 1], float32 on the CPU.
        """
        where = self.placement.device
        with torch.inference_mode(), self.placement.autocast():
            made: Tensor = self.network(noise.to(where), labels.to(where))
        return made.float().cpu()

    def stem(self, origin: Provenance) -> str:
        """Return the class, as a file may be called."""
        return file_name(str(origin.arguments["classes"][0]))

    def rows(self, image: Image.Image | None, result: Result) -> list[list[Image.Image]]:
        """Return a row for each class."""
        by_class: dict[str, list[Image.Image]] = {}
        for picture, origin in zip(result.images, result.provenance, strict=True):
            by_class.setdefault(str(origin.arguments["classes"][0]), []).append(picture)
        return list(by_class.values())

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_samples``, and the extractors' digests; of at most 5,000 held-out pictures.

        As many samples of each class are made as pictures of it are held out. ``ppl_vgg`` is ``path_length`` over as
        many paths, at most 1,000.
        """
        superclasses = set(self.network.classes) <= set(SUPERCLASSES)
        split = split_source(source, progress=progress)
        held_out = relabelled(split.held_out, superclasses)
        data = load_resident(source, spaced(held_out, EVALUATED), SIZE, classes=self.network.classes)
        train = load_resident(source, spaced(split.train, len(data)), SIZE)
        made = sample(self.generate, data.labels.tolist(), self.network.noise_dim, seed=seed)
        parts = data.pictures, train.pictures
        real, trained = (np.ascontiguousarray(part.permute(0, 2, 3, 1).numpy()) for part in parts)
        labels = data.labels.tolist()
        classes = self.network.classes
        reference = open_reference(real, trained, classes, self.extractors, labels)

        paths = {"ppl_vgg": self.path_length(seed=seed, samples=min(PATHS, len(data)))}
        return evaluate_samples(made, labels, classes, reference) | paths | reference.hashes()

    def path_length(self, *, seed: int, samples: int) -> float:
        """Return the perceptual path length (Karras et al., 2019) by VGG features, the classes in turn.

        In float32 on the CPU, whatever the network draws in: half precision would round its small steps away.
        """
        network, classes = copy.deepcopy(self.network).to("cpu", torch.float32), len(self.network.classes)

        def drawn(noise: Tensor) -> Tensor:
            made: Tensor = network(noise, torch.arange(len(noise)) % classes)
            return made

        batch = classes * -(-16 // classes)  # each begins with the first class
        return ppl_vgg(drawn, network.noise_dim, seed=seed, samples=samples, batch=batch)
