"""How pix2pix is used: a picture or a drawing in, animals that never were out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch
from PIL import Image
from pydantic import Field
from torch import Tensor

from pipelines.common import device
from pipelines.common.backgrounds import parse_color
from pipelines.common.errors import Misuse, check_choice
from pipelines.common.images import decode
from pipelines.data.entries import Source
from pipelines.data.splits import spaced, split_source
from pipelines.edges.cutouts import SIZE
from pipelines.edges.finding import MAX_SIDE, Edges, find_edges
from pipelines.edges.pipeline import EdgesPipeline, EdgesResult
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.report import hashes_of
from pipelines.pipeline import Arguments, check_seeds
from pipelines.pix2pix.data import at_size, lines_to_tensor
from pipelines.pix2pix.evaluation import evaluate_generator, noise_for, tensor_to_pixels
from pipelines.pix2pix.networks import Pix2PixGenerator

DETECTORS = ("learned", "canny")


class Pix2PixArguments(Arguments):
    """What a call takes, as the command line gives it."""

    kind: Literal["auto", "drawing", "photo"] = Field("auto", description="what the input is taken for")
    sensitivity: float = Field(0.5, ge=0, le=1, description="more finds more edges")
    detector: Literal["learned", "canny"] = Field("learned", description="what finds a photograph's edges")
    background: str = Field("#ffffff", description="plain colour around the animal, #rrggbb")


class Pix2PixPipeline(EdgesPipeline[Pix2PixGenerator]):
    """Turn the edges of a drawing or a photograph into an animal.

    Raises:
        Misuse: the network does not map edges to pictures.

    Example:
        >>> pipe = Pix2PixPipeline.from_pretrained("pix2pix")
        >>> result = pipe(Image.open("griffin.png"), seed=7, count=4)
        >>> result.images[0].save("griffin-7.png")
    """

    system = "pix2pix"
    network_class = Pix2PixGenerator
    arguments_class = Pix2PixArguments

    def __init__(
        self, network: Pix2PixGenerator, placement: device.Placement, weights: str = "", weights_sha256: str = ""
    ) -> None:
        if (network.in_channels, network.out_channels) != (1, 3):
            raise Misuse("weights_mismatch", name=weights, detail="it was not taught to paint edges")
        super().__init__(network, placement, weights, weights_sha256)

    def __call__(
        self,
        image: Image.Image,
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        kind: str = "auto",
        sensitivity: float = 0.5,
        detector: str = "learned",
        background: str = "#ffffff",
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> EdgesResult:
        """Make animals.

        Args:
            image: drawing or photograph, any size and mode.
            seed: 0 to 2**31 - 1; picture i depends on (seed, i) alone, whatever ``count`` is.
            count: pictures to make, 1 to 16.
            first: number i of the first one.
            kind: ``auto``, ``drawing`` or ``photo``: how lines are found.
            sensitivity: 0 to 1; more finds more lines.
            detector: ``learned`` or ``canny``: what looks for the lines of a photograph.
            background: plain colour around the animal, ``#rrggbb``.
            on_picture: called with number and picture as each is done.
            cancelled: called before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no lines in the picture.
        """
        check_seeds(seed, count, first)
        color = torch.tensor([parse_color(background)]) / 127.5 - 1
        decoded = decode(image, max_side=MAX_SIDE)
        edges = self.read(decoded, kind=kind, sensitivity=sensitivity, detector=detector)
        edges.check()
        source = lines_to_tensor(edges.lines, self.size)[None]

        def picture(index: int) -> Image.Image:
            # One at a time: a convolution may round otherwise in a batch, and a seed must mean one picture.
            noise = noise_for(seed, index, self.network.noise_dim)[None]
            return Image.fromarray(tensor_to_pixels(self.generate(source, noise, color)[0]))

        arguments = {"kind": kind, "sensitivity": sensitivity, "detector": detector, "background": background}
        origin = self.made(decoded, arguments, seed=seed, index=first, other_weights=self.digests(edges))
        made = self.sample(picture, origin, count, on_picture=on_picture, cancelled=cancelled)
        return EdgesResult(*made, Image.fromarray(at_size(edges.lines, self.size)), edges.kind)

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_generator`` on the held-out tenth of a source, at the weights' own size."""
        split = split_source(source, progress=progress)
        train = spaced(split.train, len(split.held_out))
        options: dict[str, Any] = {"size": self.size, "noise_dim": self.network.noise_dim, "seed": seed}
        options |= {"extractors": self.extractors, "progress": progress}
        metrics = evaluate_generator(self.generate, source, split.held_out, train, **options)
        return {**metrics, **hashes_of([*bundled_extractors(), *self.extractors]), "size": self.size}

    def read(
        self, image: Image.Image, *, kind: str = "auto", sensitivity: float = 0.5, detector: str = "learned"
    ) -> Edges:
        """Return the lines that a call would use, if there are any; the arguments are the call's.

        They are found at 256 pixels, and averaged down for a smaller network, as those are that it was taught with.

        Raises:
            Misuse: an argument out of its range.
        """
        check_choice("detector", detector, DETECTORS)
        learned = self.learned_lines if detector == "learned" else None
        return find_edges(image, SIZE, kind=kind, sensitivity=sensitivity, detector=learned)

    def generate(self, source: Tensor, noise: Tensor, background: Tensor) -> Tensor:
        """Run the network.

        Args:
            source: (B, 1, S, S) in [0, 1], 1 on a line.
            noise: (B, D), N(0, I).
            background: (B, 3) in [-1, 1].

        Returns:
            (B, 3, S, S) in [-1, 1], float32 on the CPU.
        """
        where = self.placement.device
        lines = source.to(where, memory_format=torch.channels_last)
        with torch.inference_mode(), self.placement.autocast():
            made: Tensor = self.network(lines, noise.to(where), background.to(where))
        return made.float().cpu()
