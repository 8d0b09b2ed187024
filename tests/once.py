"""What is made once for all processes of a run of the tests, since it takes seconds: nobody may change it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run
from tests.tools import trained


class Once:
    """Folders by name.

    Args:
        root: where they are, one folder for all processes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, name: str, fill: Callable[[Path], object]) -> Path:
        """Return a folder that whoever came first has filled; the others wait until it is."""
        folder, full = self.root / name, self.root / f"{name}.full"
        with FileLock(f"{folder}.lock"):
            if not full.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                full.touch()
        return folder

    def run(self, system: str, config: TrainingConfig) -> Run:
        """Return the run of a whole training, of which there is one a system."""
        return Run(self.folder(f"run-{system}", lambda folder: trained(folder, system, config)) / "run")
