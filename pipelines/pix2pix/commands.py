"""Pix2Pix on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from PIL import Image, ImageOps
from tqdm import tqdm

from pipelines.common.errors import Misuse, check_choice, check_names, check_range
from pipelines.common.files import unused
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png
from pipelines.common.sheets import contact_sheet, write_sheet
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.pix2pix.data import Direction, held_out_pair, join_pair
from pipelines.pix2pix.evaluation import evaluate_painter
from pipelines.pix2pix.objective import Pix2PixConfig, export_generator
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.training.averaging import averaged_weights

ARGUMENTS = ("kind", "sensitivity", "detector", "background")


def prepare(
    data: str, out: Path, *, size: int = 256, direction: Direction = "edges_to_picture", progress: bool = False
) -> str:
    """Write edge pairs, side by side, from any source: ``train/<class>/NAME.png`` and ``held_out/...``.

    Returns:
        A line that says how many were written and which pictures were skipped.

    Raises:
        Misuse: bad arguments, or no usable picture.
    """
    check_range("size", size, 32, 1024)
    check_choice("direction", direction, get_args(Direction))
    source = open_source(data)
    if source.paired:
        raise Misuse("setting_invalid", name="data", detail="these are pairs already")
    split = split_source(source, progress=progress)
    written: set[Path] = set()
    for part, entries in (("train", split.train), ("held_out", split.held_out)):
        for entry in tqdm(entries, desc=part, disable=not progress, leave=False):
            pair = held_out_pair(source.load(entry))
            target = unused((out / part / entry.key).with_suffix(".png"), written)
            target.parent.mkdir(parents=True, exist_ok=True)
            join_pair(pair, size, direction).save(target)
    return f"{out}: {split.report()}"


def generate(
    files: Sequence[Path],
    out: Path,
    *,
    weights: str = "pix2pix",
    seed: int = 0,
    count: int = 1,
    arguments: Mapping[str, Any],
    provenance: bool = True,
    sheet: Path | None = None,
) -> Iterator[Path]:
    """Paint drawings or photographs; yield the paths ``OUT/<name>-<seed>-<index>.png`` as they are written.

    Args:
        files: input pictures.
        out: folder to write, made if absent.
        weights: name, folder or Hub id.
        seed: of every input.
        count: pictures an input.
        arguments: ``kind``, ``sensitivity``, ``detector``, ``background``, as in ``Pix2PixPipeline.__call__``.
        provenance: put it into the files.
        sheet: picture to write when all is done: the lines of each input beside what was painted.

    Raises:
        StudioError: a bad file or argument; files before it are done.
    """
    if not files:
        raise Misuse("drawing_empty")
    check_names(arguments, ARGUMENTS)
    pipe = Pix2PixPipeline.from_pretrained(weights)
    out.mkdir(parents=True, exist_ok=True)
    written: set[Path] = set()
    rows: list[list[Image.Image]] = []
    for file in files:
        stem = unused(out / file.stem, written).name
        result = pipe(decode(file), seed=seed, count=count, **arguments)
        for picture, origin in zip(result.images, result.provenance, strict=True):
            path = out / f"{stem}-{seed}-{origin.index}.png"
            path.write_bytes(encode_png(picture, origin if provenance else None))
            yield path
        rows.append([ImageOps.invert(result.edges), *result.images])
    if sheet is not None:
        write_sheet(contact_sheet(rows), sheet)


def export(run: Path, out: Path, *, step: int | None = None) -> int:
    """Write the averaged generator of a run's checkpoint, by default the last, and return its step.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings, weights, reached = averaged_weights(run, "generator", step)
    export_generator(Pix2PixConfig.parse(settings), weights, out)
    return reached


def evaluate(data: str, *, weights: str = "pix2pix", seed: int = 112, progress: bool = False) -> dict[str, Any]:
    """Return the metrics of ``evaluate_painter`` on the held-out tenth of a source, at the weights' own size."""
    pipe = Pix2PixPipeline.from_pretrained(weights)
    source = open_source(data)
    split = split_source(source, progress=progress)
    metrics: dict[str, Any] = evaluate_painter(
        pipe.paint,
        source,
        split.held_out,
        size=pipe.size,
        noise_dim=pipe.generator.noise_dim,
        seed=seed,
        progress=progress,
    )
    return {**metrics, "n": int(metrics["n"]), "size": pipe.size, "seed": seed, "weights_sha256": pipe.weights_sha256}
