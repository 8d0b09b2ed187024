"""The command line: ``python -m pipelines <verb> <system> ...``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import systems
from pipelines.common.errors import Misuse, StudioError, check_names
from pipelines.common.memory import keep_freed_memory
from pipelines.help import tells_of_a_system
from pipelines.jobs.verbs import run_of
from pipelines.parser import build_parser

if TYPE_CHECKING:
    from pipelines.training.inference import Inference


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when done, 2 after misuse, 1 after a failure; either is one line on stderr.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for client in ("httpx", "httpx2"):
        logging.getLogger(client).setLevel(logging.WARNING)
    keep_freed_memory()
    try:
        if not tells_of_a_system(given):
            options = build_parser(VERBS).parse_args(given)
            options.run_verb(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has left; what Python still holds for it has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Misuse as error:
        print(f"pipelines: {error}", file=sys.stderr)
        return 2
    except (StudioError, OSError) as error:
        print(f"pipelines: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("pipelines: interrupted", file=sys.stderr)
        return 1
    return 0


def open_run(options: argparse.Namespace) -> tuple[str | Path | None, Inference | None]:
    """Return the weights that are named, and the run's export where they are one's."""
    if options.run is None:
        if options.export is not None:
            raise Misuse("setting_invalid", name="export", detail="--run is needed, of which it is an export")
        return options.weights, None
    from pipelines.training.inference import Inference

    inference = Inference(options.run, options.export or "last")
    return inference.folder, inference


def list_systems(options: argparse.Namespace) -> None:
    """Print each system with its presets and whether weights are bundled."""
    from pipelines.weights import hub

    bundled = hub.bundled_names()
    for system in systems.SYSTEMS.values():
        own = [name for name in bundled if name == system.name or name.startswith(f"{system.name}-")]
        weights = f"weights bundled: {', '.join(own)}" if own else "no weights bundled"
        print(f"{system.name:12} {system.summary}\n{'':12} presets: {', '.join(system.load_presets())}; {weights}")


def run_doctor(options: argparse.Namespace) -> None:
    """Print what works on this machine."""
    from pipelines import doctor

    for finding in doctor.examine():
        print(finding)


def run_prepare(options: argparse.Namespace) -> None:
    """Make a system's training files."""
    from pipelines.training.config import settings_from_pairs

    if options.system == "backbones":
        from pipelines.backbones import convert

        convert.convert_all(options.out or convert.DEFAULT_FOLDER)
        return
    prepare = systems.find(options.system).load_prepare()
    if prepare is None:
        raise Misuse("setting_invalid", name="prepare", detail=f"{options.system} trains on the pictures themselves")
    if options.data is None or options.out is None:
        raise Misuse("setting_invalid", name="prepare", detail="--data and --out are needed")
    arguments = settings_from_pairs(options.set)
    check_names(arguments, tuple(sorted(set(signature(prepare).parameters) - {"data", "out", "progress"})))
    print(prepare(options.data, options.out, **arguments, progress=tty()))


def run_train(options: argparse.Namespace) -> None:
    """Train, resuming where the run folder already has checkpoints."""
    from pipelines.training.config import load_yaml, settings_from_pairs

    if options.recipe is not None:
        run_recipe(options)
        return
    system = systems.find(options.system)
    settings = load_yaml(options.config) if options.config else {}
    settings.pop("system", None)
    if options.data is not None:
        settings["data"] = options.data
    settings.update(settings_from_pairs(options.set))
    config = systems.configure(system, options.preset, settings)
    if options.enqueue or options.executor:
        from pipelines.jobs import service

        settings = config.model_dump(mode="json")
        job = service.enqueue(system.name, settings, options.run, options.executor or "local")
        print(f"{job.id}: {job.status}, {job.run}")
        return
    if options.run is None:
        raise Misuse("setting_invalid", name="train", detail="--run is needed, or --enqueue")
    from pipelines.train import train

    print(f"{options.run}: {train(system, config, options.run, progress=tty())}")


def run_recipe(options: argparse.Namespace) -> None:
    """Train a recipe's stages, each in a folder of its own in the run folder."""
    from pipelines import recipes

    if options.preset or options.config or options.set or options.enqueue or options.executor:
        raise Misuse("setting_invalid", name="recipe", detail="only --data and --run go with it")
    if options.data is None or options.run is None:
        raise Misuse("setting_invalid", name="recipe", detail="--data and --run are needed")
    system = systems.find(options.system)
    given = options.recipe if options.recipe.name else recipes.bundled_recipe(system.name)
    stages = recipes.load_recipe(given)
    print(f"{options.run}: {recipes.train_recipe(stages, options.data, options.run, progress=tty())}")


def run_generate(options: argparse.Namespace) -> None:
    """Make pictures and print their paths, one a line; name each bad file on stderr and go on with the others."""
    from pipelines import commands
    from pipelines.common.sheets import check_sheet
    from pipelines.training.config import settings_from_pairs

    system = systems.find(options.system)
    pipeline = system.load_pipeline()
    sides = None if options.sheet is None else re.fullmatch(r"(\d+)x(\d+)", str(options.sheet))
    if options.sheet is not None and sides is None:
        check_sheet(options.sheet)
    if not pipeline.seeded and (options.seed is not None or options.count is not None):
        raise Misuse("argument_unknown", name=system.name, given="--seed or --count", allowed="--set, --out, --sheet")
    weights, inference = open_run(options)
    common: dict[str, Any] = {
        "weights": weights,
        "seed": options.seed or 0,
        "settings": settings_from_pairs(options.set, pipeline.arguments_class.texts())
        | ({"background": "transparent"} if options.transparent else {}),
        "provenance": not options.no_provenance,
    }
    made: Iterable[Path | commands.Failed | commands.Sheet]
    if sides is None:
        count = 1 if options.count is None else options.count
        made = commands.generate(system, options.files, options.out, count=count, sheet=options.sheet, **common)
    else:
        if options.files or options.count is not None:
            raise Misuse("setting_invalid", name="sheet", detail="of columns x rows it takes no files and no --count")
        made = [commands.draw_sheet(system, options.out, *map(int, sides.groups()), **common)]
    bad, written = 0, []
    for one in made:
        if isinstance(one, commands.Failed):
            if len(options.files) == 1:
                raise Misuse("setting_invalid", name=one.file.name, detail=str(one.error)) from one.error
            bad += 1
            print(f"pipelines: {one.file.name}: {one.error}", file=sys.stderr, flush=True)
        elif isinstance(one, commands.Sheet):
            print(one.file, flush=True)
        else:
            print(one, flush=True)
            written.append(one)
    if inference is not None:
        inference.record_files(written)
    if bad:
        raise StudioError("files_bad", given=bad, count=len(options.files))


def run_evaluate(options: argparse.Namespace) -> None:
    """Print metrics on held-out data."""
    from pipelines import commands

    system = systems.find(options.system)
    weights, inference = open_run(options)
    given: dict[str, Any] = {"seed": options.seed, "inception_weights": options.inception_weights, "progress": tty()}
    metrics = commands.evaluate(system, options.data, weights=weights, **given)
    if options.json:
        print(json.dumps(metrics))
    else:
        for name, value in metrics.items():
            print(f"{name:24} {value:.4f}" if isinstance(value, float) else f"{name:24} {value}")
    if inference is not None:
        inference.record_metrics(metrics)


def run_sheet(options: argparse.Namespace) -> None:
    """Write a sheet with a column for each folder."""
    from pipelines.common.sheets import check_sheet, compare_folders, write_sheet

    check_sheet(options.out)
    print(write_sheet(compare_folders(options.folders), options.out))


def run_compare(options: argparse.Namespace) -> None:
    """Print one JSON object: each folder's figures by its name."""
    from pipelines.data.sources import open_source
    from pipelines.metrics.folders import compare

    print(json.dumps(compare(options.lines, options.folders, open_source(options.real)), indent=1))


def run_export(options: argparse.Namespace) -> None:
    """Write a checkpoint's averaged weights; a run need not have ended."""
    from pipelines import commands

    step = commands.export(systems.find(options.system), options.run, options.out, step=options.step)
    print(f"{options.out}: step {step}")


def run_promote(options: argparse.Namespace) -> None:
    """Make an export live."""
    from pipelines import commands

    run = run_of(options.what)
    system, made = commands.promote(run, options.export, f"{run.name}, {options.export}")
    print(f"{system.name}: {made.weights_sha256[:16]} is live")


def run_push(options: argparse.Namespace) -> None:
    """Upload an export, or a system's live weights."""
    from pipelines import commands
    from pipelines.weights import hub

    private = not options.public
    if options.what in hub.bundled_names():
        print(commands.push_weights(options.what, options.repository, private=private))
    else:
        print(commands.push_run(run_of(options.what), options.export, options.repository, private=private))


def tty() -> bool:
    """Say whether somebody is watching."""
    return sys.stderr.isatty()


VERBS = {
    "list": list_systems,
    "doctor": run_doctor,
    "prepare": run_prepare,
    "train": run_train,
    "generate": run_generate,
    "evaluate": run_evaluate,
    "sheet": run_sheet,
    "compare": run_compare,
    "export": run_export,
    "promote": run_promote,
    "push": run_push,
}

if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    sys.exit(main())
