"""Python packages that bring weights of other people's networks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pipelines.common.errors import StudioError


def require(module: str, detail: str) -> Path:
    """Return a package's folder without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise StudioError("package_missing", given=module, detail=detail)
    return Path(spec.origin).parent
