from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.scattering.config import ScatteringConfig
from pipelines.scattering.pipeline import ScatteringPipeline
from pipelines.training.run import Run
from tests.pipelines.scattering.shared import QUICK
from tests.tools import trained


@pytest.fixture(scope="package")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where codes are kept: one folder, so that they are made once."""
    return tmp_path_factory.mktemp("codes")


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory, codes: Path) -> Run:
    config = ScatteringConfig.parse({**QUICK, "codes": str(codes), "noise": 0.2})
    return trained(tmp_path_factory.mktemp("scattering"), "scattering", config)


@pytest.fixture(scope="package")
def pipe(run: Run) -> ScatteringPipeline:
    return ScatteringPipeline.from_pretrained(run.exports / "last", "cpu")
