from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from demos.shared.quota import YOUNG, Quota
from pipelines.common.errors import StudioError

PLENTY = 10**12
AGES = {"oldest": 5000, "page": 4000, "older": 3000, "young": 10}  # seconds


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    now = time.time()
    for name, age in AGES.items():
        assert (age < YOUNG) == (name == "young")
        (tmp_path / name).mkdir()
        (tmp_path / name / "picture.png").write_bytes(bytes(100))
        os.utime(tmp_path / name / "picture.png", (now - age,) * 2)
    return tmp_path


def left(folder: Path) -> list[str]:
    return [name for name in AGES if (folder / name).exists()]


def quota(folder: Path, most: int, free: int = PLENTY) -> Quota:
    return Quota({str(folder / "page" / "picture.png")}, most, spare=50, free=lambda _: free)


@pytest.mark.parametrize(
    ("most", "coming", "stay"),
    [
        (500, 100, ["oldest", "page", "older", "young"]),
        (499, 100, ["page", "older", "young"]),
        (400, 0, ["oldest", "page", "older", "young"]),
        (300, 100, ["page", "young"]),
    ],
)
def test_the_oldest_leave_and_the_pages_own_pictures_stay(
    folder: Path, most: int, coming: int, stay: list[str]
) -> None:
    quota(folder, most).make_room(coming)
    assert left(folder) == stay


def test_what_is_in_somebodys_hands_leaves_only_for_a_full_disk(folder: Path) -> None:
    with pytest.raises(StudioError, match="try again") as error:
        quota(folder, 100).make_room(100)
    assert error.value.code == "uploads_full" and left(folder) == ["page", "young"]
    with pytest.raises(StudioError):
        quota(folder, PLENTY, free=60).make_room(100)
    assert left(folder) == ["page"]


def test_what_is_let_in_counts_at_once(folder: Path) -> None:
    bounded = quota(folder, 1000)
    for _ in range(6):
        bounded.make_room(100)
    assert left(folder) == list(AGES)
    bounded.make_room(700)
    assert left(folder) == ["page", "older", "young"], "counted anew: of what was let in before, nothing was written"
