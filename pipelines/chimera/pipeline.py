"""How chimera is used: a picture or a drawing in, animals that never were out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from torch import Tensor

from pipelines.chimera import styles
from pipelines.chimera.arguments import CALL, ChimeraArguments, Style
from pipelines.chimera.data import reserve, rgba_tensor
from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.inputs import DETECTORS, Drawing, lay_ink, read_drawing
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.rendering import Renderer
from pipelines.common import device
from pipelines.common.backgrounds import lay_on, parse_background, to_image
from pipelines.common.errors import Misuse, check_choice, check_range
from pipelines.common.images import decode, to_rgb
from pipelines.common.provenance import Provenance, image_sha256
from pipelines.data.sources import Source
from pipelines.data.splits import split_source
from pipelines.edges.cutouts import SIZE, cutout
from pipelines.edges.finding import Kind
from pipelines.edges.learned import LearnedLines
from pipelines.pipeline import MAX_COUNT, MAX_SEED, Arguments, Pipeline, Result

MAX_SIDE = 1024  # larger pictures are reduced first: their lines are found at half of this or less
LINE_PIXELS_NEEDED = 8
RESERVED = "held_out.txt"  # beside weights: keys of pictures that never trained them


@dataclass(frozen=True)
class ChimeraResult:
    """What one call made.

    Attributes:
        images: the animals on the background that was asked for, square; RGBA where that is transparent.
        cutouts: the animals alone, RGBA.
        edges: the lines they were made from, white on black.
        kind: whether the input was taken for a drawing or a photograph.
        provenance: how each picture was made, in the order of ``images``.
    """

    images: list[Image.Image]
    cutouts: list[Image.Image]
    edges: Image.Image
    kind: Kind
    provenance: list[Provenance]


class ChimeraPipeline(Pipeline[ChimeraModel]):
    """Make the lines of a drawing or a photograph into an animal.

    Example:
        >>> pipe = ChimeraPipeline.from_pretrained("chimera")
        >>> result = pipe(Image.open("griffin.png"), seed=7, count=4)
        >>> result.images[0].save("griffin-7.png")
    """

    system = "chimera"
    network_class = ChimeraModel
    arguments_class = ChimeraArguments

    def __init__(
        self, network: ChimeraModel, placement: device.Placement, weights: str = "", weights_sha256: str = ""
    ) -> None:
        super().__init__(network, placement, weights, weights_sha256)
        self.renderer = Renderer(self.network, placement)
        self.learned_lines = LearnedLines(placement)

    @property
    def size(self) -> int:
        """Side of the pictures it makes, pixels."""
        return self.renderer.size

    def read(
        self, image: Image.Image, *, kind: str = "auto", sensitivity: float = 0.5, detector: str = "auto"
    ) -> Drawing:
        """Find the lines that a call with these arguments would use, and what they enclose.

        Raises:
            Misuse: an argument out of its range.
        """
        check_choice("detector", detector, DETECTORS)
        return read_drawing(image, kind=kind, sensitivity=sensitivity, detector=detector, learned=self.learned_lines)

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
        ink: float = 0.25,
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
            background: ``#rrggbb``, ``paper`` or ``transparent``.
            behind: picture to lay the animal on instead.
            style: where its furs come from; natural ones of the seed by default.
            on_picture: called with number and picture as each is done.
            cancelled: asked before each picture; true ends the call with the pictures done so far.

        Raises:
            Misuse: an argument out of its range, or no lines in the picture.
        """
        check_range("seed", seed, 0, MAX_SEED)
        check_range("count", count, 1, MAX_COUNT)
        check_range("first", first, 0, MAX_SEED)
        check_range("ink", ink, 0.0, 1.0)
        style = Style() if style is None else style
        style.check()
        ground = parse_background(background, behind)
        decoded = decode(image, max_side=MAX_SIDE)
        drawing = self.read(decoded, kind=kind, sensitivity=sensitivity, detector=detector)
        if int((drawing.lines > 0).sum()) < LINE_PIXELS_NEEDED:
            raise Misuse("drawing_empty" if drawing.kind == "drawing" else "edges_empty")
        arguments = {"kind": kind, "sensitivity": sensitivity, "detector": detector, "ink": ink}
        arguments |= {"background": background, **style.arguments()}
        learned = drawing.detector == "learned"
        others = self.learned_lines.digests if learned else {}
        digests = {name: image_sha256(decode(picture)) for name, picture in pictures_of(style, behind).items()}
        made = ChimeraResult([], [], Image.fromarray(drawing.lines), drawing.kind, [])
        source = drawing.source(self.size)
        for index in range(first, first + count):
            if cancelled():
                break
            rgba = lay_ink(self.renderer.make(source, self.codes(drawing, seed, index, style)), drawing.lines, ink)
            made.images.append(lay_on(rgba, ground))
            made.cutouts.append(to_image(rgba))
            how: dict[str, Any] = {"seed": seed, "index": index, "other_weights": others, "other_inputs": digests}
            made.provenance.append(self.made(decoded, arguments, **how))
            if on_picture is not None:
                on_picture(index, made.images[-1])
        return made

    def apply(self, image: Image.Image, arguments: Arguments, *, seed: int, count: int) -> ChimeraResult:
        """Make animals with arguments as the command line gives them."""
        assert isinstance(arguments, ChimeraArguments)
        own = {name: getattr(arguments, name) for name in CALL}
        return self(image, seed=seed, count=count, style=arguments.style(), **own)

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return the lines beside what was made of them."""
        assert isinstance(result, ChimeraResult)
        return [ImageOps.invert(result.edges), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_generator`` on a source's held-out tenth.

        Of a source with the pictures that ``held_out.txt`` beside the weights lists, on those alone.
        """
        split = split_source(source, progress=progress)
        listed = self.folder / RESERVED if self.folder is not None else None
        if listed is not None and listed.is_file():
            known = set(listed.read_text().split()) & {entry.key for entry in source.entries}
            split = reserve(split, str(listed)) if known else split
        metrics = evaluate_generator(self.renderer, source, split.held_out, seed=seed, progress=progress)
        return {**metrics, "size": self.size}

    def codes(self, drawing: Drawing, seed: int, index: int, style: Style) -> styles.Codes:
        """Return the code map (D, 8, 8) of picture ``index``."""
        bank = self.renderer.bank
        look = style.look if style.look in styles.LOOKS else "natural"
        own = drawing.own_colors() if style.look == "own" else None
        if style.fur is not None:
            codes = styles.uniform(self.renderer.code(self._as_fur(style.fur)))
        elif own is not None:
            codes = self.renderer.local_codes(own)
        else:
            codes = styles.random_map(bank, seed, index, look)
        if style.toward is not None:
            codes = styles.between(codes, styles.random_map(bank, style.toward, index, look), style.share)
        if not style.has_second():
            return codes
        if style.other_fur is not None:
            second = styles.uniform(self.renderer.code(self._as_fur(style.other_fur)))
        else:
            second = styles.random_map(bank, int(style.other_seed or 0), index, look)
        return styles.joined(codes, second, styles.around(*style.place, style.reach))

    def _as_fur(self, picture: Image.Image) -> Tensor:
        """Return a picture as the encoder takes it: cut out where it has a plain background, whole where not."""
        decoded = decode(picture, max_side=MAX_SIDE)
        found = self.read(decoded, kind="photo")
        own = found.own_colors() if found.cut_out else None
        return rgba_tensor(cutout(to_rgb(decoded)), SIZE)[None] if own is None else own


def pictures_of(style: Style, behind: Image.Image | None) -> Mapping[str, Image.Image]:
    """Return the pictures that have a part in it besides the input, by the names of their arguments."""
    given = {"fur": style.fur, "other_fur": style.other_fur, "behind": behind}
    return {name: picture for name, picture in given.items() if picture is not None}
