"""What the command line says when it is asked for help on one system."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import systems


def tells_of_a_system(given: Sequence[str]) -> bool:
    """Print what ``--set`` takes where help on one system is asked for, and say whether it was."""
    if len(given) < 3 or given[0] not in ("generate", "train") or given[1] not in systems.SYSTEMS:
        return False
    if not {"-h", "--help"} & set(given[2:]):
        return False
    from pipelines.common.describe import described

    verb, system = given[0], systems.find(given[1])
    pipeline = system.load_pipeline() if verb == "generate" else None
    model = system.load_config() if pipeline is None else pipeline.arguments_class
    if pipeline is None:
        print(f"usage: python -m pipelines train {system.name} [--preset NAME] --data SOURCE --run FOLDER", end="")
        print(f" [--set KEY=VALUE ...]\n   or: python -m pipelines train {system.name} --recipe [FILE]", end="")
        print(f" --data SOURCE --run FOLDER\n\n{system.summary}\npresets: {', '.join(system.load_presets())}")
    else:
        random = "[--seed N] [--count K] " if pipeline.seeded else ""
        files = "FILE ... " if pipeline.takes_pictures else ""
        print(f"usage: python -m pipelines generate {system.name} {files}{random}--out FOLDER", end="")
        weights = "[--weights NAME | --run FOLDER]"
        print(f" {weights} [--sheet FILE] [--no-provenance] [--set KEY=VALUE ...]\n\n{system.summary}")
    print("\n--set takes:\n" + "\n".join(described(model)))
    return True
