"""How well a generator makes pictures of held-out edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from pipelines.data.entries import Entry, Source
from pipelines.edges.cutouts import to_bytes
from pipelines.edges.finding import auto_canny
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.extractors import Extractor
from pipelines.metrics.lines import edge_f1
from pipelines.metrics.means import means
from pipelines.metrics.pictures import mean_l1, ssim
from pipelines.metrics.report import compare_samples
from pipelines.pix2pix.data import Pair, lines_to_tensor, load_pair

Generate = Callable[[Tensor, Tensor, Tensor], Tensor]


def evaluate_generator(
    generate: Generate,
    source: Source,
    entries: Sequence[Entry],
    train: Sequence[Entry],
    *,
    size: int,
    noise_dim: int,
    seed: int,
    extractors: Sequence[Extractor] = (),
    progress: bool = False,
) -> dict[str, float]:
    """Compare what a generator makes with the pictures the edges came from.

    Args:
        generate: maps edges (1, 1, S, S), noise (1, D) and background (1, 3) to pictures (1, 3, S, S) in [-1, 1].
        source: where the held-out pictures are.
        entries: the held-out pictures.
        train: training ones, best as many, for the distances' floor and ceiling.
        size: side at which to compare, pixels.
        noise_dim: length of the noise vector.
        seed: picture i is made from the noise of (seed, i).
        extractors: by which distributions are compared besides ``bundled_extractors``, of which EfficientNet-Lite0 may
            teach a generator.
        progress: show a progress bar.

    Returns:
        ``l1`` (0 to 1), ``ssim``, ``edge_f1`` between the lines given and auto-canny's of the picture made,
        ``edge_f1_real`` the same for the real picture, ``diversity`` (mean L1 between two seeds),
        the metrics of ``compare_samples``, and, so that neither can be gamed, ``edge_f1_lines`` and
        ``kid_<name>_lines`` of the lines themselves, black on the background; ``n``.
    """
    rows, pictures = [], []
    for number, entry in enumerate(tqdm(entries, desc="evaluating", disable=not progress, leave=False)):
        pair = load_pair(source, entry)
        made, other = (generate_pair(generate, pair, size, noise_for(seed + k, number, noise_dim)) for k in (0, 1))
        real = tensor_to_pixels(resized(pair, size))
        lines = (lines_to_tensor(pair.lines, size)[0].numpy() > 0.2).astype(np.uint8) * np.uint8(255)
        copied = np.where(lines[..., None] > 0, 0, to_bytes(pair.background)).astype(np.uint8)
        agreement = {"": made, "_real": real, "_lines": copied}
        rows.append(
            {"l1": mean_l1(made, real), "ssim": ssim(made, real), "diversity": mean_l1(made, other)}
            | {f"edge_f1{name}": edge_f1(auto_canny(pixels), lines) for name, pixels in agreement.items()}
        )
        pictures.append((made, real, copied))
    metrics = means(rows)
    if len(rows) > 1:  # one picture has no distribution
        made_ones, real_ones, copies = zip(*pictures, strict=True)
        seen = [tensor_to_pixels(resized(load_pair(source, entry), size)) for entry in train]
        through = [*bundled_extractors(), *extractors]
        taught = {"efficientnet_lite0"}
        metrics |= compare_samples(made_ones, real_ones, seen, through, taught_by=taught, lines=copies)
    return metrics


def generate_pair(generate: Generate, pair: Pair, size: int, noise: Tensor) -> NDArray[np.uint8]:
    """Make a picture (S, S, 3) of a pair's lines on its background."""
    background = torch.from_numpy(pair.background)[None] * 2 - 1
    return tensor_to_pixels(generate(lines_to_tensor(pair.lines, size)[None], noise[None], background)[0])


def resized(pair: Pair, size: int) -> Tensor:
    """Return a pair's picture as (3, size, size) in [-1, 1]."""
    picture = torch.from_numpy(to_bytes(pair.picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
    return F.interpolate(picture, size=(size, size), mode="area")[0]


def tensor_to_pixels(picture: Tensor) -> NDArray[np.uint8]:
    """Return (H, W, 3) bytes from (3, H, W) in [-1, 1]."""
    scaled = ((picture.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(scaled.permute(1, 2, 0).cpu().numpy())


def noise_for(seed: int, index: int, length: int) -> Tensor:
    """Return the noise of picture ``index`` under ``seed``: (length,), N(0, I), the same on every machine."""
    return torch.from_numpy(np.random.default_rng([seed, index]).standard_normal(length).astype(np.float32))
