"""An animal's light and shade and its hues, and what becomes of either: evened out, softened, widened, deepened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.chimera.surroundings import COARSE, crowds, resized, surroundings
from pipelines.edges.cutouts import SIZE, Floats, straight

FINE_HUES = 2  # pixels at 256: a picture's own hues are as fine
BROAD_TONES, TONES = 0.1, 0.18  # standard deviations of lightness, over wide areas and whole: the training animals'
SMOOTH, SOFTENED = 1.8, 0.7  # pixels at 256: of what the relief of a thicket is blurred with; and how much of it goes
DEEP, MOST_DEEPENED = 0.37, 1.45  # mean lightness of furs that are not pale; largest exponent that leads there
RICH = 1.2  # times the hues


@dataclass(frozen=True)
class Tones:
    """An animal of side S, its colours no longer multiplied by alpha.

    Attributes:
        lightness: (S, S, 1), in [0, 1] or, where it was widened, a little beyond.
        hues: (S, S, 3), what the colours differ from it by.
        alpha: (S, S, 1) in [0, 1].
    """

    lightness: Floats
    hues: Floats
    alpha: Floats

    @classmethod
    def of(cls, rgba: Floats) -> Tones:
        """Return those of an animal (S, S, 4) in [0, 1], premultiplied."""
        colors = straight(rgba)
        lightness = np.asarray(cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)[..., None], np.float32)
        return cls(lightness, colors - lightness, rgba[..., 3:])

    def rgba(self) -> Floats:
        """Return the animal (S, S, 4), premultiplied, its colours brought into [0, 1]."""
        colors = np.clip((self.lightness + self.hues) * self.alpha, 0, self.alpha)
        return np.concatenate([colors, self.alpha], axis=2)

    @property
    def unit(self) -> float:
        """Side over 256: distances are given in pixels at that size."""
        return len(self.alpha) / SIZE


def lay_hues(tones: Tones, wanted: Floats, amount: float, kept: float) -> Tones:
    """Give an animal the fine hues of a picture, even out the rest, and leave its light and shade.

    What is made of crowded lines glares in many colours otherwise.

    Args:
        tones: of the animal.
        wanted: the picture, (H, W, 4) of any size, premultiplied in [0, 1].
        amount: 0 for none of its hues to 1 for these alone.
        kept: 0 to 1, how much stays of what a colour differs by, at equal lightness, from those around it.
    """
    around = surroundings(tones.hues, tones.alpha, COARSE * tones.unit)
    hues = around + kept * (tones.hues - around)
    if amount > 0:
        goal = Tones.of(resized(wanted, len(tones.alpha)))
        shared = np.minimum(tones.alpha, goal.alpha)
        fine = surroundings(goal.hues, shared, FINE_HUES * tones.unit)
        hues = hues + amount * shared / np.maximum(tones.alpha, 0.05) * (fine - hues)
    return replace(tones, hues=hues)


def soften_crowds(tones: Tones, lines: NDArray[np.uint8]) -> Tones:
    """Soften an animal where there are more lines than a pen draws: the generator makes a worm-like relief of them.

    Args:
        tones: of the animal.
        lines: (256, 256), 255 on a line.
    """
    crowded = crowds(lines, len(tones.alpha))
    if not crowded.any():
        return tones
    smooth = surroundings(tones.lightness, tones.alpha, SMOOTH * tones.unit)
    return replace(tones, lightness=tones.lightness + SOFTENED * crowded * (smooth - tones.lightness))


def widen_tones(tones: Tones) -> Tones:
    """Widen an animal's light and shade, broad and fine, to those of real animals, where they are narrower."""
    lightness, solid = tones.lightness, tones.alpha[..., 0] > 0.9
    if not solid.any():
        return tones
    broad = surroundings(lightness, tones.alpha, COARSE * tones.unit)
    widened = lightness + widening(broad[solid], BROAD_TONES, 1.8) * (broad - broad[solid].mean())
    widened = widened + widening(widened[solid], TONES, 1.5) * (widened - widened[solid].mean())
    return replace(tones, lightness=np.asarray(widened, np.float32))


def deepen(tones: Tones) -> Tones:
    """Darken a pale animal, its darks more than its lights, and make hues richer: on white paper they look faded."""
    lightness, solid = tones.lightness, tones.alpha[..., 0] > 0.9
    if not solid.any():
        return tones
    mean = min(max(float(lightness[solid].mean()), 0.05), 0.95)
    gamma = min(MOST_DEEPENED, max(1.0, float(np.log(DEEP) / np.log(mean))))
    deep = np.asarray(lightness.clip(0, 1) ** gamma, np.float32)
    rich = np.asarray(RICH * np.sqrt(deep / np.maximum(lightness, 0.05)), np.float32)
    return replace(tones, lightness=deep, hues=rich * tones.hues)


def widening(x: NDArray[np.float32], wanted: float, most: float) -> float:
    """Return by what share deviations from the mean must grow for this standard deviation, at most ``most`` times."""
    return min(most, max(1.0, wanted / max(float(x.std()), 1e-3))) - 1
