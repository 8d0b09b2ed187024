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
from pipelines.training.run import Run
from tests.once import Once

DATA = "synthetic:24"


@pytest.fixture(scope="session")
def maps(once: Once) -> Path:
    """Maps to learn from: Canny's edges, blurred, stand for the large detector's."""

    def draw(folder: Path) -> None:
        source = open_source(DATA)
        for entry in source.entries:
            edges = auto_canny(to_bytes(compose(cutout(source.load(entry)), WHITE)), blur=1.6)
            soft = cv2.GaussianBlur(edges.astype(np.float32), (0, 0), 1.5)
            path = map_path(folder, entry)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray((soft / soft.max() * 240).astype(np.uint8)).save(path)

    return once.folder("maps", draw)


@pytest.fixture(scope="session")
def lines_run(maps: Path, once: Once) -> Run:
    """A detector that has learnt a little."""
    settings = {"data": DATA, "device": "cpu", "precision": "fp32", "maps": str(maps), "base_channels": 8, "size": 160}
    quick = {"steps": 120, "batch_size": 2, "learning_rate": 5e-3, "ema_decay": 0.8, "log_every": 10, "evaluated": 2}
    return once.run("lines", LinesConfig.parse({**settings, **quick}))
