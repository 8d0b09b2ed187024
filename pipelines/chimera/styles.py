"""Style codes: the bank of the training pictures', and maps that lay them over a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.float32]
Mask = NDArray[np.bool_]
Look = Literal["natural", "wild"]
LOOKS = ("natural", "wild")

GRID = 8  # side of a code map: furs meet softly over an eighth of the picture or more
FURS = 3  # codes in a random map
COARSE = 3  # side of the random grid between which they pass into each other
SOFTNESS = 2.0  # of the borders between furs: less is softer
SPOT = 2.5  # size of spots, pixels at 64
MOST_OF_ANOTHER = 0.8  # share of a second animal's codes at a place of a natural map
CANDIDATES = 12  # from which each further fur of a wild map is chosen


@dataclass(frozen=True)
class StyleBank:
    """Codes of training pictures to draw from.

    Attributes:
        codes: (N, D), one of each picture as a whole.
        places: (K, D, h, w), of the places of the most natural ones, within the animal's box.
        colors: (K, 3, h, w) in [0, 1], of these places.
    """

    codes: Codes
    places: Codes
    colors: NDArray[np.float32]

    def unlike(self, rng: np.random.Generator, count: int) -> Codes:
        """Return ``count`` codes (count, D), each of them, of a few, the one that is least like those before it."""
        many = CANDIDATES * count
        drawn = self.codes[rng.choice(len(self.codes), many, replace=len(self.codes) < many)]
        chosen = [drawn[0]]
        for number in range(1, count):
            candidates = drawn[CANDIDATES * number : CANDIDATES * (number + 1)]
            apart = np.min([np.square(candidates - code).sum(axis=1) for code in chosen], axis=0)
            chosen.append(candidates[int(apart.argmax())])
        return np.asarray(chosen, np.float32)


def random_map(bank: StyleBank, seed: int, index: int, look: str, inside: Mask | None = None) -> Codes:
    """Return the code map of a seed's picture, (D, 8, 8).

    ``natural`` lays the furs of one natural animal over the drawing, its head's where the drawing's head may be, with
    something of another's. ``wild`` lets a few unlike codes pass softly into each other; so does ``natural`` where no
    natural animal is known, as while training.

    Args:
        bank: to draw from.
        seed: of the visitor.
        index: number of the picture under this seed.
        look: ``natural`` or ``wild``.
        inside: (H, W), where the animal is to be; everywhere by default.
    """
    rng = np.random.default_rng([seed, index])
    if look == "natural" and len(bank.places):
        return of_animal(bank.places, rng, inside)
    codes = bank.unlike(rng, FURS)
    coarse = rng.normal(0, 1, (FURS, COARSE, COARSE)).astype(np.float32)
    fields = np.stack([cv2.resize(field, (GRID, GRID), interpolation=cv2.INTER_CUBIC) for field in coarse])
    weights = np.exp(SOFTNESS * 2 * (fields - fields.max(axis=0)))
    return np.asarray(np.einsum("fd,fhw->dhw", codes, weights / weights.sum(axis=0)), np.float32)


def natural_colors(bank: StyleBank, seed: int, index: int, inside: Mask) -> NDArray[np.float32]:
    """Return the colours, (3, 8, 8) in [0, 1], of the animal that ``random_map`` draws natural furs from."""
    return of_animal(bank.colors, np.random.default_rng([seed, index]), inside)


def of_animal(planes: NDArray[np.float32], rng: np.random.Generator, inside: Mask | None) -> NDArray[np.float32]:
    """Choose an animal, in places softly another, and lay their planes (K, C, h, w) over a drawing's box: (C, 8, 8)."""
    one, other = planes[rng.choice(len(planes), 2, replace=len(planes) < 2)]
    field = cv2.resize(rng.normal(0, 1, (2, 2)).astype(np.float32), planes.shape[2:], interpolation=cv2.INTER_CUBIC)
    share = MOST_OF_ANOTHER / (1 + np.exp(-SOFTNESS * field))
    laid = (1 - share) * one + share * other
    laid = laid[..., ::-1] if rng.random() < 0.5 else laid
    return laid_over(laid, np.ones((GRID, GRID), np.bool_) if inside is None else inside)


def laid_over(codes: Codes, inside: Mask) -> Codes:
    """Lay codes (D, h, w) over the box of a mask (H, W), and return them for the whole, (D, 8, 8)."""
    scales = []
    for axis, places in ((0, codes.shape[2]), (1, codes.shape[1])):
        there = np.flatnonzero(inside.any(axis=axis))
        low, high = (there[0], there[-1] + 1) if len(there) else (0, inside.shape[1 - axis])
        at = (np.arange(GRID) + 0.5) / GRID * inside.shape[1 - axis]
        scales.append(((at - low) / (high - low) * places - 0.5).clip(0, places - 1))
    xs, ys = (grid.astype(np.float32) for grid in np.meshgrid(*scales))
    planes = np.ascontiguousarray(codes, np.float32)
    return np.stack([cv2.remap(plane, xs, ys, cv2.INTER_LINEAR) for plane in planes])


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
    warm = float(((yellow > 3) & (red > yellow / 6) & (red < yellow) & (chroma < 50)).mean())
    color = min(1.0, float(np.percentile(chroma, 75)) / 22)
    dark, middle, pale = (float(np.percentile(lightness, share)) for share in (10, 50, 90))
    tones = min(1.0, (pale - dark) / 40) * unit((65 - (pale - dark)) / 12)
    seen = unit((middle - 22) / 15) * unit((82 - pale) / 8)
    return warm * color * tones * seen * unit((8.5 - spottedness(lab[..., 0], inside)) / 2)


def spottedness(lightness: NDArray[np.float32], inside: NDArray[np.bool_], size: float = SPOT) -> float:
    """Return by how much lightness (H, W) differs from that of its surroundings, on average within a mask.

    Args:
        lightness: 0 to 100.
        inside: the mask.
        size: of what counts, pixels.

    Returns:
        0 to 100; 0 where the mask is empty.
    """
    if not inside.any():
        return 0.0
    weight = inside.astype(np.float32)
    around, near = (cv2.GaussianBlur(x, (0, 0), size) for x in (lightness * weight, weight))
    return float(np.abs(lightness - around / np.maximum(near, 1e-3))[inside].mean())


def unit(x: float) -> float:
    """Return a number cut to [0, 1]."""
    return min(1.0, max(0.0, x))
