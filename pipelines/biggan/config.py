"""Settings of BigGAN's training, and the presets."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from pipelines.training.config import FREE_ON_RESUME, MAX_EVALUATED, TrainingConfig

WATCHED = "kid_independent"  # given on any data: see ``independent_kid``


class BigGANConfig(TrainingConfig):
    """Settings of BigGAN's training; defaults follow the usual recipe for CIFAR."""

    free_on_resume: ClassVar[frozenset[str]] = FREE_ON_RESUME | {"widened_from"}  # it may be gone by then

    superclasses: bool = Field(True, description="teach CIFAR-100's twenty superclasses instead of its classes")
    base_channels: int = Field(64, ge=8, le=96, description="the generator's blocks have four times as many channels")
    discriminator_channels: int = Field(64, ge=8, le=96, description="likewise; of the heads, where projected")
    noise_dim: int = Field(128, ge=4, le=512, description="length of the noise")
    shared_dim: int = Field(0, ge=0, le=512, description="length of a class embedding that all blocks share; 0: none")
    hierarchical: bool = Field(False, description="give each block its own part of the noise")
    attention: bool = Field(False, description="self-attention at 16 x 16")
    projected: bool = Field(False, description="discriminate in the feature space of EfficientNet-Lite0")
    enlarged: int = Field(128, ge=64, le=256, multiple_of=32, description="side of the pictures it is shown")
    discriminator_steps: int = Field(4, ge=1, le=10, description="discriminator steps a step, a batch each")
    generator_rate: float = Field(2e-4, gt=0, le=0.1, description="rate of Adam (0, 0.999)")
    discriminator_rate: float = Field(2e-4, gt=0, le=0.1, description="likewise")
    init: Literal["normal", "orthogonal"] = Field("normal", description="how weights are drawn")
    widened_from: str | None = Field(
        None, description="run folder, or name or folder of weights, of a narrower generator to begin with"
    )
    augmentation: bool = Field(False, description="DiffAugment: shifts, brightness, contrast, cutout")
    lecam: float = Field(0.0, ge=0, le=10, description="weight of LeCam's penalty")
    consistency: float = Field(0.0, ge=0, le=100, description="weight of balanced consistency regularisation")
    orthogonal: float = Field(0.0, ge=0, le=1, description="weight of the generator's orthogonal regularisation")
    classification: float = Field(0.0, ge=0, le=10, description="weight of an auxiliary classifier; 0: none")
    quantization: float = Field(0.0, ge=0, le=100, description="weight of quantised features' commitment; 0: none")
    flips: bool = Field(True, description="mirror every other training picture by chance, left to right")
    jitter: bool = Field(False, description="change brightness, contrast, saturation and hue of training pictures")
    evaluated: int = Field(1000, ge=1, le=MAX_EVALUATED, description="samples per evaluation while training")


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"base_channels": 8, "discriminator_channels": 8, "noise_dim": 16, "batch_size": 8, "steps": 40}
    | {"preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5, "evaluated": 40}
    | {"watch": WATCHED},
    # zip:cifar100.zip: superclass accuracy 0.622 of samples, 0.738 of real pictures; an hour and a half of one core.
    # Longer, as weights/biggan/recipe.yaml says: 0.611, at half the distance from real pictures.
    "cpu": {"base_channels": 24, "discriminator_channels": 32, "projected": True, "discriminator_steps": 1}
    | {"enlarged": 64, "batch_size": 32, "steps": 12000, "augmentation": True, "classification": 1.0}
    | {"generator_rate": 4e-4, "discriminator_rate": 4e-4, "preview_every": 1000, "evaluate_every": 2000}
    | {"watch": WATCHED},
    # Neither of the following was run to its end, so there are no figures.
    "gpu": {"base_channels": 64, "batch_size": 256, "steps": 30000, "discriminator_steps": 2, "augmentation": True}
    | {"lecam": 0.3, "preview_every": 1000, "evaluate_every": 10000, "ema_decay": 0.9995, "watch": WATCHED},
    # The rates, the jitter and the quantised features are those published for the superclasses; the usual recipe for
    # CIFAR has 2e-4 for both rates, and neither of the others.
    "paper": {"base_channels": 64, "batch_size": 64, "steps": 136700, "discriminator_rate": 1e-4}
    | {"jitter": True, "quantization": 10.0, "preview_every": 1000, "evaluate_every": 20000}
    | {"ema_decay": 0.9999, "schedule": "constant", "watch": WATCHED},
}
