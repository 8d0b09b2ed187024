from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.colorize.config import ColorizeConfig
from pipelines.training.run import Run
from tests.once import Once

SKY, GRASS, SUN = (70, 130, 220), (60, 150, 50), (240, 210, 60)
TINY = {"device": "cpu", "precision": "fp32", "size": 64, "min_side": 48, "base_channels": 4, "batch_size": 4}
TINY |= {"discriminator_channels": 4, "evaluated": 8, "log_every": 20, "checkpoint_every": 100, "worn": 0.1}


def landscape(seed: int, width: int = 96, height: int = 72) -> Image.Image:
    """Blue sky above, green grass below, a yellow sun in the sky; brightness, horizon and grain differ."""
    rng = np.random.default_rng(seed)
    horizon, light = int(rng.uniform(0.35, 0.65) * height), rng.uniform(0.6, 1.05)
    picture = np.empty((height, width, 3), np.float64)
    picture[:horizon], picture[horizon:] = SKY, GRASS
    y, x = np.mgrid[:height, :width]
    radius = rng.uniform(0.06, 0.1) * width
    sun = (x - rng.uniform(0.2, 0.8) * width) ** 2 + (y - horizon / 2) ** 2 < radius**2
    picture[sun] = SUN
    picture *= light * rng.normal(1, 0.08, (height, width, 1))
    blades = (x + rng.integers(9)) % 5 < 2
    picture[(y >= horizon) & blades] *= 0.75
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def landscapes(once: Once) -> Path:
    def paint(folder: Path) -> None:
        (folder / "outdoors").mkdir()
        for seed in range(40):
            landscape(seed).save(folder / "outdoors" / f"{seed}.png")

    return once.folder("landscapes", paint)


@pytest.fixture(scope="session")
def colorize_run(landscapes: Path, once: Once) -> Run:
    """A generator that has learnt that the sky is blue and grass is green."""
    settings = {**TINY, "data": f"folder:{landscapes}", "target": "ab", "steps": 80, "learning_rate": 4e-3}
    return once.run("colorize", ColorizeConfig.parse({**settings, "ema_decay": 0.95}))
