from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.chimera.networks import ChimeraModel
from pipelines.pix2pix.config import Pix2PixConfig
from pipelines.training.run import Run
from pipelines.weights import hub
from tests.once import Once
from tests.tools import TINY, sketch

TINY_MODEL = {"widths": (8, 8, 16, 16, 16, 16), "head_channels": 8, "style_dim": 6, "encoder_channels": 8, "size": 64}

torch.set_num_threads(1)  # threads of so small networks would only wait for each other


@pytest.fixture(autouse=True)
def studio_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("STUDIO_HOME", str(home))
    monkeypatch.setenv("STUDIO_NICE", "0")  # nobody waits for a picture here
    return home


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    folder = tmp_path_factory.getbasetemp()  # each process' own, where there are several
    return Once(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def pix2pix_run(once: Once) -> Run:
    """Pix2pix that has learnt a little, with its whole run folder."""
    quick = {"steps": 80, "log_every": 40, "checkpoint_every": 40, "learning_rate": 3e-3, "ema_decay": 0.8}
    config = Pix2PixConfig.parse({**TINY, **quick, "data": "synthetic:24", "base_channels": 8, "watch": "l1"})
    return once.run("pix2pix", config)


@pytest.fixture(scope="session")
def pix2pix_weights(pix2pix_run: Run) -> Path:
    return pix2pix_run.exports / "last"


@pytest.fixture(scope="session")
def chimera_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that has learnt nothing, with codes to draw from: it answers to its inputs, and that is enough."""
    torch.manual_seed(3)
    model = ChimeraModel(**TINY_MODEL, bank_size=20, natural_size=8, classes=("cat", "emu"))  # type: ignore[arg-type]
    rng = np.random.default_rng(1)
    model.bank_codes.copy_(torch.from_numpy(rng.normal(0, 2, (20, 6))))
    model.bank_places.copy_(torch.from_numpy(rng.normal(0, 2, (8, 6, 4, 4))))
    model.bank_colors.copy_(torch.from_numpy(rng.uniform(0.2, 0.8, (8, 3, 4, 4))))
    for block in model.modules():
        if hasattr(block, "style") and isinstance(block.style, torch.nn.Conv2d):
            torch.nn.init.normal_(block.style.weight, 0, 0.4)
    folder = tmp_path_factory.mktemp("chimera") / "tiny"
    hub.save_model(model.half(), folder)
    return folder


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """Return the file of a drawing."""
    path = tmp_path / "griffin.png"
    sketch(200).save(path)
    return path
