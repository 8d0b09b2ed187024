"""Settings that every training has; each system adds its own. One definition serves YAML, command line and form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.common.describe import first_error
from pipelines.common.errors import Misuse

Config = TypeVar("Config", bound="TrainingConfig")
MAX_STEPS = 10_000_000
MAX_WEIGHT = 100_000.0
Weight = Annotated[float, Field(ge=0, le=MAX_WEIGHT)]  # of a loss
MAX_EVALUATED = 1_000_000  # pictures of one evaluation

# A run may be continued with these changed: they alter how long it goes on and what is written. Under the linear
# schedule other steps mean another rate from there on.
FREE_ON_RESUME = frozenset(
    {"steps", "workers", "log_every", "preview_every", "evaluate_every", "checkpoint_every", "keep", "export_every"}
    | {"trackers", "watch", "start_from"}
)


class TrainingConfig(BaseModel):
    """How long, how precisely and how often; fields say the rest."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    free_on_resume: ClassVar[frozenset[str]] = FREE_ON_RESUME

    data: str = Field("synthetic", description="folder:PATH, zip:PATH, pairs:PATH, hub:ID, cifar100, … or synthetic")
    seed: int = Field(112, ge=0, lt=2**31, description="seed of weights, order and augmentation")
    steps: int = Field(1000, ge=1, le=MAX_STEPS, description="optimisation steps in all")
    batch_size: int = Field(16, ge=1, le=4096, description="pictures a step, over all processes together")
    accumulate: int = Field(1, ge=1, le=256, description="batches whose gradients are summed before a step")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1 or mps")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto", description="number format; auto: bf16 where it pays"
    )
    schedule: Literal["constant", "linear"] = Field("linear", description="linear: constant for half, then to zero")
    ema_decay: float = Field(0.999, ge=0, lt=1, description="decay of the weights' moving average")
    workers: int = Field(0, ge=0, le=64, description="processes that load data")
    start_from: str | None = Field(None, description="run folder, or name or folder of weights, to start with")
    log_every: int = Field(20, ge=1, le=MAX_STEPS, description="steps between lines of metrics")
    preview_every: int = Field(500, ge=1, le=MAX_STEPS, description="steps between preview sheets")
    evaluate_every: int = Field(2000, ge=1, le=MAX_STEPS, description="steps between evaluations")
    checkpoint_every: int = Field(250, ge=1, le=MAX_STEPS, description="steps between checkpoints")
    keep: int = Field(2, ge=1, le=1000, description="how many last checkpoints stay")
    export_every: int | None = Field(None, ge=1, le=MAX_STEPS, description="steps between exports that stay")
    watch: str | None = Field(None, description="metric by which the best checkpoint is kept; lower is better")
    trackers: list[Literal["tensorboard", "mlflow"]] = Field([], description="where metrics are sent as well")

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Validate settings.

        Raises:
            Misuse: the first setting that is unknown or out of its range, by name.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise first_error(error, "settings") from error

    def to_yaml(self) -> str:
        """Return the settings as YAML."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False)


def settings_from_pairs(pairs: list[str], texts: Collection[str] = ()) -> dict[str, Any]:
    """Parse ``key=value`` arguments; a value is read as YAML, so that numbers, lists and null work.

    Args:
        pairs: the arguments.
        texts: names whose values are texts, and taken as they are.

    Raises:
        Misuse: an argument without an equals sign, or with a broken value.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise Misuse("setting_invalid", name=pair, detail="write it as key=value")
        try:
            # To YAML a "#" begins a comment; here it begins a colour.
            as_it_is = value.startswith("#") or key.strip() in texts
            settings[key.strip()] = value if as_it_is else yaml.safe_load(value)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise Misuse("setting_invalid", name=key, detail="the value is not valid YAML") from error
    return settings


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a settings file.

    Raises:
        Misuse: no such file, or not a mapping in YAML.
    """
    try:
        values = yaml.safe_load(path.read_text())
    except OSError as error:
        raise Misuse("file_not_found", given=path) from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise Misuse("setting_invalid", name=path.name, detail="the file is not valid YAML") from error
    if not isinstance(values, dict):
        raise Misuse("setting_invalid", name=path.name, detail="the file must hold key: value lines")
    return values
