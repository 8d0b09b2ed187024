"""One row a system: its name and how its rooms are opened. Everything heavy is imported when asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.common.errors import Misuse

if TYPE_CHECKING:
    from pipelines.pipeline import Pipeline
    from pipelines.training.config import TrainingConfig
    from pipelines.training.objective import Objective

WHOLE = "model_index.json"  # in an export that holds a whole model, in diffusers' layout
# One thread at a time imports what is heavy: of two that import packages which import each other, one may find a half.
IMPORTING = threading.RLock()


@dataclass(frozen=True)
class System:
    """A system: its folder under ``pipelines`` and, where it has a tab, under ``demos``; ``weights/<name>`` beside.

    Attributes:
        name: as on the command line, under ``weights/`` and in the folders' names.
        stem: with which its classes' names begin: ``<stem>Config`` in ``config.py`` beside ``PRESETS``, which imports
            nothing heavy, ``<stem>Objective`` in ``objective.py`` beside ``export_weights``, ``<stem>Pipeline`` in
            ``pipeline.py``.
        summary: one line for a list.
        room: its package, ``pipelines.<name>`` by default.
        whole: the system that opens its exports where they hold a whole model, of which it taught a part.
        tab: the package with its tab's ``tab.py`` and ``words.py``, ``demos.<name>`` by default; it need not be there.
    """

    name: str
    stem: str
    summary: str
    room: str = ""
    tab: str = ""
    whole: str = ""

    def load_config(self) -> type[TrainingConfig]:
        """Return the settings class."""
        loaded: type[TrainingConfig] = self._part("config", f"{self.stem}Config")
        return loaded

    def load_presets(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the presets by name."""
        loaded: Mapping[str, Mapping[str, Any]] = self._part("config", "PRESETS")
        return loaded

    def load_objective(self) -> Callable[..., Objective]:
        """Return the objective's constructor: ``(config, progress=False)``."""
        loaded: Callable[..., Objective] = self._part("objective", f"{self.stem}Objective")
        return loaded

    def load_export(self) -> Callable[..., None]:
        """Return what writes a checkpoint's weights: ``(config, weights by module, folder)``."""
        loaded: Callable[..., None] = self._part("objective", "export_weights")
        return loaded

    def load_pipeline(self) -> type[Pipeline[Any]]:
        """Return the pipeline's class."""
        loaded: type[Pipeline[Any]] = self._part("pipeline", f"{self.stem}Pipeline")
        return loaded

    def load_prepare(self) -> Callable[..., str] | None:
        """Return what makes training files from pictures, None where nothing has to be made."""
        package = self.room or f"pipelines.{self.name}"
        if find_spec(f"{package}.prepare") is None:
            return None
        loaded: Callable[..., str] = self._part("prepare", "prepare")
        return loaded

    def command(self, weights: str) -> str:
        """Return what a terminal takes to make pictures with weights of a name."""
        pipeline = self.load_pipeline()
        picture = " INPUT.png" if pipeline.takes_pictures and pipeline.needs_pictures else ""
        return f"python -m pipelines generate {self.name}{picture} --weights {weights} --out made"

    def tab_package(self) -> str | None:
        """Return the name of the package with its tab, None where it has none."""
        package = self.tab or f"demos.{self.name}"
        try:
            return package if find_spec(f"{package}.tab") is not None else None
        except ModuleNotFoundError:
            return None

    def _part(self, module: str, attribute: str) -> Any:
        with IMPORTING:
            return getattr(import_module(f"{self.room or f'pipelines.{self.name}'}.{module}"), attribute)


SYSTEMS: dict[str, System] = {
    system.name: system
    for system in (
        System("chimera", "Chimera", "from the lines of an animal that never was to the animal, cut out and furred"),
        System("colorize", "Colorize", "pix2pix: from a grey picture to its colours, at its own size"),
        System("pix2pix", "Pix2Pix", "pix2pix as published: edges to picture or back, with five adversarial losses"),
        System("biggan", "BigGAN", "small pictures of a class, from noise: CIFAR-100's twenty superclasses"),
        System("scattering", "Scattering", "pictures from noise, by inverting whitened wavelet coefficients"),
        System(
            "stylemini",
            "StyleMini",
            "pictures drawn anew in a style given by text, in Stable Diffusion's format",
            tab="demos.replay",
        ),
        System(
            "autoencoder",
            "Autoencoder",
            "StyleMini's first part: pictures to small latents and back",
            room="pipelines.stylemini.autoencoder",
            whole="stylemini",
        ),
        System("classifier", "Classifier", "tells what is on a small picture; measures generators"),
        System("lines", "Lines", "a small line detector, taught by a large one, for photographs"),
        System("silhouette", "Silhouette", "tells what a line drawing encloses, for chimera"),
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


def opener(taught: str, export: Path) -> System:
    """Return the system that opens an export of the system that taught it.

    Raises:
        Misuse: there is none of that name.
    """
    system = find(taught)
    return find(system.whole) if system.whole and (export / WHOLE).is_file() else system


def of_weights(name: str) -> System | None:
    """Return the system whose weights are of a name, such as ``scattering-ssgm``; None of a backbone's."""
    return next((row for own, row in SYSTEMS.items() if name == own or name.startswith(f"{own}-")), None)


def configure(system: System, preset: str | None, settings: Mapping[str, Any]) -> TrainingConfig:
    """Return a system's settings: a preset's, then what is given.

    Raises:
        Misuse: no such preset, or a bad setting.
    """
    presets = system.load_presets()
    if preset is not None and preset not in presets:
        raise Misuse("preset_unknown", given=preset, allowed=", ".join(presets))
    return system.load_config().parse({**(presets[preset] if preset else {}), **settings})
