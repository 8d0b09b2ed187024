"""How pix2pix is used: a picture or a drawing in, animals that never were out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image, ImageOps
from pydantic import Field
from torch import Tensor

from pipelines.common import device
from pipelines.common.errors import Misuse, check_choice, check_range
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance
from pipelines.data.sources import Source
from pipelines.data.splits import split_source
from pipelines.edges.finding import Edges, Kind, find_edges
from pipelines.edges.learned import LearnedLines
from pipelines.pipeline import MAX_COUNT, MAX_SEED, Arguments, Pipeline, Result
from pipelines.pix2pix.data import lines_to_tensor
from pipelines.pix2pix.evaluation import evaluate_generator, noise_for, tensor_to_pixels
from pipelines.pix2pix.networks import Pix2PixGenerator

MAX_SIDE = 1024  # larger pictures are reduced first: their lines are found at half of this or less
LINE_PIXELS_NEEDED = 8
DETECTORS = ("learned", "canny")


@dataclass(frozen=True)
class Pix2PixResult:
    """What one call made.

    Attributes:
        images: the animals, RGB, square.
        edges: the lines they were painted from, white on black.
        kind: whether the input was taken for a drawing or a photograph.
        provenance: how each picture was made, in the order of ``images``.
    """

    images: list[Image.Image]
    edges: Image.Image
    kind: Kind
    provenance: list[Provenance]


class Pix2PixArguments(Arguments):
    """What a call takes, as the command line gives it."""

    kind: Literal["auto", "drawing", "photo"] = Field("auto", description="what the input is taken for")
    sensitivity: float = Field(0.5, ge=0, le=1, description="more finds more edges")
    detector: Literal["learned", "canny"] = Field("learned", description="what finds a photograph's edges")
    background: str = Field("#ffffff", description="plain colour around the animal, #rrggbb")


class Pix2PixPipeline(Pipeline[Pix2PixGenerator]):
    """Paint the edges of a drawing or a photograph as an animal.

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
        self.generator = self.network
        self.learned_lines = LearnedLines(placement)

    @property
    def size(self) -> int:
        """Side of the pictures it makes, pixels."""
        return self.generator.size

    def find_edges(
        self, image: Image.Image, *, kind: str = "auto", sensitivity: float = 0.5, detector: str = "learned"
    ) -> Edges:
        """Return the lines that a call with these arguments would paint.

        Raises:
            Misuse: an argument out of its range.
        """
        check_choice("detector", detector, DETECTORS)
        learned = self.learned_lines if detector == "learned" else None
        return find_edges(image, self.size, kind=kind, sensitivity=sensitivity, detector=learned)

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
    ) -> Pix2PixResult:
        """Paint.

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
            cancelled: asked before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no lines in the picture.
        """
        check_range("seed", seed, 0, MAX_SEED)
        check_range("count", count, 1, MAX_COUNT)
        check_range("first", first, 0, MAX_SEED)
        color = parse_color(background)
        decoded = decode(image, max_side=MAX_SIDE)
        edges = self.find_edges(decoded, kind=kind, sensitivity=sensitivity, detector=detector)
        if int((edges.lines > 0).sum()) < LINE_PIXELS_NEEDED:
            raise Misuse("drawing_empty" if edges.kind == "drawing" else "edges_empty")
        arguments = {"kind": kind, "sensitivity": sensitivity, "detector": detector, "background": background}
        learned = edges.kind == "photo" and detector == "learned"
        others = self.learned_lines.digests if learned else {}
        images: list[Image.Image] = []
        provenance: list[Provenance] = []
        source = lines_to_tensor(edges.lines, self.size)[None]
        for index in range(first, first + count):
            if cancelled():
                break
            picture = self._paint(source, noise_for(seed, index, self.generator.noise_dim)[None], color)
            images.append(picture)
            provenance.append(self.made(decoded, arguments, seed=seed, index=index, other_weights=others))
            if on_picture is not None:
                on_picture(index, picture)
        return Pix2PixResult(images, Image.fromarray(edges.lines), edges.kind, provenance)

    def apply(self, image: Image.Image, arguments: Arguments, *, seed: int, count: int) -> Pix2PixResult:
        """Paint with arguments as the command line gives them."""
        return self(image, seed=seed, count=count, **arguments.model_dump())

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return the edges beside what was painted from them."""
        assert isinstance(result, Pix2PixResult)
        return [ImageOps.invert(result.edges), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_generator`` on the held-out tenth of a source, at the weights' own size."""
        held_out = split_source(source, progress=progress).held_out
        options: dict[str, Any] = {"size": self.size, "noise_dim": self.generator.noise_dim, "seed": seed}
        metrics = evaluate_generator(self.paint, source, held_out, progress=progress, **options)
        return {**metrics, "size": self.size}

    def paint(self, source: Tensor, noise: Tensor, background: Tensor) -> Tensor:
        """Run the network.

        Args:
            source: (B, 1, S, S) in [0, 1], 1 on a line.
            noise: (B, D), N(0, I).
            background: (B, 3) in [-1, 1].

        Returns:
            (B, 3, S, S) in [-1, 1], float32 on the CPU.
        """
        where = self.placement.device
        with torch.inference_mode(), self.placement.autocast():
            painted: Tensor = self.generator(
                source.to(where, memory_format=torch.channels_last), noise.to(where), background.to(where)
            )
        return painted.float().cpu()

    def _paint(self, source: Tensor, noise: Tensor, background: Tensor) -> Image.Image:
        # One picture at a time: a convolution may round otherwise in a batch, and a seed must mean one picture.
        return Image.fromarray(tensor_to_pixels(self.paint(source, noise, background)[0]))


def parse_color(text: str) -> Tensor:
    """Return (1, 3) in [-1, 1] from ``#rrggbb``.

    Raises:
        Misuse: not such a colour.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(text)):
        raise Misuse("color_unknown", given=text)
    values = np.frombuffer(bytes.fromhex(text[1:]), np.uint8).astype(np.float32)
    return torch.from_numpy(values / 127.5 - 1)[None]
