"""The files that visitors were given and gave: kept for a day, then swept away.

Gradio's own ``delete_cache`` knows only what original components carried. A component whose words were changed for a
visitor is a copy of its own, and what that carries would stay for ever.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from gradio.utils import get_upload_folder

from demos.shared.quota import Quota
from pipelines.common.errors import StudioError

KEPT = 24 * 3600.0  # seconds
EVERY = 60.0  # seconds between looks: pictures are made fast


def sweep(before: float, keep: Collection[str] = ()) -> int:
    """Remove files last written before a time, and folders that are empty then; return how many files went.

    Args:
        before: seconds since the epoch.
        keep: paths of files that stay.
    """
    gone = 0
    folder = Path(get_upload_folder())
    for path in sorted(folder.rglob("*"), reverse=True):  # what a folder holds before the folder
        with contextlib.suppress(OSError):  # gone already, or not empty
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif path.lstat().st_mtime < before and str(path) not in keep:
                path.unlink()
                gone += 1
    return gone


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """Lend a folder for files in the making, which count as the visitors' files do, and remove it at the end."""
    root = Path(get_upload_folder())
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / ".busy").touch()  # an empty folder would be swept away
        yield folder


def sweep_behind(quota: Quota) -> threading.Thread:
    """Sweep in a thread of its own, what was there before a restart as well, but the page's own, and keep the quota."""

    def work() -> None:
        while True:
            time.sleep(EVERY)
            sweep(time.time() - KEPT, quota.pinned)
            with contextlib.suppress(StudioError):  # the next upload is told
                quota.make_room()

    thread = threading.Thread(target=work, name="sweep", daemon=True)
    thread.start()
    return thread
