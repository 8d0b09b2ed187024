"""What the command line's verbs do, for every system alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from pipelines.common.errors import Misuse, StudioError, check_whole
from pipelines.common.files import write_beside
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png
from pipelines.common.sheets import contact_sheet, write_sheet
from pipelines.data.sources import open_source
from pipelines.metrics.pretrained import inception
from pipelines.pipeline import MAX_COUNT, Result, check_seeds
from pipelines.systems import System, of_weights, opener
from pipelines.training.averaging import averaged_of, settings_and_checkpoint
from pipelines.training.beginning import write_stages
from pipelines.training.run import Run
from pipelines.weights import hub, live, publishing

MAX_GENERATED = 10_000  # pictures an input
MAX_SIDE = 100  # pictures along a sheet


@dataclass(frozen=True)
class Failed:
    """An input that could not be used, and why."""

    file: Path
    error: StudioError


@dataclass(frozen=True)
class Sheet:
    """A sheet of what was made, and where it was written."""

    file: Path


def generate(
    system: System,
    files: Sequence[Path],
    out: Path,
    *,
    weights: str | Path | None = None,
    seed: int = 0,
    count: int = 1,
    settings: Mapping[str, Any],
    provenance: bool = True,
    sheet: Path | None = None,
) -> Iterator[Path | Failed | Sheet]:
    """Run a system on files; yield what is written as it is written, and each bad file; the sheet comes last.

    Files are ``OUT/<name>-<seed>-<number>.png``, or ``OUT/<name>-<suffix>.png`` where nothing is random. None is ever
    overwritten by another picture, nor is what the sheet is to be named: a taken name is numbered.

    Args:
        system: which.
        files: input pictures.
        out: folder to write, made if absent.
        weights: name, folder or Hub id; the system's own by default.
        seed: of every input.
        count: pictures an input, 1 to 10,000; to 100 where there is a sheet of them.
        settings: the system's own arguments by name.
        provenance: put it into the files.
        sheet: picture to write when all is done: a row an input.

    Raises:
        StudioError: bad arguments or weights, before anything is written; a full disk.
    """
    pipeline_class = system.load_pipeline()
    if not files and pipeline_class.takes_pictures and pipeline_class.needs_pictures:
        raise Misuse("picture_missing")
    if files and not pipeline_class.takes_pictures:
        raise Misuse(
            "argument_unknown", name=system.name, given=files[0], allowed="--set, --seed, --count, --out, --sheet"
        )
    check_seeds(seed, 1)
    check_whole("count", count, 1, MAX_GENERATED if sheet is None else MAX_SIDE)
    arguments = pipeline_class.arguments_class.parse(settings)
    pipe = pipeline_class.from_pretrained(weights)
    out.mkdir(parents=True, exist_ok=True)
    written: set[Path] = set()
    rows: list[list[Image.Image]] = []
    inputs: Sequence[Path | None] = files or [None]
    for file in inputs:
        try:
            image = None if file is None else decode(file)
            parts = [pipe.apply(image, arguments, seed=seed, count=min(MAX_COUNT, count))]
        except Misuse as error:
            if file is None:
                raise
            yield Failed(file, error)
            continue
        for first in range(0, count, MAX_COUNT):
            if first > 0:
                more = pipe.apply(image, arguments, seed=seed, count=min(MAX_COUNT, count - first), first=first)
                parts = [*parts, more] if sheet is not None else [more]
            for picture, origin in zip(parts[-1].images, parts[-1].provenance, strict=True):
                stem = pipe.stem(origin) if file is None else file.stem
                name = f"{stem}-{pipe.suffix or f'{seed}-{origin.index}'}.png"
                yield write_beside(out / name, encode_png(picture, origin if provenance else None), written)
        if sheet is not None:
            rows += pipe.rows(image, joined(parts))
    if sheet is not None and rows:
        yield Sheet(write_sheet(contact_sheet(rows, cell=pipe.cell), sheet, written))


def joined(parts: Sequence[Result]) -> Result:
    """Return several results as one."""
    images, provenance = ([one for part in parts for one in getattr(part, name)] for name in ("images", "provenance"))
    return replace(parts[0], images=images, provenance=provenance)


def draw_sheet(
    system: System,
    out: Path,
    columns: int,
    rows: int,
    *,
    weights: str | Path | None = None,
    seed: int = 0,
    settings: Mapping[str, Any],
    provenance: bool = True,
) -> Path:
    """Write a sheet of so many pictures, as ``OUT/<system>-<seed>-<columns>x<rows>.png``, and return where it is.

    Raises:
        StudioError: a system that needs pictures, bad arguments or weights; a full disk.
    """
    check_seeds(seed, 1)
    for name, value in (("columns", columns), ("rows", rows)):
        check_whole(name, value, 1, MAX_SIDE)
    pipeline_class = system.load_pipeline()
    arguments = pipeline_class.arguments_class.parse(settings)
    sheet, origin = pipeline_class.from_pretrained(weights).sheet(columns, rows, arguments, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{system.name}-{seed}-{columns}x{rows}.png"
    return write_beside(file, encode_png(sheet, origin if provenance else None), set())


def evaluate(
    system: System,
    data: str,
    *,
    weights: str | Path | None = None,
    seed: int = 112,
    inception_weights: str | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Return a system's metrics on the held-out pictures of a source, with what they are of.

    Args:
        system: which.
        data: name of the source.
        weights: name, folder or Hub id; the system's own by default.
        seed: of what is made.
        inception_weights: a file or a Hub id of Inception-v3's state dict, by which distributions are compared as well.
        progress: show a progress bar.

    Raises:
        StudioError: no such weights, no usable source, a bad seed, or Inception for a system that has no use for it.
    """
    check_seeds(seed, 1)
    kind = system.load_pipeline()
    if inception_weights is not None and not kind.compares:
        detail = f"evaluating {system.name} compares no distributions of pictures"
        raise Misuse("setting_invalid", name="inception_weights", detail=detail)
    pipe = kind.from_pretrained(weights)
    if inception_weights is not None:
        pipe.extractors = (inception(hub.weights_file(inception_weights)),)
    metrics = pipe.evaluate(open_source(data), seed=seed, progress=progress)
    return {**metrics, "n": int(metrics["n"]), "seed": seed, "weights_sha256": pipe.weights_sha256}


def promote(run: Path, export: str, source: str) -> tuple[System, live.Promotion]:
    """Make one of a run's exports the live weights of the system that opens it; return both.

    Args:
        run: folder of the run.
        export: last, best, or one kept by step.
        source: where it came from, as a person would say it.

    Raises:
        Misuse: no such run or export, or one that the system's pipeline does not take.
    """
    folder = Run(run).find_export(export)
    system = opener(str(Run(run).settings()["system"]), folder)
    system.load_pipeline().from_pretrained(folder, "cpu")  # what does not open would leave the page without a model
    return system, live.promote(system.name, folder, source)


def push_run(run: Path, export: str, repository: str, *, private: bool = True) -> str:
    """Upload one of a run's exports to the Hub, with a card that says how it was taught and what was measured last.

    Raises:
        Misuse: there is no such run, export or repository, or nobody is signed in to the Hub.
        StudioError: the Hub refuses, or cannot be reached.
    """
    settings, folder = Run(run).settings(), Run(run).find_export(export)
    system = opener(str(settings["system"]), folder)
    known: dict[str, Any] = {"settings": settings, "metrics": publishing.measured(run, export)}
    return publishing.push(system.name, folder, repository, system.command(repository), private=private, **known)


def push_weights(name: str, repository: str, *, private: bool = True) -> str:
    """Upload the live weights of a bundled model's name; return the repository's address.

    Raises:
        StudioError: as ``push_run``.
    """
    system = of_weights(name)
    command = "" if system is None else system.command(repository)
    return publishing.push(name, hub.resolve(name), repository, command, private=private)


def export(system: System, run: Path, out: Path, *, step: int | None = None) -> int:
    """Write the averaged weights of a run's checkpoint, by default the last, and return its step.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings, checkpoint = settings_and_checkpoint(run, step)
    system.load_export()(system.load_config().parse(settings), averaged_of(checkpoint), out)
    write_stages(checkpoint.state.get("trained", []), out)
    return checkpoint.step
