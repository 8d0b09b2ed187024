"""Where this installation keeps its state: settings, runs, promoted weights."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def studio_home() -> Path:
    """Return ``$STUDIO_HOME``, by default the user's data directory. Not created here."""
    given = os.environ.get("STUDIO_HOME")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("chimera-studio", appauthor=False))
