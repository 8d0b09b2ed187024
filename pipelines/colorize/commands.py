"""Colorize on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from pipelines.colorize.data import clean, open_photographs, square
from pipelines.colorize.evaluation import evaluate_guesser
from pipelines.colorize.objective import ColorizeConfig, export_generator
from pipelines.colorize.pipeline import ColorizePipeline
from pipelines.common.errors import Misuse, check_names, check_range
from pipelines.common.files import unused
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png
from pipelines.common.sheets import contact_sheet, write_sheet
from pipelines.data.splits import split_source
from pipelines.training.averaging import averaged_weights

LEAST_EVALUATED = 96  # shorter side, pixels, whatever the training's limit was: figures of all weights compare
ARGUMENTS = ("setting", "strength", "guesses")


def prepare(data: str, out: Path, *, size: int = 144, min_side: int = 144, progress: bool = False) -> str:
    """Write the pictures that are fit to teach as squares: ``train/<class>/NAME.png`` and ``held_out/...``.

    Train on ``folder:OUT/train`` alone: as new files the squares would be divided anew.

    Args:
        data: source of pictures.
        out: folder to write.
        size: side of the squares, pixels.
        min_side: shorter side below which a picture is dropped; smaller than ``size``, pictures are enlarged.
        progress: show a progress bar.

    Returns:
        A line that says how many were written and how many dropped, by reason.

    Raises:
        Misuse: bad arguments, pairs, or no usable picture.
    """
    check_range("size", size, 32, 1024)
    check_range("min_side", min_side, 16, 10_000)
    source = open_photographs(data)
    split = split_source(source, progress=progress)
    written: set[Path] = set()
    said = []
    for part, entries in (("train", split.train), ("held_out", split.held_out)):
        cleaned = clean(source, entries, min_side=min_side, progress=progress)
        for entry in tqdm(cleaned.entries, desc=part, disable=not progress, leave=False):
            target = unused((out / part / entry.key).with_suffix(".png"), written)
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(square(source.load(entry), size)).save(target)
        said.append(f"{part}: {cleaned.report()}")
    return f"{out}: {'; '.join(said)}"


def generate(
    files: Sequence[Path],
    out: Path,
    *,
    weights: str = "colorize",
    seed: int = 0,
    count: int = 1,
    arguments: Mapping[str, Any],
    provenance: bool = True,
    sheet: Path | None = None,
) -> Iterator[Path]:
    """Colour pictures at their own size; yield the paths ``OUT/<name>-color.png``.

    Args:
        files: input pictures.
        out: folder to write, made if absent.
        weights: name, folder or Hub id.
        seed: nothing here is random.
        count: likewise.
        arguments: ``setting``, ``strength``, ``guesses``, as in ``ColorizePipeline.__call__``.
        provenance: put it into the files.
        sheet: picture to write when all is done: each input without its colours, what became of it, and as it came.

    Raises:
        StudioError: a bad file or argument; files before it are done.
    """
    if not files:
        raise Misuse("picture_missing")
    check_names(arguments, ARGUMENTS)
    pipe = ColorizePipeline.from_pretrained(weights)
    out.mkdir(parents=True, exist_ok=True)
    written: set[Path] = set()
    rows: list[list[Image.Image]] = []
    for file in files:
        decoded = decode(file)
        result = pipe(decoded, **arguments)
        path = unused(out / f"{file.stem}-color.png", written)
        path.write_bytes(encode_png(result.images[0], result.provenance[0] if provenance else None))
        yield path
        if sheet is not None:
            seen = (decoded.convert("L"), result.images[0], decoded)
            rows.append([Image.fromarray(square(one, 256)) for one in seen])
    if sheet is not None:
        write_sheet(contact_sheet(rows, cell=256), sheet)


def evaluate(data: str, *, weights: str = "colorize", seed: int = 112, progress: bool = False) -> dict[str, Any]:
    """Return the metrics of ``evaluate_guesser`` on the held-out tenth of a source, cleaned as for training.

    Args:
        data: source of pictures.
        weights: name, folder or Hub id.
        seed: nothing here is random.
        progress: show a progress bar.
    """
    pipe = ColorizePipeline.from_pretrained(weights)
    source = open_photographs(data)
    held_out = clean(
        source, split_source(source, progress=progress).held_out, min_side=LEAST_EVALUATED, progress=progress
    )
    metrics = evaluate_guesser(
        pipe.guess,
        source,
        held_out.entries,
        size=pipe.generator.size,
        target=pipe.generator.target,
        vivid=pipe.generator.vivid,
        progress=progress,
    )
    return {**metrics, "n": int(metrics["n"]), "size": pipe.generator.size, "weights_sha256": pipe.weights_sha256}


def export(run: Path, out: Path, *, step: int | None = None) -> int:
    """Write the averaged generator of a run's checkpoint, by default the last, and return its step.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings, weights, reached = averaged_weights(run, "generator", step)
    export_generator(ColorizeConfig.parse(settings), weights, out)
    return reached
