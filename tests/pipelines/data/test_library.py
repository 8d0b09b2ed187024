from __future__ import annotations

import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.home import studio_home
from pipelines.data import library
from pipelines.data.derived import note_source
from pipelines.data.library import data_set, data_sets, delete, folder_of, sheet, take_in
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from tests.tools import encoded, noisy_picture, png, raw_png


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "upload.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for name, body in members.items():
            opened.writestr(name, body)
    return path


def pictures(count: int = 3, around: str = "") -> dict[str, bytes]:
    return {
        f"{around}{label}/{number}.png": png(noisy_picture(10 * ord(label[0]) + number, 40, 30))
        for label in ("cat", "dog")
        for number in range(count)
    }


JUNK = [
    *("__MACOSX/my pets/cat/._0.png", "__MACOSX/my pets/._cat", "my pets/cat/._1.png", ".DS_Store"),
    *("my pets/.DS_Store", "my pets/cat/Thumbs.db", "my pets/cat/desktop.ini", "my pets/.thumbnails/0.png"),
    "my pets\\cat\\.DS_Store",
]


def nothing_stays() -> bool:
    return [path.name for path in (library.studio_home_made() / "data").iterdir()] == []


def test_every_picture_is_there_anew_and_trains(tmp_path: Path) -> None:
    members = pictures() | {"dog/big.jpg": encoded(noisy_picture(1, 1200, 900), "JPEG", exif=b"Exif\0\0secret")}
    members["dog/alpha.webp"] = encoded(noisy_picture(2).convert("RGBA").rotate(30), "WEBP", lossless=True)
    made = take_in(archive(tmp_path, members), "pets")
    assert made.classes == {"cat": 3, "dog": 5} and made.refused_in_all == 0 and made.bytes > 0
    source = open_source(made.source)
    assert len(source.entries) == 8 and {entry.label for entry in source.entries} == {"cat", "dog"}
    loaded = [source.load(entry) for entry in source.entries]
    assert max(max(picture.size) for picture in loaded) == library.MAX_SIDE
    assert sum(picture.mode == "RGBA" for picture in loaded) == 1, "a cut-out stays cut out"
    assert not any(b"secret" in path.read_bytes() for path in folder_of("pets").rglob("*.webp"))
    first = np.asarray(source.load(source.entries[0]))
    assert np.array_equal(first, np.asarray(noisy_picture(10 * ord("c"), 40, 30))), "nothing is lost"
    assert data_sets() == [data_set("pets")] == [made]
    assert sheet("pets").size[0] >= 960


def test_one_folder_around_all_classes_is_looked_through(tmp_path: Path) -> None:
    members = pictures(around="my pets/") | {"my pets/readme.txt": b"hello", "__MACOSX/my pets/cat/._0.png": b"x"}
    made = take_in(archive(tmp_path, members), "pets")
    assert made.classes == {"cat": 3, "dog": 3}
    assert list(made.refused) == ["my pets/readme.txt"] and made.refused_in_all == 1


@pytest.mark.parametrize("around", ["", "my pets/"])
def test_a_division_of_its_own_stays(tmp_path: Path, around: str) -> None:
    """As of the same file by ``zip:``: what is for a test trains nothing."""
    given = pictures(around=f"{around}train/") | pictures(2, f"{around}test/")
    made = take_in(archive(tmp_path, given), "pets")
    assert made.classes == {"cat": 5, "dog": 5}
    split = split_source(open_source(made.source))
    assert {(entry.key.split("/")[0], entry.label) for entry in split.train} == {("train", "cat"), ("train", "dog")}
    assert {entry.key.split("/")[0] for entry in split.held_out} == {"test"} and len(split.train) == 6


@pytest.mark.parametrize("label", ["cat/", ""])
def test_what_prepare_has_divided_stays_divided(tmp_path: Path, label: str) -> None:
    """With classes or without."""
    given = {f"{part}/{label}{n}.png": png(noisy_picture(n)) for n, part in enumerate(["train"] * 6 + ["held_out"] * 3)}
    made = take_in(archive(tmp_path, given), "pets")
    for source in (open_source(made.source), open_source(f"zip:{tmp_path / 'upload.zip'}")):
        split = split_source(source)
        assert {entry.key.split("/")[0] for entry in split.train} == {"train"} and len(split.train) == 6
        assert {entry.key.split("/")[0] for entry in split.held_out} == {"held_out"}
        assert len({entry.label for entry in split.train}) == 1


def test_classes_whose_names_fit_no_folder_stay_apart(tmp_path: Path) -> None:
    one = png(noisy_picture(1))
    made = take_in(archive(tmp_path, {f"{name}/a.png": one for name in ("C", "C++", "C#", "C_2")}), "languages")
    assert made.classes == {"C": 1, "C_2": 1, "C_3": 1, "C_2_2": 1}


def test_what_systems_leave_beside_pictures_is_neither_counted_nor_named(tmp_path: Path) -> None:
    members = pictures(around="my pets/") | dict.fromkeys(JUNK, b"junk") | {"my pets/cat/cut.png": b"no picture"}
    told: list[tuple[int, int]] = []
    made = take_in(archive(tmp_path, members), "pets", on_picture=lambda done, of: told.append((done, of)))
    assert made.classes == {"cat": 3, "dog": 3}
    assert list(made.refused) == ["my pets/cat/cut.png"] and made.refused_in_all == 1
    assert told[-1] == (6, 7), "seven files were meant to be there"


def test_an_archive_of_junk_alone_holds_no_picture(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as error:
        take_in(archive(tmp_path, dict.fromkeys(JUNK, b"junk")), "pets")
    assert error.value.code == "data_no_images" and error.value.values["skipped"] == 0


def test_bad_pictures_are_named_and_left_out(tmp_path: Path) -> None:
    members = pictures() | {
        "cat/text.png": b"no picture",
        "cat/cut.png": png(noisy_picture(5))[:-40],
        "cat/tiny.png": png(Image.new("RGB", (4, 4))),
        "cat/huge.png": raw_png(100_000, 100_000, depth=8, kind=0, rows=b"\0"),
        "cat/notes.txt": b"notes",
        "../cat/0.exe".replace("../", ""): b"MZ",
    }
    made = take_in(archive(tmp_path, members), "pets")
    assert made.classes == {"cat": 3, "dog": 3} and made.refused_in_all == 6
    assert set(made.refused) == {name for name in members if name not in pictures()} and all(made.refused.values())


def climbing(path: Path) -> None:
    archive(path.parent, pictures() | {"../../evil/0.png": png(noisy_picture(1))})


def absolute(path: Path) -> None:
    archive(path.parent, pictures() | {"/etc/evil.png": png(noisy_picture(1))})


def linked(path: Path) -> None:
    archive(path.parent, pictures())
    info = zipfile.ZipInfo("cat/passwd.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr(info, "/etc/passwd")


def encrypted(path: Path) -> None:
    archive(path.parent, pictures())
    body = bytearray(path.read_bytes())
    at = body.find(b"PK\x01\x02")
    body[at + 8] |= 1  # the flag of an encrypted member, in the central directory
    path.write_bytes(body)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("cat/bomb.png", b"\0" * 40_000_000)


def no_zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 nothing more")


def empty(path: Path) -> None:
    archive(path.parent, {"readme.txt": b"nothing here"})


def lying(path: Path) -> None:
    """A member that says it is smaller than it is."""
    archive(path.parent, {"cat/0.png": png(noisy_picture(1, 300, 300))})
    body = bytearray(path.read_bytes())
    at = body.find(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(body)


HOSTILE = [climbing, absolute, linked, encrypted, bomb, no_zip, empty, lying]


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_archive_is_refused_whole_and_leaves_nothing(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "upload.zip")
    with pytest.raises(Misuse):
        take_in(tmp_path / "upload.zip", "pets")
    assert nothing_stays() and not (tmp_path / "evil").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "a b", "-a", "a" * 65, "é", "a\n", "con:", None])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path, pictures())
    for use in (lambda: take_in(path, name), lambda: delete(name), lambda: sheet(name)):
        with pytest.raises(Misuse) as error:
            use()
        assert error.value.code == "data_set_name"


def test_a_name_is_taken_once_and_free_after_it_is_deleted(tmp_path: Path) -> None:
    path = archive(tmp_path, pictures())
    take_in(path, "pets")
    with pytest.raises(Misuse) as error:
        take_in(path, "pets")
    assert error.value.code == "data_set_exists"
    delete("pets")
    assert data_sets() == [] and nothing_stays()
    with pytest.raises(Misuse):
        delete("pets")
    take_in(path, "pets")


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path, pictures())
    free = iter([10**12, 10**3])
    monkeypatch.setattr(shutil, "disk_usage", lambda where: SimpleNamespace(free=next(free)))
    with pytest.raises(StudioError) as error:
        take_in(path, "pets")
    assert error.value.code == "disk_full" and nothing_stays()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    take_in(archive(tmp_path, pictures()), "pets", on_picture=lambda done, of: told.append((done, of)))
    assert told == [(number, 6) for number in range(6)]


def test_what_was_made_of_pictures_goes_with_them(tmp_path: Path) -> None:
    path = archive(tmp_path, pictures())
    kept = {}
    for name in ("pets", "birds"):
        take_in(path, name)
        kept[name] = studio_home() / "codes" / name
        kept[name].mkdir(parents=True)
        note_source(kept[name], f"synthetic:24+{data_set(name).source}")
    delete("pets")
    assert not kept["pets"].exists() and kept["birds"].exists()
