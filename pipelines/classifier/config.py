"""Settings of the classifier's training, and the presets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pipelines.training.config import MAX_EVALUATED, TrainingConfig


class ClassifierConfig(TrainingConfig):
    """Settings of the classifier's training."""

    size: Literal[32, 64] = Field(32, description="side of the pictures, pixels")
    width: int = Field(2, ge=1, le=16, description="k, by which the channels 16, 32, 64 are multiplied")
    blocks: int = Field(2, ge=1, le=6, description="n, residual blocks in each of three groups")
    learning_rate: float = Field(0.1, gt=0, le=10, description="rate of SGD with Nesterov momentum 0.9")
    weight_decay: float = Field(5e-4, ge=0, le=1, description="of all weights")
    smoothing: float = Field(0.1, ge=0, lt=1, description="of the labels (Szegedy et al., 2016)")
    shift: float = Field(0.125, ge=0, le=0.5, description="largest move of a training picture, as a share of its side")
    hidden: float = Field(0.25, ge=0, le=0.5, description="side of the square that is hidden, as a share (Cutout)")
    evaluated: int = Field(2000, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"batch_size": 16, "steps": 40, "width": 1, "blocks": 1, "preview_every": 20, "evaluate_every": 40}
    | {"checkpoint_every": 10, "log_every": 5, "evaluated": 64, "learning_rate": 0.05},
    # zip:cifar100.zip: 0.737 of twenty superclasses, 0.607 of a hundred classes right; two hours of one core
    "cpu": {"batch_size": 128, "steps": 7000, "width": 2, "ema_decay": 0.998},
    # zip:tiny-imagenet.zip+zip:photos.zip, to measure generators of photographs: 0.371 of 293 classes right, 0.627
    # among five; half an hour of one core
    "photos": {"size": 64, "batch_size": 128, "steps": 5000, "width": 2, "ema_decay": 0.998},
    "gpu": {"batch_size": 512, "steps": 9800, "width": 8, "blocks": 4, "learning_rate": 0.4},
}
