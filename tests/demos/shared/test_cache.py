from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from demos.shared import cache


def test_old_files_go_and_what_the_page_itself_needs_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    now = time.time()
    for name, age in (("page", 50), ("old", 50), ("new", 1)):  # hours
        (tmp_path / name).mkdir()
        (tmp_path / name / "picture.png").write_bytes(b"")
        os.utime(tmp_path / name / "picture.png", (now - age * 3600,) * 2)
    assert cache.sweep(now - cache.KEPT, {str(tmp_path / "page" / "picture.png")}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "page"]
    assert cache.sweep(now - cache.KEPT) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_files_in_the_making_count_as_visitors_files_and_are_not_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with cache.workshop() as folder:
        cache.sweep(time.time() - cache.KEPT)
        (folder / "picture.png").write_bytes(b"half a picture")
        assert folder.parent == tmp_path
    assert not list(tmp_path.iterdir())
