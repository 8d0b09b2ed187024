from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipelines.data.sources import open_source
from pipelines.edges.cutouts import WHITE, compose, cutout, to_bytes
from pipelines.edges.finding import auto_canny
from pipelines.edges.maps import map_path
from pipelines.lines.config import LinesConfig
from pipelines.lines.objective import LinesObjective
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer

DATA = "synthetic:24"


@pytest.fixture(scope="session")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Maps to learn from: Canny's edges, blurred, stand for the large detector's."""
    folder, source = tmp_path_factory.mktemp("maps"), open_source(DATA)
    for entry in source.entries:
        edges = auto_canny(to_bytes(compose(cutout(source.load(entry)), WHITE)), blur=1.6)
        soft = cv2.GaussianBlur(edges.astype(np.float32), (0, 0), 1.5)
        path = map_path(folder, entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((soft / soft.max() * 240).astype(np.uint8)).save(path)
    return folder


@pytest.fixture(scope="session")
def lines_run(maps: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A detector that has learnt a little."""
    settings = {"data": DATA, "device": "cpu", "precision": "fp32", "maps": str(maps), "base_channels": 8, "size": 160}
    quick = {"steps": 120, "batch_size": 2, "learning_rate": 5e-3, "ema_decay": 0.8, "log_every": 10, "evaluated": 2}
    config = LinesConfig.parse({**settings, **quick})
    run = Run(tmp_path_factory.mktemp("lines") / "run")
    run.prepare("lines", config)
    assert Trainer(LinesObjective(config), config, run).fit() == "finished"
    return run
