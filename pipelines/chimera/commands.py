"""Chimera on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageOps

from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.objective import ChimeraConfig, assemble, reserve
from pipelines.chimera.pipeline import ChimeraPipeline, Style
from pipelines.common.errors import Misuse, check_names
from pipelines.common.files import unused
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png
from pipelines.common.sheets import contact_sheet, write_sheet
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run
from pipelines.weights import hub

STYLE_ARGUMENTS = ("look", "fur", "toward", "share", "other_fur", "other_seed", "place", "reach")
ARGUMENTS = ("kind", "sensitivity", "detector", "ink", "background", "behind", *STYLE_ARGUMENTS)
PICTURES = ("fur", "other_fur", "behind")  # arguments that name a file
RESERVED = "held_out.txt"  # beside weights: keys of pictures that never trained them


def generate(
    files: Sequence[Path],
    out: Path,
    *,
    weights: str = "chimera",
    seed: int = 0,
    count: int = 1,
    arguments: Mapping[str, Any],
    provenance: bool = True,
    sheet: Path | None = None,
) -> Iterator[Path]:
    """Make animals of drawings or photographs; yield the paths ``OUT/<name>-<seed>-<index>.png`` as they are written.

    Args:
        files: input pictures.
        out: folder to write, made if absent.
        weights: name, folder or Hub id.
        seed: of every input.
        count: pictures an input.
        arguments: as in ``ChimeraPipeline.__call__`` and ``Style``; ``fur``, ``other_fur`` and ``behind`` are files.
        provenance: put it into the files.
        sheet: picture to write when all is done: the lines of each input beside what was made of it.

    Raises:
        StudioError: a bad file or argument; files before it are done.
    """
    if not files:
        raise Misuse("drawing_empty")
    check_names(arguments, ARGUMENTS)
    given: dict[str, Any] = {
        name: decode(Path(str(value))) if name in PICTURES else value for name, value in arguments.items()
    }
    style = parse_style({name: given.pop(name) for name in STYLE_ARGUMENTS if name in given})
    pipe = ChimeraPipeline.from_pretrained(weights)
    out.mkdir(parents=True, exist_ok=True)
    written: set[Path] = set()
    rows: list[list[Image.Image]] = []
    for file in files:
        stem = unused(out / file.stem, written).name
        result = pipe(decode(file), seed=seed, count=count, style=style, **given)
        for picture, origin in zip(result.images, result.provenance, strict=True):
            path = out / f"{stem}-{seed}-{origin.index}.png"
            path.write_bytes(encode_png(picture, origin if provenance else None))
            yield path
        rows.append([ImageOps.invert(result.edges), *result.images])
    if sheet is not None:
        write_sheet(contact_sheet(rows), sheet)


def parse_style(values: Mapping[str, Any]) -> Style:
    """Return a style from arguments; ``place`` is a list of two numbers.

    Raises:
        Misuse: a place that is no pair of numbers.
    """
    settings = dict(values)
    if "place" in settings:
        place = settings["place"]
        if not isinstance(place, list | tuple) or len(place) != 2:
            raise Misuse("setting_invalid", name="place", detail="write it as [x, y], each 0 to 1")
        settings["place"] = tuple(place)
    return Style(**settings)


def export(run: Path, out: Path, *, step: int | None = None) -> int:
    """Write the averaged model of a run's checkpoint, by default the last, and return its step.

    The data must be where the run has them: the bank's codes get their classes from there.

    Raises:
        Misuse: no such run or checkpoint, or its data are gone.
    """
    settings = Run(run).settings()
    settings.pop("system", None)
    config = ChimeraConfig.parse(settings)
    store = CheckpointStore(Run(run).checkpoints, 1)
    checkpoint = store.load_last() if step is None else store.load(step)
    if checkpoint is None:
        raise Misuse("run_not_found", given=run)
    state: dict[str, Mapping[str, torch.Tensor]] = {"bank": checkpoint.state["modules"]["bank"]}
    for name, averaged in checkpoint.state["averages"].items():
        state[name] = {key.removeprefix("module."): value for key, value in averaged.items() if key != "n_averaged"}
    split = reserve(split_source(open_source(config.data)), config.reserved)
    hub.save_model(assemble(config, state, [entry.label for entry in split.train]).half(), out)
    return checkpoint.step


def evaluate(data: str, *, weights: str = "chimera", seed: int = 112, progress: bool = False) -> dict[str, Any]:
    """Return the metrics of ``evaluate_generator`` on the held-out tenth of a source.

    Of a source with the pictures that ``held_out.txt`` beside the weights lists, on those alone.
    """
    pipe = ChimeraPipeline.from_pretrained(weights)
    source = open_source(data)
    split = split_source(source, progress=progress)
    listed = hub.resolve(weights) / RESERVED
    if listed.is_file() and set(listed.read_text().split()) & {entry.key for entry in source.entries}:
        split = reserve(split, str(listed))
    metrics: dict[str, Any] = evaluate_generator(pipe.renderer, source, split.held_out, seed=seed, progress=progress)
    return {**metrics, "n": int(metrics["n"]), "size": pipe.size, "seed": seed, "weights_sha256": pipe.weights_sha256}
