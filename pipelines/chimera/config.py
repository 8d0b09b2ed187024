"""The settings of chimera's training."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from pipelines.training.config import MAX_EVALUATED, MAX_STEPS, TrainingConfig, Weight

WIDTHS = (40, 80, 160, 256, 256, 256, 256)
MAX_WIDTH = 1024  # channels of a level


class ChimeraConfig(TrainingConfig):
    """Settings of chimera's training."""

    size: Literal[64, 128, 256] = Field(256, description="side of the pictures, pixels")
    widths: list[int] = Field(list(WIDTHS), min_length=5, max_length=8, description="generator's channels by level")
    head_channels: int = Field(24, ge=4, le=128, description="generator's channels at full resolution")
    style_dim: int = Field(16, ge=4, le=256, description="length of a style code")
    encoder_channels: int = Field(32, ge=4, le=128, description="encoder's channels after its first convolution")
    discriminator_channels: int = Field(32, ge=4, le=128, description="pair discriminator's channels, first layer")
    learning_rate: float = Field(1.5e-4, gt=0, le=0.1, description="rate of generator and encoder")
    discriminator_rate: float = Field(4e-4, gt=0, le=0.1, description="rate of the discriminators")
    ema_decay: float = Field(0.998, ge=0, lt=1, description="decay of the weights' moving average")
    schedule: Literal["constant", "linear"] = Field("constant", description="linear: constant for half, then to zero")
    drawings: str | None = Field(None, description=".npz of lines without pictures")
    drawing_share: float = Field(0.5, gt=0, le=1, description="drawings in a batch for each pair")
    reserved: str | None = Field(None, description="file of keys, one a line: held out, and alone evaluated")
    warm_up: int = Field(0, ge=0, le=MAX_STEPS, description="steps in which the discriminators alone learn")
    unconditional_weight: Weight = Field(0.8, description="weight of the projected discriminator's loss")
    pair_weight: Weight = Field(1.0, description="weight of the pair discriminator's loss")
    texture_weight: Weight = Field(1.0, description="weight of its loss on drawings, whose lines it is not shown")
    feature_weight: Weight = Field(10.0, description="weight of the pair discriminator's feature distance")
    l1_weight: Weight = Field(10.0, description="weight of the L1 distance")
    perceptual_weight: Weight = Field(6.0, description="weight of the VGG distance")
    alpha_weight: Weight = Field(10.0, description="weight of the L1 distance of alpha")
    spill_weight: Weight = Field(5.0, description="weight of alpha outside a drawing")
    kl_weight: Weight = Field(0.02, description="weight of the codes' divergence from N(0, I)")
    code_weight: Weight = Field(0.3, description="weight of the regression of another picture's code")
    recall_weight: Weight = Field(1.0, description="weight of a drawing's lines that a detector misses")
    agreement_weight: Weight = Field(12.0, description="weight of the L1 distance of a pair's line maps")
    glow_weight: Weight = Field(4.0, description="weight of inner lines brighter than their surroundings")
    white: float = Field(0.6, ge=0, le=1, description="share of white backgrounds; the rest are plain colours")
    evaluated: int = Field(52, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")

    @field_validator("widths")
    @classmethod
    def check_widths(cls, widths: list[int]) -> list[int]:
        """Refuse a network that no machine holds."""
        if not all(4 <= width <= MAX_WIDTH for width in widths):
            raise ValueError(f"each must be from 4 to {MAX_WIDTH}")
        return widths


TINY = {"widths": [8, 8, 16, 16, 16, 16], "head_channels": 8, "encoder_channels": 8, "discriminator_channels": 8}
# name        size  batch  steps
PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 64, "batch_size": 4, "steps": 40, **TINY, "evaluated": 8}
    | {"preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5},
    "small": {"size": 128, "batch_size": 8, "steps": 20_000, "workers": 1},
    "full": {"size": 256, "batch_size": 4, "steps": 50_000, "workers": 1},
}
