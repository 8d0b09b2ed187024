"""How well colours are guessed, beside the real ones and beside staying grey."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from pipelines.colorize.color import CHROMA, greyed, spread, to_lab, to_rgb_bytes
from pipelines.colorize.config import Target
from pipelines.colorize.data import square
from pipelines.data.entries import Entry, Source
from pipelines.edges.cutouts import Floats
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.extractors import Extractor
from pipelines.metrics.means import means
from pipelines.metrics.pictures import Pixels, colorfulness, psnr, ssim
from pipelines.metrics.report import Reference

Guess = Callable[[Tensor], Tensor]


def evaluate_generator(
    guess: Guess,
    source: Source,
    entries: Sequence[Entry],
    *,
    size: int,
    target: Target,
    faithful: float,
    vivid: float,
    train: Sequence[Entry] = (),
    extractors: Sequence[Extractor] = (),
    progress: bool = False,
) -> dict[str, float]:
    """Colour the centre squares of held-out pictures and compare them with themselves.

    Args:
        guess: maps lightness (1, 1, S, S) in [-1, 1] to what the generator makes of it.
        source: where the pictures are.
        entries: the held-out pictures.
        size: side at which to compare, pixels.
        target: what ``guess`` makes.
        faithful: what the faithful setting multiplies chroma by.
        vivid: what the vivid one does.
        train: training pictures, best as many: for the floor and the ceiling of distances between distributions, which
            are left out where there are none.
        extractors: by which distributions are compared besides ``bundled_extractors``, none of which was in a
            loss of the generator.
        progress: show a progress bar.

    Returns:
        Means over pictures: ``psnr`` (dB), ``ssim`` and ``colorfulness`` of the faithful setting; the same with
        ``_vivid`` and, of a picture that stays grey, ``_grey``; ``colorfulness_real``; ``n``. With ``train`` also those
        of ``Reference.compare`` for the faithful setting, and ``kid_<name>_vivid`` and ``kid_<name>_grey``.
    """
    rows: list[dict[str, float]] = []
    pictures: dict[str, list[Pixels]] = {"_real": [], "": [], "_vivid": [], "_grey": []}
    for entry in tqdm(entries, desc="evaluating", disable=not progress, leave=False):
        real = square(source.load(entry), size)
        if spread(real) < 1:
            continue  # the centre of a coloured picture may be grey: nothing could come nearer than staying so
        chroma = chroma_of(guess, to_lab(real)[..., 0], target)
        row = {"colorfulness_real": colorfulness(real)}
        factors = {"": faithful, "_vivid": vivid}
        settings = {name: with_chroma(real, chroma * np.float32(factor)) for name, factor in factors.items()}
        pictures["_real"].append(real)
        for name, made in {**settings, "_grey": greyed(real)}.items():
            pictures[name].append(made)
            row |= {f"psnr{name}": psnr(made, real), f"ssim{name}": ssim(made, real)}
            row[f"colorfulness{name}"] = colorfulness(made)
        rows.append(row)
    if not rows:
        return {"n": 0.0}
    if not train:
        return means(rows)
    taught = [square(source.load(entry), size) for entry in train]
    reference = Reference(pictures["_real"], taught, [*bundled_extractors(), *extractors])
    others = {name: reference.distances(pictures[name], name) for name in ("_vivid", "_grey")}
    return {**reference.compare(pictures[""]), **others["_vivid"], **others["_grey"], **means(rows)}


def chroma_of(guess: Guess, lightness: Floats, target: Target) -> Floats:
    """Return the chroma (H, W, 2) that a generator guesses for a lightness (H, W), 0 to 100."""
    grey = torch.from_numpy(np.ascontiguousarray(lightness))[None, None] / 50 - 1
    made = guess(grey)[0].permute(1, 2, 0).numpy()
    if target == "ab":
        return np.asarray(made * CHROMA, np.float32)
    return to_lab(np.asarray(((made + 1) * 127.5).round().clip(0, 255), np.uint8))[..., 1:]


def with_chroma(pixels: Pixels, chroma: Floats) -> Pixels:
    """Return a picture with its own lightness and this chroma."""
    lab = to_lab(pixels)
    lab[..., 1:] = chroma
    return to_rgb_bytes(lab)
