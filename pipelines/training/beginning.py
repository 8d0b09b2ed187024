"""What a training begins with: the weights of another run, or of an export; and how much work went into them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.common.errors import Misuse
from pipelines.common.files import write_atomically
from pipelines.training.averaging import averaged_of
from pipelines.training.checkpoints import Checkpoint, CheckpointStore
from pipelines.training.run import Run
from pipelines.weights import hub

TRAINED = "trained.json"  # beside exported weights: the trainings behind them
PLAIN = ("model", "diffusion_pytorch_model")  # files that say nothing of what is in them
NUMBERS = ("steps", "processor_hours")
Stage = Mapping[str, Any]


@dataclass
class Effort:
    """The work behind weights.

    Attributes:
        system: what is taught.
        before: the trainings that led to the weights that this one began with, the first one first: each its
            ``system``, its ``steps`` and the ``processor_hours`` of its main process, all threads together.
        seconds: of the processor, in this training until it was broken off.
    """

    system: str
    before: Sequence[Stage] = ()
    seconds: float = 0.0
    begun: float = field(default_factory=time.process_time)

    def stages(self, steps: int) -> list[Stage]:
        """Return the trainings before, and this one after so many steps."""
        hours = (self.seconds + time.process_time() - self.begun) / 3600
        return [*self.before, {"system": self.system, "steps": steps, "processor_hours": round(hours, 4)}]

    @classmethod
    def resumed(cls, system: str, stages: Sequence[Stage]) -> Effort:
        """Return that of a training that goes on; empty of one whose checkpoint is older than this record."""
        if not stages:
            return cls(system)
        return cls(system, list(stages[:-1]), 3600 * float(stages[-1]["processor_hours"]))


def write_stages(stages: Sequence[Stage], folder: Path) -> None:
    """Write the trainings behind exported weights beside them."""
    write_atomically(folder / TRAINED, (json.dumps(stages, indent=1) + "\n").encode())


def read_stages(folder: Path) -> list[Stage]:
    """Return the trainings behind exported weights, none where they are not known."""
    try:
        found = json.loads((folder / TRAINED).read_text())
        return [{"system": str(one["system"]), **{key: one[key] + 0 for key in NUMBERS}} for one in found]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def checkpoint_to_begin_with(given: str, modules: Mapping[str, nn.Module]) -> Checkpoint:
    """Return the last checkpoint of a run, or one made of exported weights, as ``checkpoint_of`` does.

    Args:
        given: folder of a run, or name, folder or Hub id of weights.
        modules: those to teach, by name.

    Raises:
        Misuse: there is nothing of that name, or it cannot be read.
        StudioError: the Hub cannot be reached.
    """
    found = CheckpointStore(Run(Path(given)).checkpoints, 1).load_last()
    return checkpoint_of(exported(given), modules) if found is None else found


def averaged_to_begin_with(given: str, modules: Mapping[str, nn.Module]) -> tuple[Mapping[str, Any], Sequence[Stage]]:
    """Return the weights that an export of the same would hold, by module, and the trainings behind them.

    Raises:
        StudioError: as ``checkpoint_to_begin_with``.
    """
    begun = checkpoint_to_begin_with(given, modules)
    return averaged_of(begun), begun.state.get("trained", [])


def exported(given: str) -> Path:
    """Return the folder of weights of a name.

    Raises:
        StudioError: as ``checkpoint_to_begin_with``.
    """
    try:
        return hub.resolve(given)
    except Misuse as error:
        raise Misuse("run_not_found", given=given) from error


def checkpoint_of(folder: Path, modules: Mapping[str, nn.Module]) -> Checkpoint:
    """Return a checkpoint with those modules whose every tensor is among exported weights.

    A tensor is called as in its file, after the folder and, where that says more than ``model``, after the file.

    Raises:
        Misuse: a file cannot be read.
    """
    tensors: dict[str, Tensor] = {}
    for file in sorted(folder.rglob("*.safetensors")):
        places = [*file.relative_to(folder).parts[:-1], *([] if file.stem in PLAIN else [file.stem])]
        try:
            tensors |= {".".join([*places, name]): value for name, value in load_file(file).items()}
        except (OSError, SafetensorError) as error:
            raise Misuse("weights_mismatch", name=file.name, detail=str(error).splitlines()[0]) from error
    found: dict[str, dict[str, Tensor]] = {}
    for name, module in modules.items():
        wanted = module.state_dict()
        for prefix in ("", f"{name}."):
            if wanted and all(prefix + key in tensors for key in wanted):
                found[name] = {key: tensors[prefix + key].to(value.dtype) for key, value in wanted.items()}
    stages = read_stages(folder)
    return Checkpoint(sum(int(one["steps"]) for one in stages), {"modules": found, "averages": {}, "trained": stages})
