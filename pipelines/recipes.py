"""Trainings one after another: how weights that need several are taught by one command."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipelines import systems
from pipelines.common.describe import first_error
from pipelines.common.errors import Misuse
from pipelines.train import is_finished, train
from pipelines.training.config import TrainingConfig
from pipelines.training.trainer import Outcome
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
FILE = "recipe.yaml"


class Stage(BaseModel):
    """One training of a recipe.

    Attributes:
        name: of its run folder.
        system: what is trained.
        preset: named settings to begin with.
        set: settings besides; ``{name}`` in a text stands for the run folder of an earlier stage.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    system: str
    preset: str | None = None
    set: Mapping[str, Any] = {}

    def configure(self, data: str, folders: Mapping[str, Path]) -> TrainingConfig:
        """Return the training's settings.

        Raises:
            Misuse: no such system or preset, a bad setting, or one that names no earlier stage.
        """
        settings: dict[str, Any] = {"data": data}
        for key, value in self.set.items():
            try:
                settings[key] = value.format(**folders) if isinstance(value, str) else value
            except (LookupError, AttributeError, TypeError, ValueError) as error:
                raise invalid(f"{self.name}: {key} names no earlier stage: {value}") from error
        return systems.configure(systems.find(self.system), self.preset, settings)


def load_recipe(path: Path) -> list[Stage]:
    """Read the stages of a YAML file.

    Raises:
        Misuse: no such file, or not a list of stages with different names.
    """
    try:
        found = yaml.safe_load(path.read_text())
    except OSError as error:
        raise Misuse("file_not_found", given=path) from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise invalid(f"{path.name} is not valid YAML") from error
    try:
        stages = TypeAdapter(list[Stage]).validate_python(found)
    except ValidationError as error:
        raise first_error(error, "recipe") from error
    if not stages or len({stage.name for stage in stages}) < len(stages):
        raise invalid("it needs stages, each with a name of its own")
    return stages


def bundled_recipe(system: str) -> Path:
    """Return the file that says how a system's own weights were taught.

    Raises:
        Misuse: none comes with them.
    """
    path = hub.BUNDLED / system / FILE
    if not path.is_file():
        raise invalid(f"none comes with the weights of {system}: name a file")
    return path


def train_recipe(stages: Sequence[Stage], data: str, folder: Path, *, progress: bool = False) -> Outcome:
    """Train stage after stage, each in a run folder of its own; what is finished is not trained again.

    Args:
        stages: the recipe; every setting is checked before the first training begins.
        data: source of pictures, of every stage.
        folder: holds the run folders.
        progress: show progress bars.

    Returns:
        ``finished``, or ``stopped`` where one was asked to; called again, it goes on there.

    Raises:
        StudioError: a bad setting, no usable source, or a training that failed.
    """
    folders: dict[str, Path] = {}
    configs = []
    for stage in stages:
        configs.append(stage.configure(data, folders))
        folders[stage.name] = folder / stage.name
    for stage, config in zip(stages, configs, strict=True):
        system, run = systems.find(stage.system), folders[stage.name]
        if is_finished(system, config, run):
            continue
        logger.info("%s: %s", run, system.name)
        if train(system, config, run, progress=progress) == "stopped":
            return "stopped"
    return "finished"


def invalid(detail: str) -> Misuse:
    """Return what is wrong with a recipe."""
    return Misuse("setting_invalid", name="recipe", detail=detail)
