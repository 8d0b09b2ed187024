from __future__ import annotations

import pytest

from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.weights import hub


@pytest.fixture(scope="session")
def bundled() -> ChimeraPipeline:
    return ChimeraPipeline.from_pretrained(hub.BUNDLED / "chimera", "cpu")
