"""Settings of the silhouette detector's training, and the presets."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines.training.config import MAX_EVALUATED, TrainingConfig


class SilhouetteConfig(TrainingConfig):
    """Settings of the silhouette detector's training."""

    base_channels: int = Field(12, ge=4, le=64, description="channels at half resolution")
    levels: int = Field(5, ge=2, le=7, description="halvings")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, description="rate of AdamW")
    reserved: str | None = Field(None, description="file of keys, one a line: held out, and alone evaluated")
    evaluated: int = Field(64, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"batch_size": 4, "steps": 40, "base_channels": 4, "levels": 3, "preview_every": 20, "evaluate_every": 40}
    | {"checkpoint_every": 10, "log_every": 5, "evaluated": 8},
    "small": {"batch_size": 8, "steps": 6000, "workers": 1},
    "full": {"batch_size": 32, "steps": 20_000, "base_channels": 16, "workers": 8},
}
