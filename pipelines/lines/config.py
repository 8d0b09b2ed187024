"""Settings of the line detector's training, and the presets."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from pipelines.common.errors import Misuse
from pipelines.training.config import MAX_EVALUATED, TrainingConfig


class LinesConfig(TrainingConfig):
    """Settings of the line detector's training."""

    maps: str = Field("maps", description="folder of line maps that prepare lines wrote of the same pictures")
    size: int = Field(160, ge=32, le=256, multiple_of=32, description="side of the windows of pictures of 256 pixels")
    base_channels: int = Field(16, ge=4, le=64, description="channels at half resolution")
    levels: int = Field(4, ge=2, le=5, description="halvings")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, description="rate of AdamW")
    evaluated: int = Field(64, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")

    @model_validator(mode="after")
    def check_maps(self) -> Self:
        """Refuse one window a step that the network halves down to a single number, which cannot be normed."""
        if self.batch_size == 1 and self.size <= 2**self.levels:
            raise Misuse("setting_invalid", name="batch_size", detail="must be 2 or more for so small a size")
        return self


PRESETS: dict[str, dict[str, int]] = {
    "smoke": {"size": 64, "batch_size": 8, "steps": 40, "base_channels": 8, "preview_every": 20}
    | {"evaluate_every": 40, "checkpoint_every": 10, "log_every": 5, "evaluated": 8},
    "small": {"size": 160, "batch_size": 16, "steps": 4000, "workers": 1},
    "full": {"size": 256, "batch_size": 32, "steps": 20000, "base_channels": 20, "workers": 2},
}
