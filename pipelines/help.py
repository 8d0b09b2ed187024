"""What the command line says when it is asked for help on one system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines import systems
from pipelines.parser import MADE
from pipelines.systems import System


def tells_of_a_system(given: Sequence[str]) -> bool:
    """Print what a system's verb takes where help on one system is asked for, and say whether it was."""
    if len(given) < 3 or given[0] not in ("generate", "train") or given[1] not in systems.SYSTEMS:
        return False
    if not {"-h", "--help"} & set(given[2:]):
        return False
    system = systems.find(given[1])
    print("\n".join(of_generating(system) if given[0] == "generate" else of_training(system)))
    return True


def of_training(system: System) -> Iterator[str]:
    """Yield the lines of the help on training a system."""
    from pipelines.common.describe import described

    command = f"python -m pipelines train {system.name}"
    yield f"usage: {command} [--preset NAME] --data SOURCE --run FOLDER [--set KEY=VALUE ...]"
    yield f"   or: {command} --recipe [FILE] --data SOURCE --run FOLDER"
    yield f"\n{system.summary}\npresets: {', '.join(system.load_presets())}\n\n--set takes:"
    yield from described(system.load_config())


def of_generating(system: System) -> Iterator[str]:
    """Yield the lines of the help on making pictures with a system: usage, options, its own arguments."""
    from pipelines.common.describe import described

    pipeline = system.load_pipeline()
    files = ("FILE ... " if pipeline.needs_pictures else "[FILE ...] ") if pipeline.takes_pictures else ""
    yield f"usage: python -m pipelines generate {system.name} {files}[OPTION ...] [--KEY VALUE ...]"
    yield f"\n{system.summary}\n\noptions:"
    options = list(options_of(pipeline))
    width = max(len(option) for option, _ in options)
    yield from (f"  {option:{width}}  {told}" for option, told in options)
    first = next(iter(pipeline.arguments_class.model_fields), "key")
    yield f"\nits own arguments, each as --KEY VALUE or --set KEY=VALUE, such as --{first} VALUE:"
    yield from described(pipeline.arguments_class)


def options_of(pipeline: type[Any]) -> Iterator[tuple[str, str]]:
    """Yield each option that counts for a system, with its range, its default and what it means."""
    from pipelines.commands import MAX_GENERATED, MAX_SIDE
    from pipelines.pipeline import MAX_SEED, Pipeline

    if pipeline.seeded:
        classes = " of each class" if "classes" in pipeline.arguments_class.model_fields else ""
        of_each = " of each input" if pipeline.takes_pictures else classes
        yield "--seed N", f"0 to {MAX_SEED}; the same seed gives the same pictures (default: 0)"
        yield "--count K", f"1 to {MAX_GENERATED}, to {MAX_SIDE} with --sheet FILE; pictures{of_each} (default: 1)"
    yield "--out FOLDER", f"folder to write (default: {MADE}, in the current folder)"
    beside = ", each input beside it" if pipeline.takes_pictures else ""
    yield "--sheet FILE", f"picture to write besides, of all that was made{beside}; .png, .jpg or .webp"
    if pipeline.sheet is not Pipeline.sheet:
        yield "--sheet COLUMNSxROWS", f"so many pictures on a sheet and nothing else, as 10x20; to {MAX_SIDE} each way"
    if pipeline.cuts_out:
        yield "--transparent", "cut out, on nothing: short for --background transparent"
    yield "--weights NAME", "name, folder or Hub id (default: the system's own)"
    yield "--run FOLDER", "run folder: its weights, and the results go to its trackers as well; in place of --weights"
    yield "--export NAME", "which of the run's exports: last, best or one kept, as step-00001000 (default: last)"
    yield "--no-provenance", "leave out how each picture was made"
