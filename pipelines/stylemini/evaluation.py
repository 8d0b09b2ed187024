"""How well pictures are drawn anew: is the style the one asked for, is the picture still itself, does it look drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from pipelines.common.errors import Misuse
from pipelines.data.entries import Source
from pipelines.data.resident import square
from pipelines.data.splits import split_source
from pipelines.metrics.descriptors import ScatteringExtractor
from pipelines.metrics.kernel import kernel_distance
from pipelines.metrics.neighbours import nearest_pictures
from pipelines.metrics.pretrained import efficientnet_lite0, efficientnet_lite0_places, efficientnet_lite0_style
from pipelines.metrics.report import hashes_of
from pipelines.stylemini.captions import PHRASES
from pipelines.stylemini.teachers import STYLES, draw_in_style

STRENGTHS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
FEWEST = 4  # held-out pictures: two on either side of a kernel distance
SOURCES = 100  # pictures among which each must be found again
# Other ways to draw, by what their metrics are called: how far from what no text says; the source hidden from the
# network, so that strength alone keeps the picture; few steps of several schedulers.
COMPARED: dict[str, dict[str, Any]] = {
    **{f"guidance_{scale}": {"guidance_scale": scale} for scale in (1, 2, 4)},
    **{f"hidden_{mark}": {"shows_source": False, "strength": mark / 100} for mark in (30, 50, 80)},
    **{f"ddim_{steps}": {"scheduler": "ddim", "steps": steps} for steps in (4, 8)},
    **{f"dpmpp_{steps}": {"scheduler": "dpm++", "steps": steps} for steps in (4, 8)},
    **{f"unipc_{steps}": {"scheduler": "unipc", "steps": steps} for steps in (4, 8)},
    **{f"lcm_{steps}": {"scheduler": "lcm", "steps": steps} for steps in (4, 8)},
}
COMPARED_PICTURES = 20  # of the sources, in every style
BATCH = 20
Pictures = NDArray[np.uint8]
Features = NDArray[np.float64]


class Restyler(Protocol):
    """What is evaluated."""

    @property
    def sees_source(self) -> bool:
        """Whether its network sees the picture."""
        ...

    @property
    def size(self) -> int:
        """Side of its pictures, pixels."""
        ...

    def encode(self, pictures: Pictures) -> Tensor:
        """Map pictures to latents."""
        ...

    def decode(self, latents: Tensor) -> list[Image.Image]:
        """Map latents to pictures."""
        ...

    def restyle(
        self, latents: Tensor, prompts: Sequence[str], asked: Any, *, seeds: Sequence[tuple[int, int]]
    ) -> Tensor | None:
        """Draw latents anew."""
        ...

    @property
    def arguments_class(self) -> Any:
        """What says strength and how."""
        ...


def evaluate_restyling(
    pipe: Restyler,
    source: Source,
    *,
    seed: int,
    progress: bool = False,
    strengths: Sequence[float] = STRENGTHS,
    compared: Mapping[str, Mapping[str, Any]] = COMPARED,
) -> dict[str, Any]:
    """Draw held-out pictures anew in every style at several strengths.

    Of 2 n held-out pictures, n of 100 at most, one half is drawn by the teachers to tell styles apart (logistic
    regression on statistics of EfficientNet-Lite0's maps), the other half is drawn anew and by the teachers. The first
    half's drawings are shown as they are and as the autoencoder returns them: what is told apart is styles, not
    sharpness.

    Returns:
        For each style, its spaces and hyphens as underscores, and each strength s in per cent: ``style_<style>_<s>``,
        the share of pictures that the classifier takes for the style; ``content_<style>_<s>``, the share whose nearest
        of the n sources, by what is where, is their own; ``pooled_content_<style>_<s>``, the same by pooled features,
        which a good drawing changes too; ``kid_<style>_<s>``, the kernel distance to the teacher's drawings of the
        same pictures by scattering, which nobody taught. Means over styles, ``style_<s>`` and so on. The same of the
        teachers' drawings, ``style_teachers`` and so on; of these as the autoencoder returns them,
        ``style_<style>_autoencoder``, ``style_autoencoder`` and so on, which is what one may hope for; and
        ``kid_floor``, between the two halves' drawings. Means over styles for each of ``compared``, of the first
        ``n_compared`` pictures; what these do not set is as suits the model. ``n`` pictures, and the extractors'
        digests.

    Raises:
        Misuse: too few pictures.
    """
    from sklearn.linear_model import LogisticRegression  # here, since it takes a second
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    split = split_source(source, progress=progress)
    if len(split.held_out) < FEWEST:
        raise Misuse("data_too_few", given=len(split.held_out), allowed=FEWEST)
    order = np.random.default_rng(seed).permutation(len(split.held_out))[: 2 * SOURCES]
    squares = np.stack([square(source.load(split.held_out[number]), pipe.size) for number in order])
    teaching, photos = squares[: len(squares) // 2], squares[len(squares) // 2 :]
    lite, places, scattering = efficientnet_lite0(), efficientnet_lite0_places(), ScatteringExtractor(pipe.size)
    statistics = efficientnet_lite0_style(pipe.size)
    drawn = {style: drawings(photos, style, seed) for style in STYLES}
    lessons = {style: drawings(teaching, style, seed + 1) for style in STYLES}
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    seen = [pictures for style in STYLES for pictures in (lessons[style], returned(pipe, lessons[style]))]
    labels = np.repeat(np.arange(len(STYLES)), 2 * len(teaching))
    classifier.fit(np.concatenate([statistics.features(pictures) for pictures in seen]), labels)
    pooled_sources, sources = lite.features(photos), places.features(photos)
    textures = {style: scattering.features(drawn[style]) for style in STYLES}

    def agreement(made: Mapping[str, Pictures]) -> dict[str, dict[str, float]]:
        pooled = {style: lite.features(pictures) for style, pictures in made.items()}
        found = {style: classifier.predict(statistics.features(made[style])) for style in STYLES}
        told = {style: found[style] == number for number, style in enumerate(STYLES)}
        return {
            "style": {style: float(right.mean()) for style, right in told.items()},
            "content": {style: found_again(sources, places.features(made[style])) for style in STYLES},
            "pooled_content": {style: found_again(pooled_sources, pooled[style]) for style in STYLES},
        }

    metrics = {f"{name}_teachers": float(np.mean(list(shares.values()))) for name, shares in agreement(drawn).items()}
    metrics |= by_style("autoencoder", agreement({style: returned(pipe, drawn[style]) for style in STYLES}))
    floors = [kernel_distance(scattering.features(lessons[style]), textures[style]) for style in STYLES]
    metrics |= {"kid_floor": float(np.mean(floors)), "n": len(photos)}
    latents = pipe.encode(photos)

    def measured(latents: Tensor, arguments: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        asked = pipe.arguments_class(**arguments)
        made = {style: restyled(pipe, latents, style, asked, seed) for style in STYLES}
        kid = {style: kernel_distance(textures[style], scattering.features(made[style])) for style in STYLES}
        return {**agreement(made), "kid": kid}

    for strength in tqdm(strengths, desc="strengths", disable=not progress):
        metrics |= by_style(str(round(100 * strength)), measured(latents, {"strength": strength}))
    few = latents[:COMPARED_PICTURES]
    if not pipe.sees_source:
        compared = {name: one for name, one in compared.items() if one.get("shows_source", True)}
    for variant in tqdm(compared, desc="compared", disable=not progress):
        figures_of = measured(few, compared[variant])
        metrics |= {f"{name}_{variant}": float(np.mean(list(one.values()))) for name, one in figures_of.items()}
    return {**metrics, "n_compared": len(few), **hashes_of([lite, places, statistics, scattering])}


def by_style(mark: str, figures: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return figures by name and style as metrics, each with its mean over styles."""
    metrics: dict[str, float] = {}
    for name, shares in figures.items():
        metrics |= {f"{name}_{re.sub('[ -]', '_', style)}_{mark}": value for style, value in shares.items()}
        metrics[f"{name}_{mark}"] = float(np.mean(list(shares.values())))
    return metrics


def drawings(photos: Pictures, style: str, seed: int) -> Pictures:
    """Return a teacher's drawings of photographs (N, S, S, 3)."""
    return np.stack([draw_in_style(photo, style, seed + number) for number, photo in enumerate(photos)])


def returned(pipe: Restyler, pictures: Pictures) -> Pictures:
    """Return pictures (N, S, S, 3) as they come back from their latents."""
    parts = (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))
    return np.stack([np.asarray(image) for part in parts for image in pipe.decode(pipe.encode(part))])


def restyled(pipe: Restyler, latents: Tensor, style: str, asked: Any, seed: int) -> Pictures:
    """Return pictures drawn anew in a style, by its first phrase (N, S, S, 3)."""
    images: list[Image.Image] = []
    for start, part in zip(range(0, len(latents), BATCH), torch.split(latents, BATCH), strict=True):
        seeds = [(seed, start + number) for number in range(len(part))]
        made = pipe.restyle(part, [PHRASES[style][0]] * len(part), asked, seeds=seeds)
        assert made is not None, "nobody cancels it"
        images += pipe.decode(made)
    return np.stack([np.asarray(image) for image in images])


def found_again(sources: Features, drawings: Features) -> float:
    """Return the share of drawings whose nearest source is their own.

    Args:
        sources: features (M, D).
        drawings: of the first N of them (N, D).
    """
    nearest = nearest_pictures(sources, drawings)[:, 0]
    return float((nearest == np.arange(len(drawings))).mean())
