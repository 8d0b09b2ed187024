from __future__ import annotations

from typing import Any

import pytest

from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.training.run import Run
from tests.once import Once

QUICK: dict[str, Any] = {"data": "synthetic:40", "size": 32, "autoencoder_channels": 8, "batch_size": 4}
QUICK |= {"perceptual_weight": 0.0, "steps": 60, "learning_rate": 2e-3, "evaluated": 4, "ema_decay": 0.8}
QUICK |= {"crop": 24, "parts": 2, "adversarial_from": 40, "discriminator_channels": 8, "styled": 0.25}
QUICK |= {"log_every": 20, "preview_every": 60, "evaluate_every": 60, "checkpoint_every": 30}


@pytest.fixture(scope="session")
def run(once: Once) -> Run:
    return once.run("autoencoder", AutoencoderConfig.parse(QUICK))
