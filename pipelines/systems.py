"""One row a system: its name and how its rooms are opened. Everything heavy is imported when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipelines.common.errors import Misuse

if TYPE_CHECKING:
    from pipelines.training.config import TrainingConfig
    from pipelines.training.objective import Objective


@dataclass(frozen=True)
class System:
    """Where a system's parts are: ``module:attribute`` each.

    Attributes:
        name: as on the command line and under ``weights/``.
        summary: one line for a list.
        config: its settings class.
        presets: its table of presets.
        objective: class that teaches it.
        commands: module with ``prepare``, ``generate`` and ``evaluate`` for the command line.
    """

    name: str
    summary: str
    config: str
    presets: str
    objective: str
    commands: str

    def load_config(self) -> type[TrainingConfig]:
        """Return the settings class."""
        loaded: type[TrainingConfig] = load(self.config)
        return loaded

    def load_presets(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the presets by name."""
        loaded: Mapping[str, Mapping[str, Any]] = load(self.presets)
        return loaded

    def load_objective(self) -> Callable[..., Objective]:
        """Return the objective's constructor: ``(config, progress=False)``."""
        loaded: Callable[..., Objective] = load(self.objective)
        return loaded

    def load_commands(self) -> Any:
        """Return the module behind the command line's verbs."""
        return import_module(self.commands)


SYSTEMS: dict[str, System] = {
    system.name: system
    for system in (
        System(
            name="chimera",
            summary="from the lines of an animal that never was to the animal, cut out, in the style of a code",
            config="pipelines.chimera.objective:ChimeraConfig",
            presets="pipelines.chimera.objective:PRESETS",
            objective="pipelines.chimera.objective:ChimeraObjective",
            commands="pipelines.chimera.commands",
        ),
        System(
            name="pix2pix",
            summary="pix2pix as published: edges to picture or back, patches, with five adversarial losses",
            config="pipelines.pix2pix.objective:Pix2PixConfig",
            presets="pipelines.pix2pix.objective:PRESETS",
            objective="pipelines.pix2pix.objective:Pix2PixObjective",
            commands="pipelines.pix2pix.commands",
        ),
        System(
            name="colorize",
            summary="pix2pix: from a grey picture to its colours, at its own size",
            config="pipelines.colorize.objective:ColorizeConfig",
            presets="pipelines.colorize.objective:PRESETS",
            objective="pipelines.colorize.objective:ColorizeObjective",
            commands="pipelines.colorize.commands",
        ),
        System(
            name="lines",
            summary="a small line detector, taught by a large one, for photographs",
            config="pipelines.lines.objective:LinesConfig",
            presets="pipelines.lines.objective:PRESETS",
            objective="pipelines.lines.objective:LinesObjective",
            commands="pipelines.lines.commands",
        ),
    )
}


def find(name: str) -> System:
    """Return a system by its name.

    Raises:
        Misuse: there is none of that name.
    """
    if name not in SYSTEMS:
        raise Misuse("system_unknown", given=name, allowed=", ".join(SYSTEMS))
    return SYSTEMS[name]


def load(where: str) -> Any:
    """Import ``module:attribute``."""
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)


def configure(system: System, preset: str | None, settings: Mapping[str, Any]) -> TrainingConfig:
    """Return a system's settings: a preset's, then what is given.

    Raises:
        Misuse: no such preset, or a bad setting.
    """
    presets = system.load_presets()
    if preset is not None and preset not in presets:
        raise Misuse("preset_unknown", given=preset, allowed=", ".join(presets))
    return system.load_config().parse({**(presets[preset] if preset else {}), **settings})
