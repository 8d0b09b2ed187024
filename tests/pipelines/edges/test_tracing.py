from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from pipelines.backbones.line_detector import LineDetector
from pipelines.edges.tracing import bundled_detector, random_lines
from pipelines.weights import hub, live


def test_lines_to_teach_with_are_the_bundled_detectors(studio_home: Path, tmp_path: Path) -> None:
    """A training that is resumed after others were promoted goes on with the lines that it began with."""
    picture = np.random.default_rng(0).uniform(0, 1, (64, 64, 3)).astype(np.float32)
    before = bundled_detector()(picture)
    torch.manual_seed(0)
    hub.save_model(LineDetector(base_channels=4), tmp_path / "other")
    live.promote("lines", tmp_path / "other", "a run")
    assert hub.resolve("lines").is_relative_to(studio_home)
    assert np.array_equal(bundled_detector()(picture), before)


def test_faint_fur_is_wool_to_some_pens_and_nothing_to_most() -> None:
    rgba = np.zeros((256, 256, 4), np.float32)
    fur = 0.5 + 0.03 * np.random.default_rng(0).uniform(-1, 1, (66, 66, 1)).repeat(2, axis=0).repeat(2, axis=1)
    rgba[60:192, 60:192, :3], rgba[60:192, 60:192, 3] = fur, 1
    blank = np.zeros((256, 256), np.float32)

    def woolly(seed: int, dense: float) -> bool:
        lines = random_lines(rgba, np.random.default_rng(seed), lambda: blank, dense=dense)
        return float((lines[80:172, 80:172] > 0).mean()) > 0.1

    assert 3 <= sum(woolly(seed, 0.2) for seed in range(40)) <= 14
    assert not any(woolly(seed, 0.0) for seed in range(40))
