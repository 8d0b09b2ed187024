"""The verbs of the command line and what each of them takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pipelines import systems
from pipelines.jobs import verbs as jobs

MADE = "made"  # folder that generate writes, in the current one


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like every other error here.

    Attributes:
        spells_out: take options that it does not know for a system's own arguments: ``--key value`` for
            ``--set key=value``.
    """

    spells_out = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, with a system's own arguments spelled out."""
        if args is not None and self.spells_out:
            args = self._spelled_out(list(args))
        return super().parse_known_args(args, namespace)

    def _spelled_out(self, given: list[str]) -> list[str]:
        found: list[str] = []
        while given:
            option, equals, value = given.pop(0).partition("=")
            own = len(option) > len("--") and option.startswith("--") and option not in self._option_string_actions
            if own and (equals or given):
                key = option.removeprefix("--").replace("-", "_")
                found += ["--set", f"{key}={value if equals else given.pop(0)}"]
            else:
                found.append(f"{option}{equals}{value}")
        return found

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with the status of misuse."""
        self.exit(2, f"pipelines: {message} (see {self.prog} --help)\n")


def build_parser(run: Mapping[str, Callable[[argparse.Namespace], None]]) -> argparse.ArgumentParser:
    """Return the parser of every verb; ``run`` has the functions that run those which are no matter of the queue."""
    parser = Parser(prog="python -m pipelines", description="Train and use the studio's models.")
    verbs = parser.add_subparsers(required=True, metavar="verb", dest="verb")
    names = ", ".join(systems.SYSTEMS)

    verb = verbs.add_parser("list", help="the systems, their presets and bundled weights")
    verb.set_defaults(run_verb=run["list"])

    verb = verbs.add_parser("doctor", help="what this machine can do and what is missing")
    verb.set_defaults(run_verb=run["doctor"])

    verb = verbs.add_parser("prepare", help="make training pairs from pictures, or convert backbones")
    verb.add_argument("system", help=f"{names} or backbones")
    verb.add_argument("--data", help="where the pictures are: folder:PATH, zip:PATH, hub:ID, cifar100, synthetic")
    verb.add_argument("--out", type=Path, help="folder to write")
    verb.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one argument; repeatable")
    verb.set_defaults(run_verb=run["prepare"])

    verb = verbs.add_parser("train", help="train a system, or go on with a run that stopped")
    verb.add_argument("system", help=names)
    verb.add_argument("--preset", help="named settings to begin with: see list")
    verb.add_argument("--config", type=Path, help="YAML file of settings")
    recipe = (
        "several trainings, one after another, each in a folder of --run (default: as the bundled weights were taught)"
    )
    verb.add_argument("--recipe", type=Path, nargs="?", const="", help=recipe)
    verb.add_argument(
        "--data", help="where the pictures are: folder:PATH, zip:PATH, pairs:PATH, hub:ID, cifar100, synthetic"
    )
    verb.add_argument("--run", type=Path, help="run folder; an existing run is resumed (in the queue: a new one)")
    verb.add_argument("--enqueue", action="store_true", help="put it into the queue that the page or 'jobs serve' runs")
    verb.add_argument("--executor", help="queue it for local (unless said), accelerate or hf_jobs")
    verb.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one setting; repeatable")
    verb.set_defaults(run_verb=run["train"])

    verb = verbs.add_parser("generate", help="make pictures; prints their paths")
    verb.add_argument("system", help=names)
    verb.add_argument("files", nargs="*", type=Path, metavar="FILE", help="input pictures")
    add_weights(verb)
    verb.spells_out = True
    verb.add_argument("--seed", type=int, help="of every input (default: 0)")
    verb.add_argument("--count", type=int, help="pictures per input (default: 1)")
    verb.add_argument("--out", type=Path, default=Path(MADE), help="folder to write (default: %(default)s)")
    verb.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="one argument, as --KEY VALUE; repeatable"
    )
    verb.add_argument("--transparent", action="store_true", help="cut out, on nothing: --set background=transparent")
    besides = "picture to write besides: every input beside what was made of it; or, as 10x20, a sheet of so many alone"
    verb.add_argument("--sheet", type=Path, metavar="FILE|COLUMNSxROWS", help=besides)
    verb.add_argument("--no-provenance", action="store_true", help="leave out how each picture was made")
    verb.set_defaults(run_verb=run["generate"])

    verb = verbs.add_parser("evaluate", help="metrics on held-out data")
    verb.add_argument("system", help=names)
    verb.add_argument("--data", default="synthetic", help="where the pictures are (only the held-out tenth is used)")
    add_weights(verb)
    verb.add_argument("--seed", type=int, default=112)
    verb.add_argument("--inception-weights", metavar="PATH", help="a file or a Hub id: FID as well")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run_verb=run["evaluate"])

    verb = verbs.add_parser("sheet", help="lay pictures of the same names in several folders side by side")
    verb.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a column each; the first names the rows")
    verb.add_argument("--out", type=Path, required=True, help="picture to write")
    verb.set_defaults(run_verb=run["sheet"])

    verb = verbs.add_parser("compare", help="figures of what several models made of the same lines")
    verb.add_argument("lines", type=Path, metavar="LINES", help="folder of drawings or edge maps")
    verb.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="what one model made of them")
    verb.add_argument("--real", required=True, help="real pictures to compare with: folder:PATH, zip:PATH")
    verb.set_defaults(run_verb=run["compare"])

    verb = verbs.add_parser("export", help="write a run's averaged weights as a folder that a pipeline opens")
    verb.add_argument("system", help=names)
    verb.add_argument("--run", type=Path, required=True, help="run folder")
    verb.add_argument("--step", type=int, help="which checkpoint (default: the last)")
    verb.add_argument("--out", type=Path, required=True, help="folder to write")
    verb.set_defaults(run_verb=run["export"])

    verb = verbs.add_parser("promote", help="make a training's weights live")
    verb.add_argument("what", help="number of a job, or a run folder")
    verb.add_argument("--export", default="last", help="which of its exports: last, best, or one kept by step")
    verb.set_defaults(run_verb=run["promote"])

    verb = verbs.add_parser("push", help="upload a training's weights to the Hugging Face Hub with a model card")
    verb.add_argument("what", help="number of a job, a run folder, or a bundled model's name: its live weights")
    verb.add_argument("repository", help="owner/model; a new one is private")
    verb.add_argument("--export", default="last", help="which of its exports: last, best, or one kept by step")
    verb.add_argument("--public", action="store_true", help="make a new repository public")
    verb.set_defaults(run_verb=run["push"])
    jobs.add_verbs(verbs)
    return parser


def add_weights(verb: argparse.ArgumentParser) -> None:
    """Add the ways to say which weights are used."""
    weights = verb.add_mutually_exclusive_group()
    weights.add_argument("--weights", help="name, folder or Hub id (default: the system's own)")
    weights.add_argument("--run", type=Path, help="run folder: its weights, and the results go to its trackers as well")
    verb.add_argument("--export", help="which of the run's: last (default), best, or one kept by step")
