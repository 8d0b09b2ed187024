"""Settings of colorize's training, and the presets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.training.config import MAX_EVALUATED, TrainingConfig, Weight

Encoder = Literal["plain", "lite0"]
Target = Literal["rgb", "ab"]
MULTIPLE = 32  # the largest stride of the encoder's maps


class ColorizeConfig(TrainingConfig):
    """Settings of colorize's training.

    Defaults follow the published course but for flips (left to right only: the sky is above), the batch of 16 (100
    there) and greys that are made to look old (none there).
    """

    size: int = Field(128, ge=64, le=256, multiple_of=MULTIPLE, description="side of the squares, pixels")
    min_side: int = Field(144, ge=16, le=10_000, description="shorter side below which a picture is dropped, pixels")
    encoder: Encoder = Field("plain", description="plain: trained with the rest; lite0: frozen EfficientNet-Lite0")
    target: Target = Field("rgb", description="what is made: rgb, or the two chroma channels ab")
    base_channels: int = Field(32, ge=4, le=128, description="channels of the generator's stem")
    discriminator_channels: int = Field(16, ge=4, le=64, description="channels of the discriminator's stem")
    l1_weight: Weight = Field(100.0, description="weight of the L1 distance")
    adversarial_weight: Weight = Field(1.0, description="weight of the adversarial loss; 0: without")
    consistency: Weight = Field(0.0, description="weight of how far the guesses of two frames of a scene lie apart")
    learning_rate: float = Field(2e-4, gt=0, le=0.1, description="rate of both networks")
    worn: float = Field(0.25, ge=0, le=1, description="share of grey pictures made to look old")
    faithful: float = Field(1.0, ge=0.5, le=2, description="what the faithful setting multiplies chroma by")
    vivid: float = Field(1.6, ge=1, le=4, description="what the vivid setting multiplies chroma by")
    evaluated: int = Field(64, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")


PRESETS: dict[str, dict[str, int]] = {
    "smoke": {"size": 64, "min_side": 32, "batch_size": 8, "steps": 40, "base_channels": 8}
    | {"discriminator_channels": 4, "evaluated": 8}
    | {"preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5},
    "small": {"batch_size": 32, "steps": 10_000, "workers": 1},
    "full": {"batch_size": 100, "steps": 40_000, "workers": 4},
}
