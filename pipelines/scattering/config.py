"""Settings of scattering's training, and the presets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipelines.common.errors import Misuse
from pipelines.common.home import studio_home
from pipelines.nn.scattering_size import coefficient_count
from pipelines.training.config import MAX_EVALUATED, TrainingConfig, Weight


class ScatteringConfig(TrainingConfig):
    """Settings of the code and of its decoder; defaults are the published ones at 64 px."""

    batch_size: int = Field(64, ge=1, le=4096, description="pictures a step, over all processes together")
    size: Literal[32, 64, 128, 256, 512] = Field(64, description="side of the pictures, pixels")
    channels: Literal[1, 3] = Field(1, description="1: grey, 3: colour")
    scales: int = Field(3, ge=1, le=7, description="J: coefficients are averaged over 2^J pixels")
    angles: int = Field(8, ge=1, le=16, description="L: angles of the wavelets")
    components: int = Field(128, ge=2, le=4096, description="principal components that are kept")
    pca: Literal["incremental", "full"] = Field("incremental", description="full: all coefficients in memory at once")
    pca_batch: int = Field(1000, ge=2, le=100_000, description="pictures at a time, where incremental")
    noise: float = Field(0.1, ge=0, le=0.99, description="deviation of the noise in the first component; 0: SGM")
    base_channels: int = Field(32, ge=4, le=128, description="of the decoder before its last convolution")
    max_channels: int = Field(512, ge=4, le=1024, description="of the decoder, at most")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, description="rate of Adam (0.9, 0.999); adversarial: (0.5, 0.99)")
    l1_weight: Weight = Field(1.0, description="of the mean absolute difference")
    perceptual_weight: Weight = Field(0.0, description="of the distance in VGG features")
    adversarial_weight: Weight = Field(0.0, description="of a projected discriminator; 0: there is none")
    discriminator_channels: int = Field(64, ge=8, le=256, description="of its mixed maps and heads")
    discriminator_rate: float = Field(2e-4, gt=0, le=0.1, description="rate of its Adam (0, 0.99)")
    codes: str | None = Field(None, description="folder where codes are kept; STUDIO_HOME/codes by default")
    evaluated: int = Field(500, ge=2, le=MAX_EVALUATED, description="pictures per evaluation while training")

    @property
    def cache(self) -> Path:
        """Where codes are kept."""
        return studio_home() / "codes" if self.codes is None else Path(self.codes).expanduser()


# Steps are 100 epochs of faces.zip (11,800 pictures to train).
PUBLISHED: dict[str, Any] = {"batch_size": 64, "steps": 18500, "schedule": "constant", "ema_decay": 0.0}
PUBLISHED |= {"log_every": 20, "preview_every": 500, "evaluate_every": 1850, "checkpoint_every": 250}
PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 32, "scales": 2, "angles": 4, "components": 16, "pca_batch": 64, "base_channels": 8}
    | {"batch_size": 16, "steps": 40, "preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10}
    | {"log_every": 5, "evaluated": 40},
    "sgm": {**PUBLISHED, "noise": 0.0},
    "ssgm": {**PUBLISHED, "noise": 0.1},
    # Goes on from a decoder that knows its pictures (start_from); a quarter of the published one's work, which the
    # discriminator takes instead.
    "adversarial": {"noise": 0.0, "base_channels": 16, "max_channels": 256, "learning_rate": 5e-4}
    | {"l1_weight": 10.0, "perceptual_weight": 3.0, "adversarial_weight": 1.0, "discriminator_channels": 32}
    | {"batch_size": 16, "steps": 2200, "schedule": "linear", "evaluate_every": 1100},
}


def check_config(config: ScatteringConfig) -> None:
    """Refuse settings that do not go together.

    Raises:
        Misuse: scales too many for the size, more components than coefficients, or than a batch has pictures.
    """
    if 2 ** (config.scales + 1) > config.size:
        detail = f"2^{config.scales} pixels are more than half of {config.size}: at most {config.size.bit_length() - 2}"
        raise Misuse("setting_invalid", name="scales", detail=detail)
    count = coefficient_count(config.size, config.channels, config.scales, config.angles)
    if config.components > count:
        raise Misuse("argument_out_of_range", name="components", given=config.components, low=2, high=count)
    if config.pca == "incremental" and config.pca_batch < config.components:
        detail = f"must be {config.components} or more, as many as there are components"
        raise Misuse("setting_invalid", name="pca_batch", detail=detail)
