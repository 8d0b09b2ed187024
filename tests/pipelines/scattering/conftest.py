from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.scattering.config import ScatteringConfig
from pipelines.scattering.pipeline import ScatteringPipeline
from pipelines.training.run import Run
from tests.once import Once
from tests.pipelines.scattering.shared import QUICK
from tests.tools import trained


@pytest.fixture(scope="package")
def trained_once(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a folder with a run and the codes it was taught."""

    def train(folder: Path) -> None:
        config = ScatteringConfig.parse({**QUICK, "codes": str(folder / "codes"), "noise": 0.2})
        trained(folder, "scattering", config)

    return Path(shutil.copytree(once.folder("scattering", train), tmp_path_factory.mktemp("scattering") / "own"))


@pytest.fixture(scope="package")
def codes(trained_once: Path) -> Path:
    """Where codes are kept."""
    return trained_once / "codes"


@pytest.fixture(scope="package")
def run(trained_once: Path) -> Run:
    return Run(trained_once / "run")


@pytest.fixture(scope="package")
def pipe(run: Run) -> ScatteringPipeline:
    return ScatteringPipeline.from_pretrained(run.exports / "last", "cpu")
