"""How chimera is used: a picture or a drawing in, animals that never were out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image

from pipelines.chimera import styles
from pipelines.chimera.arguments import ChimeraArguments, Style
from pipelines.chimera.data import rgba_tensor
from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.finishing import filled, lay_colors, lay_ink, lay_shade, trimmed, without_scraps
from pipelines.chimera.inputs import Drawing, read_drawing
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.rendering import Renderer
from pipelines.chimera.subject import Subject
from pipelines.chimera.tones import Tones, deepen, lay_hues, soften_crowds, widen_tones
from pipelines.common.backgrounds import lay_on, parse_background, to_image
from pipelines.common.errors import check_range
from pipelines.common.images import decode, to_rgb
from pipelines.common.lru_cache import LRUCache
from pipelines.common.provenance import image_sha256
from pipelines.data.entries import Source
from pipelines.data.splits import RESERVED, reserve_listed, spaced, split_source
from pipelines.edges.cutouts import SIZE, Floats, cutout
from pipelines.edges.finding import MAX_SIDE, Edges
from pipelines.edges.learned import LearnedRegions
from pipelines.edges.pipeline import EdgesPipeline, EdgesResult
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.report import hashes_of
from pipelines.pipeline import check_seeds

OWN_SHARE = 0.6  # of a coloured input's own furs beside the seed's, in the first picture
FADING = 0.6  # of that share from each picture to the next
OWN_COLORS = 1.2  # how far colours are moved towards a picture's own, times detail
NATURAL_COLORS = 0.6  # and towards those of the animal whose natural furs it has
HUES_KEPT = 0.4  # of what the fine hues of a natural fur, or of a picture's own, differ by
KEPT = 16  # of the last pictures, what was found in them: seeds and styles are tried on the same one


@dataclass(frozen=True)
class ChimeraResult(EdgesResult):
    """What one call made: ``images`` on the background that was asked for; RGBA where that is transparent.

    Attributes:
        cutouts: the animals alone, RGBA.
    """

    cutouts: list[Image.Image]


class ChimeraPipeline(EdgesPipeline[ChimeraModel]):
    """Make the lines of a drawing or a photograph into an animal.

    Example:
        >>> pipe = ChimeraPipeline.from_pretrained("chimera")
        >>> result = pipe(Image.open("griffin.png"), seed=7, count=4)
        >>> result.images[0].save("griffin-7.png")
    """

    system = "chimera"
    network_class = ChimeraModel
    arguments_class = ChimeraArguments
    cuts_out = True

    @functools.cached_property
    def renderer(self) -> Renderer:
        """What makes an animal of lines and a style."""
        return Renderer(self.network, self.placement)

    @functools.cached_property
    def learned_regions(self) -> LearnedRegions:
        """What tells what lies inside a drawing, on the same device."""
        return LearnedRegions(self.placement)

    def digests(self, edges: Edges) -> dict[str, str]:
        """Return name and SHA-256 of the weights that had a part in finding these lines and what they enclose."""
        cut_out = isinstance(edges, Drawing) and edges.cut_out
        return super().digests(edges) | ({} if cut_out else self.learned_regions.digests)

    @functools.cached_property
    def _subjects(self) -> LRUCache[Subject]:
        return LRUCache(KEPT)

    @functools.cached_property
    def _furs(self) -> LRUCache[styles.Codes]:
        return LRUCache(KEPT)

    def read(
        self, image: Image.Image, *, kind: str = "auto", sensitivity: float = 0.5, detector: str = "auto"
    ) -> Drawing:
        """Find the lines that a call with these arguments would use, and what they enclose.

        Raises:
            Misuse: an argument out of its range.
        """
        return self._subject(decode(image, max_side=MAX_SIDE), kind, sensitivity, detector).drawing

    def __call__(
        self,
        image: Image.Image,
        *,
        seed: int = 0,
        count: int = 1,
        first: int = 0,
        kind: str = "auto",
        sensitivity: float = 0.5,
        detector: str = "auto",
        ink: float = 0.3,
        detail: float = 0.5,
        background: str = "#ffffff",
        behind: Image.Image | None = None,
        style: Style | None = None,
        on_picture: Callable[[int, Image.Image], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ChimeraResult:
        """Make animals.

        Args:
            image: drawing or photograph, any size and mode.
            seed: 0 to 2**31 - 1; picture i depends on (seed, i) alone, whatever ``count`` is.
            count: pictures to make, 1 to 16.
            first: number i of the first one.
            kind: ``auto``, ``drawing`` or ``photo``: how lines are found.
            sensitivity: 0 to 1; more finds more lines.
            detector: ``auto``, ``learned`` or ``canny``: what looks for the lines of a photograph.
            ink: 0 to 1, how strongly the input's lines are laid over the animal as creases.
            detail: 0 to 1, how strongly a picture's own light and shade, and its colours where the style takes them
                from it, are laid over the animal; nothing of a drawing.
            background: ``#rrggbb``, ``paper`` or ``transparent``.
            behind: picture to lay the animal on instead.
            style: where its furs come from; by default natural ones of the seed, mixed with the picture's own, most of
                them in picture 0 and ever fewer in those that follow.
            on_picture: called with number and picture as each is done.
            cancelled: called before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no lines in the picture.
        """
        check_seeds(seed, count, first)
        check_range("ink", ink, 0.0, 1.0)
        check_range("detail", detail, 0.0, 1.0)
        style = Style() if style is None else style
        style.check()
        ground = parse_background(background, behind)
        decoded = decode(image, max_side=MAX_SIDE)
        # Of this thread: what is nearly nothing costs a fifth of the time otherwise. A training's previews must not set
        # it: before and after a resume it has to compute alike.
        torch.set_flush_denormal(True)
        subject = self._subject(decoded, kind, sensitivity, detector)
        drawing, own = subject.drawing, subject.own if style.takes_own() else None
        drawing.check()
        cutouts: list[Image.Image] = []

        def picture(index: int) -> Image.Image:
            codes = self.codes(subject, seed, index, style)
            made = self.renderer.decode(subject.features, codes)
            painted = filled(trimmed(made, drawing.regions), drawing.regions)
            wanted, amount = self.colors(drawing, own, seed, index, style, detail)
            painted = lay_colors(painted, wanted, amount)
            if own is not None:
                painted = lay_hues(Tones.of(painted), wanted, amount, HUES_KEPT).rgba()
            elif style.is_natural():
                tones = lay_hues(Tones.of(painted), wanted, 0.0, HUES_KEPT)
                painted = deepen(widen_tones(soften_crowds(tones, drawing.lines))).rgba()
            shaded = lay_shade(without_scraps(painted, drawing), drawing, detail)
            rgba = lay_ink(shaded, drawing.lines, ink, thinly=drawing.kind == "drawing")
            cutouts.append(to_image(rgba))
            return lay_on(rgba, ground)

        arguments = {"kind": kind, "sensitivity": sensitivity, "detector": detector, "ink": ink, "detail": detail}
        arguments |= {"background": background, **style.arguments()}
        others = {"fur": style.fur, "other_fur": style.other_fur, "behind": behind}
        digests = {name: image_sha256(decode(other)) for name, other in others.items() if other is not None}
        how: dict[str, Any] = {"other_weights": self.digests(drawing), "other_inputs": digests}
        origin = self.made(decoded, arguments, seed=seed, index=first, **how)
        made = self.sample(picture, origin, count, on_picture=on_picture, cancelled=cancelled)
        return ChimeraResult(*made, Image.fromarray(drawing.lines), drawing.kind, cutouts)

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_generator`` on a source's held-out tenth.

        Of a source with the pictures that ``held_out.txt`` beside the weights lists, on those alone.
        """
        listed = self.folder / RESERVED if self.folder is not None else None
        split = reserve_listed(split_source(source, progress=progress), listed)
        train = spaced(split.train, len(split.held_out))
        options: dict[str, Any] = {"seed": seed, "extractors": self.extractors, "progress": progress}
        metrics = evaluate_generator(self.renderer, source, split.held_out, train, **options)
        return {**metrics, **hashes_of([*bundled_extractors(), *self.extractors]), "size": self.size}

    def codes(self, subject: Subject, seed: int, index: int, style: Style) -> styles.Codes:
        """Return the code map (D, 8, 8) of picture ``index``.

        Args:
            subject: what is to be made; its own colours count where the style says so.
            seed: of the visitor.
            index: of the picture.
            style: where the furs come from.
        """
        look = style.look if style.look in styles.LOOKS else "natural"
        inside = ~subject.drawing.regions.wide

        def of_seed(seed: int) -> styles.Codes:
            return styles.random_map(self.renderer.bank, seed, index, look, inside)

        if style.fur is not None:
            codes = self._of_fur(style.fur)
        elif not style.takes_own() or subject.own is None:
            codes = of_seed(seed)
        else:
            share = OWN_SHARE * FADING**index if style.look == "auto" else 1.0
            codes = styles.between(of_seed(seed), subject.own_codes, share)
        if style.toward is not None:
            codes = styles.between(codes, of_seed(style.toward), style.share)
        if not style.has_second():
            return codes
        second = of_seed(style.other_seed or 0) if style.other_fur is None else self._of_fur(style.other_fur)
        return styles.joined(codes, second, styles.around(*style.place, style.reach))

    def colors(
        self, drawing: Drawing, own: torch.Tensor | None, seed: int, index: int, style: Style, detail: float
    ) -> tuple[Floats, float]:
        """Return colours towards which those of picture ``index`` are moved, (H, W, 4), and how far, 0 to 1.

        They are a picture's own, which count as ``detail`` says, or those of the animals whose natural furs it has. The
        other arguments are those of ``codes``.
        """
        if own is not None:
            left = 1 - style.share if style.toward is not None else 1.0
            left *= FADING**index if style.look == "auto" else 1.0
            share = min(1.0, OWN_COLORS * detail) * left if drawing.kind == "photo" else 0.0
            return own[0].permute(1, 2, 0).numpy(), share

        def of_seed(seed: int) -> Floats:
            return styles.natural_colors(self.renderer.bank, seed, index, ~drawing.regions.wide)

        if not style.is_natural() or not len(self.renderer.bank.colors):
            return np.zeros((1, 1, 4), np.float32), 0.0
        found = of_seed(seed)
        if style.toward is not None:
            found = styles.between(found, of_seed(style.toward), style.share)
        if style.other_seed is not None:
            found = styles.joined(found, of_seed(style.other_seed), styles.around(*style.place, style.reach))
        return np.concatenate([found, np.ones_like(found[:1])]).transpose(1, 2, 0), NATURAL_COLORS

    def _subject(self, image: Image.Image, kind: str, sensitivity: float, detector: str) -> Subject:
        def found() -> Subject:
            how: dict[str, Any] = {"kind": kind, "sensitivity": sensitivity, "detector": detector}
            drawing = read_drawing(image, learned=self.learned_lines, fill=self.learned_regions, **how)
            return Subject(drawing, self.renderer)

        return self._subjects.get((image_sha256(image), kind, sensitivity, detector, *self._detectors()), found)

    def _of_fur(self, picture: Image.Image) -> styles.Codes:
        """Return the code map of a picture's fur: cut out where it has a plain background, whole where not."""
        decoded = decode(picture, max_side=MAX_SIDE)

        def found() -> styles.Codes:
            how: dict[str, Any] = {"kind": "photo", "sensitivity": 0.5, "detector": "auto"}
            drawing = read_drawing(decoded, learned=self.learned_lines, **how)
            own = drawing.own_colors() if drawing.cut_out else None
            rgba = rgba_tensor(cutout(to_rgb(decoded)), SIZE)[None] if own is None else own
            return styles.uniform(self.renderer.code(rgba))

        return self._furs.get((image_sha256(decoded), *self._detectors()), found)

    def _detectors(self) -> tuple[str, ...]:
        """Return the digests of the detectors that are live: what others have found counts no more."""
        return (*self.learned_lines.digests.values(), *self.learned_regions.digests.values())
