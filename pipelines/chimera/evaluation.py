"""How well a generator makes held-out animals from their lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from pipelines.chimera.data import held_out_example, rgba_tensor
from pipelines.chimera.rendering import Renderer
from pipelines.data.entries import Entry, Source
from pipelines.edges.cutouts import WHITE, Floats, compose, cutout, to_bytes
from pipelines.edges.finding import auto_canny
from pipelines.edges.regions import source_tensor
from pipelines.edges.tracing import bundled_detector
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.extractors import Extractor, Pixels
from pipelines.metrics.lines import edge_f1
from pipelines.metrics.means import means
from pipelines.metrics.pictures import mean_l1, ssim
from pipelines.metrics.report import compare_samples


def evaluate_generator(
    renderer: Renderer,
    source: Source,
    entries: Sequence[Entry],
    train: Sequence[Entry],
    *,
    seed: int,
    extractors: Sequence[Extractor] = (),
    progress: bool = False,
) -> dict[str, float]:
    """Compare what is made of held-out animals' lines with the animals.

    Args:
        renderer: the model.
        source: where the pictures are.
        entries: the held-out ones.
        train: training ones, best as many, for the distances' floor and ceiling.
        seed: of the styles.
        extractors: by which distributions are compared besides ``bundled_extractors``, of which EfficientNet-Lite0
            teaches the generator.
        progress: show a progress bar.

    Returns:
        ``l1`` (0 to 1) and ``ssim`` of the animal rebuilt in its own style, on white; ``alpha_iou`` and ``alpha_l1`` of
        its mask; ``edge_f1`` between the lines given and auto-canny's of the animal in a seed's style, ``edge_f1_real``
        the same of the real one; ``diversity``, mean L1 between two seeds; the metrics of ``compare_samples`` of the
        seeds' animals, and of the lines alone, black on white, ``kid_<name>_lines``; ``n``.
    """
    detect = bundled_detector()
    rows, pictures = [], []
    for number, entry in enumerate(tqdm(entries, desc="evaluating", disable=not progress, leave=False)):
        example = held_out_example(source.load(entry), detect)
        lines, target = source_tensor(example.lines, renderer.size)[None], rgba_tensor(example.rgba, renderer.size)
        rgba = target.permute(1, 2, 0).numpy()
        seeded = [renderer.seeded(lines, seed, 2 * number + k) for k in (0, 1)]
        copy = renderer.rebuilt(lines, target[None])
        made, other, rebuilt, real = (to_bytes(compose(one, WHITE)) for one in (*seeded, copy, rgba))
        drawn = (lines[0, 0].numpy() > 0.2).astype(np.uint8) * np.uint8(255)
        rows.append(
            {
                "l1": mean_l1(rebuilt, real),
                "ssim": ssim(rebuilt, real),
                "alpha_iou": intersection_over_union(copy[..., 3], rgba[..., 3]),
                "alpha_l1": float(np.abs(copy - rgba)[..., 3].mean()),
                "edge_f1": edge_f1(auto_canny(made), drawn),
                "edge_f1_real": edge_f1(auto_canny(real), drawn),
                "diversity": mean_l1(made, other),
            }
        )
        pictures.append((made, real, np.repeat(255 - drawn[..., None], 3, axis=2)))
    metrics = means(rows)
    if len(rows) > 1:  # one picture has no distribution
        made_ones, real_ones, copies = zip(*pictures, strict=True)
        seen = [on_white(cutout(source.load(entry)), renderer.size) for entry in train]
        through = [*bundled_extractors(), *extractors]
        metrics |= compare_samples(made_ones, real_ones, seen, through, taught_by={"efficientnet_lite0"}, lines=copies)
    return metrics


def intersection_over_union(one: Floats, other: Floats) -> float:
    """Return the agreement of two masks in [0, 1], cut at a half."""
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


def on_white(rgba: Floats, size: int) -> Pixels:
    """Return a cut-out (S, S, 4) in [0, 1] as a picture (size, size, 3)."""
    return to_bytes(compose(rgba_tensor(rgba, size).permute(1, 2, 0).numpy(), WHITE))
