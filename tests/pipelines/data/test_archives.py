from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipelines.common.errors import Misuse, StudioError
from pipelines.data import archives
from pipelines.data.archives import open_archive, safe_members
from pipelines.data.sources import open_source
from tests.tools import noisy_picture, png


def written(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> zipfile.ZipFile:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return open_archive(path)


def refusal(archive: zipfile.ZipFile) -> str:
    with pytest.raises(Misuse) as error:
        safe_members(archive)
    assert error.value.code == "data_zip_unsafe"
    return str(error.value)


def test_plain_files_are_listed_without_folders(tmp_path: Path) -> None:
    archive = written(tmp_path / "a.zip", ("a/", b""), ("a/1.png", b"1"), ("..two.png", b"2"), ("a/x..y.png", b"3"))
    assert safe_members(archive) == ["a/1.png", "..two.png", "a/x..y.png"]


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../out.png", "a/../../out.png", "..\\out.png", "a\\..\\..\\out.png"),
        *("\\\\host\\share\\out.png", "\\out.png", "C:\\out.png", "c:/out.png", "C:out.png"),
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    archive = written(tmp_path / "a.zip", ("a/1.png", b"1"), (zipfile.ZipInfo(name), b"2"))
    assert "leads out" in refusal(archive)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("a/link.png")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    assert "link or a device" in refusal(written(tmp_path / "a.zip", (info, b"/etc/passwd")))


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    written(path, ("a/1.png", b"1")).close()
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refusal(open_archive(path))


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    assert "times its size" in refusal(written(tmp_path / "a.zip", ("a/1.png", bytes(5_000_000))))


def test_a_small_file_may_pack_well(tmp_path: Path) -> None:
    assert safe_members(written(tmp_path / "a.zip", ("a/1.png", bytes(900_000)))) == ["a/1.png"]


def test_a_member_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER", 1000)
    assert "MB" in refusal(written(tmp_path / "a.zip", ("a/1.png", bytes(1001))))


def test_too_many_bytes_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1000)
    assert "unpacked" in refusal(written(tmp_path / "a.zip", ("a", bytes(600)), ("b", bytes(600))))


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    members = [(f"{number}.png", b"1") for number in range(4)]
    assert "4 files" in refusal(written(tmp_path / "a.zip", *members))


@pytest.mark.parametrize("name", ["", ".", "./"])
def test_a_member_without_a_name_is_refused_or_left_out(tmp_path: Path, name: str) -> None:
    try:
        assert safe_members(written(tmp_path / "a.zip", (zipfile.ZipInfo(name), b"1"), ("a.png", b"2"))) == ["a.png"]
    except Misuse as error:
        assert error.code == "data_zip_unsafe"


@pytest.mark.parametrize("data", [b"", b"text", b"PK\3\4 cut off", png(noisy_picture(1))])
def test_a_file_that_is_no_archive(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(Misuse) as error:
        open_archive(tmp_path / "a.zip")
    assert error.value.code == "data_not_a_zip"


def test_a_damaged_archive_is_read_or_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    written(path, *((f"a/{number}.png", png(noisy_picture(number, 8, 8))) for number in range(3))).close()
    valid, rng = path.read_bytes(), np.random.default_rng(112)
    directory = valid.index(b"PK\1\2")
    for turn in range(600):
        damaged = bytearray(valid)
        for at in rng.integers(directory if turn % 2 else 0, len(valid), rng.integers(1, 4)):
            damaged[at] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            source = open_source(f"zip:{path}")
        except StudioError:
            continue
        for entry in source.entries:
            try:
                source.load(entry)
            except StudioError:
                continue
