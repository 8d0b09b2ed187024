"""The smallest settings of BigGAN's training, for all its tests."""

from __future__ import annotations

from typing import Any

DATA = "synthetic:48"
QUICK: dict[str, Any] = {"data": DATA, "base_channels": 8, "discriminator_channels": 8, "noise_dim": 16}
QUICK |= {"batch_size": 8, "steps": 16, "evaluated": 16}
QUICK |= {"log_every": 8, "preview_every": 16, "evaluate_every": 16, "checkpoint_every": 8}
