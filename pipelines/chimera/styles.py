"""Style codes: the bank of the training pictures', and maps that lay them over a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.float32]
Look = Literal["natural", "wild"]
LOOKS = ("natural", "wild")

GRID = 8  # side of a code map: furs meet softly over an eighth of the picture or more
FURS = 3  # codes in a random map
COARSE = 3  # side of the random grid between which they pass into each other
NATURAL = 0.5  # a training picture of this score or more lends its code to a natural look
SOFTNESS = 2.0  # of the borders between furs: less is softer
SPOT = 2.5  # size of spots, pixels at 64
NATURAL_SOFTNESS = 0.6  # of those of natural looks
CANDIDATES = 12  # from which each further fur of a map is chosen


@dataclass(frozen=True)
class StyleBank:
    """Codes of training pictures to draw from.

    Attributes:
        codes: (N, D).
        natural: (N,) in [0, 1]: whether the colours are those of a furred animal, in several tones.
    """

    codes: Codes
    natural: NDArray[np.float32]

    def draw(self, rng: np.random.Generator, count: int, look: str) -> Codes:
        """Return ``count`` codes (count, D).

        ``natural`` draws from natural pictures alone, and each further code is like one before: on one animal furs that
        differ look like patches. Otherwise each is unlike those before.
        """
        numbers = np.flatnonzero(self.natural >= NATURAL) if look == "natural" else np.arange(len(self.codes))
        if len(numbers) < count:
            numbers = np.arange(len(self.codes))
        drawn = self.codes[rng.choice(numbers, CANDIDATES * count, replace=len(numbers) < CANDIDATES * count)]
        chosen = [drawn[0]]
        for number in range(1, count):
            candidates = drawn[CANDIDATES * number : CANDIDATES * (number + 1)]
            apart = np.min([np.square(candidates - code).sum(axis=1) for code in chosen], axis=0)
            if look == "natural":
                apart = -np.where(apart > 0, apart, np.inf)  # alike, and not the same again
            chosen.append(candidates[int(apart.argmax())])
        return np.asarray(chosen, np.float32)


def random_map(bank: StyleBank, seed: int, index: int, look: str) -> Codes:
    """Return the code map of a seed's picture, (D, 8, 8): a few codes that pass softly into each other.

    Args:
        bank: to draw from.
        seed: of the visitor.
        index: number of the picture under this seed.
        look: ``natural`` or ``wild``.
    """
    rng = np.random.default_rng([seed, index])
    codes = bank.draw(rng, FURS, look)
    coarse = rng.normal(0, 1, (FURS, COARSE, COARSE)).astype(np.float32)
    fields = np.stack([cv2.resize(field, (GRID, GRID), interpolation=cv2.INTER_CUBIC) for field in coarse])
    softness = NATURAL_SOFTNESS if look == "natural" else SOFTNESS
    weights = np.exp(softness * 2 * (fields - fields.max(axis=0)))
    return np.asarray(np.einsum("fd,fhw->dhw", codes, weights / weights.sum(axis=0)), np.float32)


def uniform(code: Codes) -> Codes:
    """Return a map (D, 8, 8) of one code (D,)."""
    return np.broadcast_to(code[:, None, None], (len(code), GRID, GRID)).astype(np.float32)


def between(one: Codes, other: Codes, share: float) -> Codes:
    """Return the map ``share`` of the way from one to the other: 0 is the first."""
    return np.asarray((1 - share) * widened(one) + share * widened(other), np.float32)


def joined(one: Codes, other: Codes, where: NDArray[np.float32]) -> Codes:
    """Return two maps laid together: the second where ``where`` (h, w) in [0, 1] says so."""
    mask = cv2.resize(where.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA)
    first, second = (widened(codes) for codes in (one, other))
    return np.asarray((1 - mask) * first + mask * second, np.float32)


def widened(codes: Codes) -> Codes:
    """Return a map (D, h, w) as one of (D, 8, 8)."""
    if codes.shape[1:] == (GRID, GRID):
        return codes
    return np.stack([cv2.resize(plane, (GRID, GRID), interpolation=cv2.INTER_LINEAR) for plane in codes])


def around(x: float, y: float, reach: float) -> NDArray[np.float32]:
    """Return a soft disc (64, 64): where the second fur lies that begins at a click.

    Args:
        x: of the click, 0 left to 1 right.
        y: 0 top to 1 bottom.
        reach: radius at which the two furs are mixed half and half, as a share of the side.
    """
    ys, xs = (np.mgrid[0:64, 0:64].astype(np.float32) + 0.5) / 64
    distance = np.hypot(xs - x, ys - y)
    return np.asarray(1 / (1 + np.exp((distance - reach) * 14)), np.float32)


def natural_score(rgb: NDArray[np.float32], alpha: NDArray[np.float32]) -> float:
    """Return how much an animal's colours are those of a plain fur, 0 to 1.

    They are warm, in several tones, neither black nor white, without white patches and without spots: what is made of
    dense lines in the fur of a leopard or a dalmatian is all spots.

    Args:
        rgb: (H, W, 3) in [0, 1].
        alpha: (H, W) in [0, 1].
    """
    small, mask = (cv2.resize(x, (64, 64), interpolation=cv2.INTER_AREA) for x in (rgb, alpha))
    inside = mask > 0.8
    if float(inside.sum()) < 32:
        return 0.0
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    lightness, red, yellow = lab[inside].T
    chroma = np.hypot(red, yellow)
    warm = float(((yellow > 3) & (red > -3) & (red < yellow) & (chroma < 45)).mean())
    color = min(1.0, float(np.percentile(chroma, 75)) / 22)
    dark, middle, pale = (float(np.percentile(lightness, share)) for share in (10, 50, 90))
    tones = min(1.0, (pale - dark) / 40) * unit((65 - (pale - dark)) / 12)
    seen = unit((middle - 22) / 15) * unit((82 - pale) / 8)
    return warm * color * tones * seen * unit((8.5 - spottedness(lab[..., 0], inside)) / 2)


def spottedness(lightness: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """Return by how much lightness (H, W) differs from that of its surroundings, on average within a mask."""
    weight = inside.astype(np.float32)
    around, near = (cv2.GaussianBlur(x, (0, 0), SPOT) for x in (lightness * weight, weight))
    return float(np.abs(lightness - around / np.maximum(near, 1e-3))[inside].mean())


def unit(x: float) -> float:
    """Return a number cut to [0, 1]."""
    return min(1.0, max(0.0, x))
