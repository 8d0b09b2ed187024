from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from pipelines.colorize.config import ColorizeConfig
from pipelines.colorize.objective import ColorizeObjective
from tests.pipelines.accelerators import in_float32

SMALL: dict[str, Any] = {
    "size": 64,
    "min_side": 32,
    "base_channels": 8,
    "discriminator_channels": 4,
    "batch_size": 8,
    "workers": 0,
}


def test_consistency_brings_the_guesses_of_two_frames_together(landscapes: Path) -> None:
    apart = {}
    for weight in (0.0, 300.0):
        config = ColorizeConfig(data=f"folder:{landscapes}", learning_rate=1e-3, consistency=weight, **SMALL)
        objective = ColorizeObjective(config)
        batches = iter(objective.batches(0))
        for _ in range(25):
            scalars = objective.step(next(batches), in_float32())
        assert ("consistency" in scalars) == bool(weight)
        grey = next(batches)["grey"]
        with torch.no_grad():
            torch.manual_seed(1)
            made = objective.modules["generator"](grey)
            apart[weight] = float(objective._consistency(grey, made) / made.std())
    assert apart[300.0] < 0.6 * apart[0.0], "the term was taught"
