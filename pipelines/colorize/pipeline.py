"""How colorize is used: a grey picture in, the same picture in colour out, at its own size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import torch
from PIL import Image
from pydantic import Field
from torch import Tensor

from pipelines.colorize.color import has_color, to_lab, to_rgb_bytes
from pipelines.colorize.config import MULTIPLE
from pipelines.colorize.data import clean, square, unfit
from pipelines.colorize.evaluation import chroma_of, evaluate_generator
from pipelines.colorize.networks import ColorizeGenerator
from pipelines.colorize.upsampling import COARSE, GuidedChroma, resized, strips
from pipelines.common.errors import check_choice, check_range
from pipelines.common.images import decode, to_rgb
from pipelines.data.entries import Source
from pipelines.data.sources import unpaired
from pipelines.data.splits import spaced, split_source
from pipelines.edges.cutouts import Floats
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.pictures import Pixels
from pipelines.metrics.report import hashes_of
from pipelines.pipeline import Arguments, Pipeline, Result

SETTINGS = ("faithful", "vivid")
GUESSES = ("one", "averaged")
SCALES = (1.0, 1.25, 1.5)  # of the taught size, over which guesses are averaged
LONGEST = 4  # times the shorter side: longer pictures are squeezed for the guess
MAX_STRENGTH = 3.0
GRAIN = 2.0  # pixels of the coarse lightness; what is finer is grain of film or paper
NOTHING, SOMETHING = 2.0, 5.0  # lightness from the darkest to the lightest hundredth: blank paper; thick haze
LEAST_EVALUATED = 96  # shorter side, pixels, whatever the training's limit was: figures of all weights compare


@dataclass(frozen=True)
class ColorizeResult(Result):
    """What one call made: one picture in colour, at its own size; RGBA where it came with transparency.

    Attributes:
        had_color: whether the picture was coloured already; its own colours were then left out.
    """

    had_color: bool


class ColorizeArguments(Arguments):
    """What a call takes."""

    setting: Literal["faithful", "vivid"] = Field("faithful", description="chroma as guessed, or more of it")
    strength: float = Field(1.0, ge=0, le=MAX_STRENGTH, description="multiplies chroma besides; 0 gives grey")
    guesses: Literal["one", "averaged"] = Field("one", description="averaged over flips and scales: steadier, paler")


class ColorizePipeline(Pipeline[ColorizeGenerator]):
    """Guess a picture's colours; its lightness stays as it is, as far as sRGB has the colour at that lightness.

    Example:
        >>> pipe = ColorizePipeline.from_pretrained("colorize")
        >>> pipe(Image.open("grandmother.jpg"), setting="vivid").images[0].save("grandmother.png")
    """

    system = "colorize"
    network_class = ColorizeGenerator
    arguments_class = ColorizeArguments
    seeded = False
    suffix = "color"
    cell = 256

    @property
    def generator(self) -> ColorizeGenerator:
        """The network."""
        return self.network

    def __call__(
        self, image: Image.Image, *, setting: str = "faithful", strength: float = 1.0, guesses: str = "one"
    ) -> ColorizeResult:
        """Colour.

        Args:
            image: any size up to 50 megapixels and any mode; of a coloured one the grey version is used.
            setting: ``faithful``, chroma as guessed, or ``vivid``, more of it.
            strength: 0 to 3, multiplies chroma besides; 0 gives grey.
            guesses: ``one``, or ``averaged`` over flips and scales: steadier, paler, about ten times the guess's time.

        Raises:
            Misuse: an argument out of its range, or no usable picture.
        """
        check_choice("setting", setting, SETTINGS)
        check_range("strength", strength, 0.0, MAX_STRENGTH)
        check_choice("guesses", guesses, GUESSES)
        decoded = decode(image)
        pixels = np.asarray(decoded.convert("RGB"))
        seen = np.asarray(to_rgb(decoded))  # what is transparent is looked at as white
        coarse = to_lab(shrunk(seen, COARSE))[..., 0]
        chroma = self.chroma(coarse, averaged=guesses == "averaged")
        own = self.network.vivid if setting == "vivid" else self.network.faithful
        factor = np.float32(strength * own)
        guided = GuidedChroma(chroma * factor * seen_in(coarse), np.ascontiguousarray(coarse))
        made = np.empty_like(pixels)
        for rows in strips(*pixels.shape[:2]):
            lab = to_lab(pixels[rows])
            lab[..., 1:] = guided.rows(lab[..., 0], rows.start, pixels.shape[:2])
            made[rows] = to_rgb_bytes(lab)
        picture = Image.fromarray(made)
        if decoded.mode == "RGBA":
            picture.putalpha(decoded.getchannel("A"))
        arguments = {"setting": setting, "strength": strength, "guesses": guesses}
        return ColorizeResult([picture], [self.made(decoded, arguments)], has_color(shrunk(seen, 256)))

    def row(self, image: Image.Image, result: ColorizeResult) -> list[Image.Image]:
        """Return the input without its colours, what became of it, and the input as it came."""
        return [Image.fromarray(square(one, 256)) for one in (to_rgb(image).convert("L"), result.images[0], image)]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_generator`` on a source's held-out tenth, cleaned as for training."""
        photographs = unpaired(source)
        split = split_source(photographs, progress=progress)
        held_out = clean(photographs, split.held_out, min_side=LEAST_EVALUATED, progress=progress)
        options: dict[str, Any] = {
            name: getattr(self.network, name) for name in ("size", "target", "faithful", "vivid")
        }
        taught = spaced(split.train, len(split.held_out))  # before some are dropped, on both sides
        fit = [entry for entry in taught if unfit(photographs.load(entry), LEAST_EVALUATED) is None]
        options |= {"train": fit, "extractors": self.extractors, "progress": progress}
        metrics = evaluate_generator(self.guess, photographs, held_out.entries, **options)
        return {**metrics, **hashes_of([*bundled_extractors(), *self.extractors]), "size": self.network.size}

    def chroma(self, lightness: Floats, *, averaged: bool = False) -> Floats:
        """Return the chroma (h, w, 2) guessed for a lightness (H, W), 0 to 100.

        Args:
            lightness: the whole picture's, at any size of ``COARSE`` or so.
            averaged: take the mean over flips and scales.
        """
        shapes = dict.fromkeys(
            self._shape(lightness, self.network.size * scale) for scale in (SCALES if averaged else SCALES[:1])
        )
        found = [self._guess(lightness, *shape) for shape in shapes]
        if averaged:
            flipped = np.ascontiguousarray(lightness[:, ::-1])
            found += [np.ascontiguousarray(self._guess(flipped, *shape)[:, ::-1]) for shape in shapes]
        height, width = found[-1].shape[:2]
        return np.asarray(np.mean([resized(one, width, height) for one in found], axis=0), np.float32)

    def _shape(self, lightness: Floats, side: float) -> tuple[int, int]:
        """Return width and height for the generator: the shorter about this long, both multiples it takes."""
        height, width = lightness.shape
        sides = (min(side * length / min(height, width), LONGEST * side) for length in (width, height))
        across, down = (max(MULTIPLE, math.floor(length / MULTIPLE + 0.5) * MULTIPLE) for length in sides)
        return across, down

    def _guess(self, lightness: Floats, across: int, down: int) -> Floats:
        """Guess at this size."""
        return chroma_of(self.guess, resized(lightness, across, down), self.network.target)

    def guess(self, grey: Tensor) -> Tensor:
        """Run the generator on lightness (1, 1, H, W) in [-1, 1]."""
        with torch.inference_mode(), self.placement.autocast():
            moved = grey.to(self.placement.device, memory_format=torch.channels_last)
            made: Tensor = self.network(moved)
        return made.float().cpu()


def seen_in(lightness: Floats) -> np.float32:
    """Return how much there is to be seen in a lightness (H, W), 0 to 100: 0 in blank paper, 1 in a photograph.

    A guess from nothing is the mean of what was taught, which is brown.
    """
    calm = cv2.GaussianBlur(lightness, (0, 0), GRAIN)
    low, high = np.quantile(calm, (0.01, 0.99))
    return np.float32(np.clip((high - low - NOTHING) / (SOMETHING - NOTHING), 0.0, 1.0))


def shrunk(pixels: Pixels, shorter: int) -> Pixels:
    """Return a picture whose shorter side is at most that long, and whose longer one bounded too."""
    height, width = pixels.shape[:2]
    scale = min(shorter / min(height, width), 2 * LONGEST * shorter / max(height, width))
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
