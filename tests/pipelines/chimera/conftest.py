from __future__ import annotations

import pytest

from pipelines import hub
from pipelines.chimera.pipeline import ChimeraPipeline


@pytest.fixture(scope="session")
def bundled() -> ChimeraPipeline:
    return ChimeraPipeline.from_pretrained(hub.BUNDLED / "chimera", "cpu")
