"""Pairs of edges and picture, made from cut-out animals while training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.data.entries import Entry, Source
from pipelines.data.examples import Examples
from pipelines.edges.cutouts import SIZE, WHITE, Floats, compose, cutout, random_move, to_bytes, warp, within
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, without_specks
from pipelines.edges.maps import read_map
from pipelines.edges.pens import leave_gaps, with_border, wobble
from pipelines.pix2pix.config import Direction

STATISTICS_DIM = 8


@dataclass(frozen=True)
class Pair:
    """One example: lines and the picture they came from.

    Attributes:
        lines: (H, W), 255 on a line.
        picture: (H, W, 3) in [0, 1].
        alpha: (H, W) in [0, 1], 1 on the animal.
        background: (3,) in [0, 1].
    """

    lines: Lines
    picture: Floats
    alpha: Floats
    background: Floats


class Pix2PixData(Examples):
    """Pairs as training examples.

    Args:
        source: where the pictures are.
        entries: which of them.
        size: side of the examples, pixels.
        seed: of the augmentation.
        white: probability of a white background; otherwise any plain colour.
        direction: what is the condition and what is to be made.
        whitening: how color statistics become a noise vector.
        maps: folder of line maps, from which half of the examples' lines are drawn; none: auto-canny draws all.
    """

    def __init__(
        self,
        source: Source,
        entries: Sequence[Entry],
        *,
        size: int,
        seed: int,
        white: float,
        direction: Direction,
        whitening: Whitening,
        maps: Path | None = None,
    ) -> None:
        super().__init__(source, entries, size=size, seed=seed)
        self.white, self.direction, self.whitening, self.maps = white, direction, whitening, maps

    def example(self, number: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return ``source`` (C, S, S), ``target`` (C', S, S), ``noise`` (D,) and ``background`` (3,)."""
        entry = self.entries[number]
        image = self.source.load(entry)
        if self.source.paired:
            pair = split_pair(image, self.direction, flip=rng.random() < 0.5)
        else:
            found = None if self.maps is None else read_map(self.maps, entry)
            pair = training_pair(image, rng, white=self.white, found=found)
        lines = lines_to_tensor(pair.lines, self.size)
        picture = torch.from_numpy(at_size(pair.picture, self.size)).permute(2, 0, 1).contiguous() * 2 - 1
        forward = self.direction == "edges_to_picture"
        return {
            "source": lines if forward else picture,
            "target": picture if forward else lines * 2 - 1,
            "noise": torch.from_numpy(self.whitening(color_statistics(pair.picture, pair.alpha))),
            "background": torch.from_numpy(pair.background) * 2 - 1,
        }


def training_pair(image: Image.Image, rng: np.random.Generator, *, white: float, found: Floats | None = None) -> Pair:
    """Compose one augmented example: moved, turned, mirrored, on a background, its lines drawn at a random detail.

    Args:
        image: a cut-out, or a whole picture.
        rng: of every choice.
        white: probability of a white background.
        found: the picture's line map (256, 256) in [0, 1]; where given, it draws the lines of half the examples.
    """
    move = random_move(rng)
    rgba = warp(cutout(image), move)
    background = WHITE if rng.random() < white else rng.uniform(0, 1, 3).astype(np.float32)
    picture = compose(rgba, background)
    least = int(rng.integers(6, 40))
    if found is not None and rng.random() < 0.5:
        lines = lines_of_map(warp(found, move) * within(rgba[..., 3]), float(rng.uniform(0.03, 0.25)), least)
    else:
        blur, sensitivity = float(rng.choice([0.0, 1.0, 1.6, 2.4, 3.2])), float(rng.uniform(0.25, 0.75))
        lines = without_specks(auto_canny(to_bytes(picture), sensitivity, blur=blur), least)
    lines = with_border(lines, rgba[..., 3])
    if rng.random() < 0.5:
        lines = wobble(lines, rng)
    if rng.random() < 0.5:
        lines = leave_gaps(lines, rng)
    return Pair(lines, picture, rgba[..., 3], background)


def held_out_pair(image: Image.Image) -> Pair:
    """Compose one example for evaluation: as it is, on white, with lines of a drawing's detail."""
    rgba = cutout(image)
    picture = compose(rgba, WHITE)
    lines = with_border(without_specks(auto_canny(to_bytes(picture), 0.5, blur=1.6), 12), rgba[..., 3])
    return Pair(lines, picture, rgba[..., 3], WHITE)


def join_pair(pair: Pair, size: int, direction: Direction) -> Image.Image:
    """Return lines and picture side by side, condition left and target right, as pix2pix's data sets are kept."""
    lines = Image.fromarray(pair.lines).convert("RGB").resize((size, size), Image.Resampling.BOX)
    picture = Image.fromarray(to_bytes(pair.picture)).resize((size, size), Image.Resampling.LANCZOS)
    halves = (lines, picture) if direction == "edges_to_picture" else (picture, lines)
    sheet = Image.new("RGB", (2 * size, size))
    for number, half in enumerate(halves):
        sheet.paste(half, (number * size, 0))
    return sheet


def split_pair(image: Image.Image, direction: Direction, *, flip: bool = False) -> Pair:
    """Undo ``join_pair``; the background is what the corners show."""
    half = image.width // 2
    halves = [image.crop((start, 0, start + half, image.height)) for start in (0, half)]
    left, right = halves if direction == "edges_to_picture" else halves[::-1]
    lines = np.asarray(left.convert("L").resize((SIZE, SIZE), Image.Resampling.BOX), np.uint8)
    picture = np.asarray(right.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS), np.float32) / 255
    if flip:
        lines, picture = lines[:, ::-1], picture[:, ::-1]
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]]
    background = np.median(corners, axis=0).astype(np.float32)
    alpha = (np.abs(picture - background).max(axis=2) > 0.06).astype(np.float32)
    return Pair(np.ascontiguousarray(lines), np.ascontiguousarray(picture), alpha, background)


def load_pair(source: Source, entry: Entry, direction: Direction = "edges_to_picture") -> Pair:
    """Return a picture of a source as a pair, without augmentation."""
    image = source.load(entry)
    return split_pair(image, direction) if source.paired else held_out_pair(image)


def at_size(pixels: NDArray[Any], size: int) -> NDArray[Any]:
    """Return a square picture or map averaged down to this side."""
    return pixels if len(pixels) == size else cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)


def lines_to_tensor(lines: Lines, size: int) -> Tensor:
    """Return (1, size, size) in [0, 1]; a smaller size is averaged, so that a thin line fades and does not vanish."""
    return torch.from_numpy(at_size(lines, size).astype(np.float32) / 255)[None]


def color_statistics(picture: Floats, alpha: Floats) -> Floats:
    """Return what lines cannot tell of a picture's colours: eight numbers.

    Mean and standard deviation of L, a and b over the animal, how L falls from top to bottom, and how it differs
    between the inner and the outer part.
    """
    lab = cv2.cvtColor(cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)
    mask = cv2.resize(alpha, (64, 64), interpolation=cv2.INTER_AREA) > 0.9
    if mask.sum() < 16:
        mask = np.ones_like(mask)
    inside = lab[mask] / 100
    rows = np.nonzero(mask)[0].astype(np.float32) / 64
    fall = float(np.cov(rows, inside[:, 0])[0, 1]) * 10
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)[mask]
    inner = depth > np.median(depth)
    core = float(inside[inner, 0].mean() - inside[~inner, 0].mean()) if 0 < inner.sum() < inner.size else 0.0
    return np.concatenate([inside.mean(axis=0), inside.std(axis=0), [fall, core]]).astype(np.float32)


@dataclass(frozen=True)
class Whitening:
    """The affine map that gives color statistics zero mean and unit covariance: N(0, I) can stand in for them.

    With it the noise vector of training is a picture's own statistics, the fixed-encoder form of BicycleGAN's
    conditional VAE branch (Zhu et al., 2017): the L1 loss need not average over colours the lines leave open, and a
    seed stands for some.
    """

    mean: Floats
    matrix: Floats

    def __call__(self, value: Floats) -> Floats:
        """Map color statistics (8,) to a noise vector (8,), bounded to 3 standard deviations."""
        return np.clip((value - self.mean) @ self.matrix, -3, 3).astype(np.float32)


def fit_whitening(source: Source, entries: Sequence[Entry], direction: Direction, most: int = 800) -> Whitening:
    """Fit the whitening to evenly spaced training pictures."""
    pairs = (load_pair(source, entry, direction) for entry in entries[:: max(1, len(entries) // most)])
    values = np.stack([color_statistics(pair.picture, pair.alpha) for pair in pairs])
    covariance = np.cov(values.T) if len(values) > 1 else np.zeros((STATISTICS_DIM, STATISTICS_DIM))
    variances, axes = np.linalg.eigh(covariance + 1e-6 * np.eye(STATISTICS_DIM))
    return Whitening(values.mean(axis=0), (axes / np.sqrt(variances)).astype(np.float32))
