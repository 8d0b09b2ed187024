from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.chimera.objective import ChimeraConfig, ChimeraObjective
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from tests.tools import TINY

torch.set_num_threads(1)  # threads of so small networks would only wait for each other


@pytest.fixture(autouse=True)
def studio_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("STUDIO_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def chimera_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A chimera that has learnt a little, with its whole run folder."""
    settings = {**TINY, "base_channels": 8, "discriminator_channels": 8, "batch_size": 8, "learning_rate": 1e-3}
    config = ChimeraConfig.parse({**settings, "steps": 150, "log_every": 50, "checkpoint_every": 75, "watch": "l1"})
    run = Run(tmp_path_factory.mktemp("chimera") / "run")
    run.prepare("chimera", config)
    assert Trainer(ChimeraObjective(config), config, run).fit() == "finished"
    return run


@pytest.fixture(scope="session")
def chimera_weights(chimera_run: Run) -> Path:
    return chimera_run.exports / "last"
