from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.data.entries import Entry
from pipelines.data.sources import contents_digest, open_source, parts_of
from tests.tools import encoded, noisy_picture, png

KEYS = ["a-b/1.png", "a/1.png", "a/2.jpg", "a/deep/3.webp", "b/1.png", "top.png"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    for number, key in enumerate(KEYS):
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}[path.suffix]
        path.write_bytes(encoded(noisy_picture(number), kind))
    (root / "readme.txt").write_text("no picture")
    return root


@pytest.fixture
def archive(folder: Path) -> Path:
    path = folder.parent / "pictures.zip"
    with zipfile.ZipFile(path, "w") as file:
        for key in [*reversed(KEYS), "readme.txt"]:
            file.write(folder / key, key)
    return path


def test_a_folder_and_its_archive_are_the_same_source(folder: Path, archive: Path) -> None:
    one, two = open_source(f"folder:{folder}"), open_source(f"zip:{archive}")
    assert [entry.key for entry in one.entries] == [entry.key for entry in two.entries] == sorted(KEYS)
    assert list(one.entries) == list(two.entries)
    for entry in one.entries:
        assert one.read(entry) == two.read(entry)
        assert np.array_equal(np.asarray(one.load(entry)), np.asarray(two.load(entry)))


def test_an_archive_written_by_windows_has_its_classes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as file:
        for number, name in enumerate((r"cat\1.png", r"cat\.DS_Store.png", r"dog\big\1.png")):
            file.writestr(name, png(noisy_picture(number)))
    source = open_source(f"zip:{tmp_path / 'pets.zip'}")
    assert [entry.label for entry in source.entries] == ["cat", "dog/big"]
    assert all(source.load(entry).size for entry in source.entries)


def test_a_digest_passes_over_what_cannot_be_read(folder: Path) -> None:
    source = open_source(f"folder:{folder}")
    source.entries = [Entry(b"caf\xe9.png".decode(errors="surrogateescape"), "a"), *source.entries]
    assert len(contents_digest(source)) == 64


def test_labels_are_folders(folder: Path) -> None:
    labels = {entry.key: entry.label for entry in open_source(f"folder:{folder}").entries}
    assert (labels["a/1.png"], labels["a/deep/3.webp"], labels["top.png"]) == ("a", "a/deep", "")


def test_links_out_of_the_folder_are_not_followed(folder: Path) -> None:
    (folder.parent / "outside.png").write_bytes(png(noisy_picture(9)))
    (folder / "a" / "link.png").symlink_to(folder.parent / "outside.png")
    assert [entry.key for entry in open_source(f"folder:{folder}").entries if "link" in entry.key] == []


def test_pairs_are_a_folder_of_pairs(folder: Path) -> None:
    assert open_source(f"pairs:{folder}").paired and not open_source(f"folder:{folder}").paired


UNKNOWN = ["", "folder:", "zip:", "cats", "http://example.org/x", "synthetic:many", "/a/folder", "cifar", "cifar100:"]


@pytest.mark.parametrize("text", [*UNKNOWN, "hub", "hub:", "hub:cats", "hub:../up", "hub:a/b/c"])
def test_an_unknown_source_lists_the_kinds(text: str) -> None:
    with pytest.raises(Misuse) as error:
        open_source(text)
    assert error.value.code == "data_source_unknown"
    assert all(kind in str(error.value) for kind in ("synthetic", "cifar10,", "cifar100", "mnist", "celeba", "hub:"))


def test_a_plus_joins_sources_and_may_stand_in_a_path() -> None:
    parts = ["cifar10", "cifar100:a+b", "mnist", "celeba:x", "hub:a/b", "zip:c+mnist.zip", "folder:d", "synthetic:3"]
    assert parts_of("+".join(parts)) == parts


@pytest.mark.parametrize("kind", ["folder", "zip", "pairs"])
def test_nothing_there(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Misuse) as error:
        open_source(f"{kind}:{tmp_path / 'none'}")
    assert error.value.code == "data_not_found"


def test_no_picture_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    for text in (f"folder:{tmp_path}", "synthetic:0"):
        with pytest.raises(Misuse) as error:
            open_source(text)
        assert error.value.code == "data_no_images"


def test_a_bad_picture_is_one_sentence(folder: Path) -> None:
    (folder / "b" / "1.png").write_bytes(b"no picture")
    source = open_source(f"folder:{folder}")
    with pytest.raises(Misuse) as error:
        source.load(next(entry for entry in source.entries if entry.key == "b/1.png"))
    assert error.value.code == "image_unreadable"


def test_a_name_given_twice_in_an_archive_is_one_picture(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with pytest.warns(UserWarning), zipfile.ZipFile(path, "w") as file:
        for number in (1, 2):
            file.writestr("a/1.png", png(noisy_picture(number)))
    assert [entry.key for entry in open_source(f"zip:{path}").entries] == ["a/1.png"]


METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS, ids=["stored", "deflated", "bzip2", "lzma"])
def test_a_corrupt_member_is_one_sentence(tmp_path: Path, method: int) -> None:
    path, picture = tmp_path / "corrupt.zip", png(noisy_picture(1, 300, 300))
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("a/1.png", picture)
        info = file.getinfo("a/1.png")
    data = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    rng = np.random.default_rng(1)
    for _ in range(40):
        damaged = bytearray(data)
        for at in rng.integers(start, start + info.compress_size, 8):
            damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        source = open_source(f"zip:{path}")
        with pytest.raises(Misuse) as error:
            source.read(source.entries[0])
        assert error.value.code == "image_truncated"


@pytest.mark.parametrize("text", ["folder:{folder}", "zip:{archive}", "synthetic:4"])
def test_a_source_goes_to_another_process(text: str, folder: Path, archive: Path) -> None:
    source = open_source(text.format(folder=folder, archive=archive))
    entry = source.entries[0]
    content = source.read(entry)
    assert pickle.loads(pickle.dumps(source)).read(entry) == content  # noqa: S301


def test_synthetic_contents_match_the_picture() -> None:
    source = open_source("synthetic:3")
    with Image.open(io.BytesIO(source.read(source.entries[2]))) as read:
        assert png(read) == png(source.load(source.entries[2]))
    assert len(open_source("synthetic").entries) == 64


def test_what_systems_leave_beside_pictures_is_no_picture(tmp_path: Path) -> None:
    names = ["cat/1.png", "__MACOSX/cat/._1.png", "cat/._2.png", "cat/.DS_Store", "cat/Thumbs.db", ".hidden/3.png"]
    with zipfile.ZipFile(tmp_path / "animals.zip", "w") as archive:
        for name in names:
            archive.writestr(name, png(noisy_picture(1)) if name == "cat/1.png" else b"junk")
    for name in names:
        (tmp_path / "animals" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "animals" / name).write_bytes(b"junk")
    for source in (f"zip:{tmp_path / 'animals.zip'}", f"folder:{tmp_path / 'animals'}"):
        assert [entry.key for entry in open_source(source).entries] == ["cat/1.png"]


def test_several_sources_are_one(folder: Path, archive: Path) -> None:
    joined = open_source(f"folder:{folder}+zip:{archive}+synthetic:3")
    alone = [open_source(text) for text in (f"folder:{folder}", f"zip:{archive}", "synthetic:3")]
    assert len(joined.entries) == sum(len(source.entries) for source in alone)
    assert {entry.label for entry in joined.entries} == {one.label for source in alone for one in source.entries}
    last, own = joined.entries[-1], alone[2].entries[-1]
    assert joined.read(last) == alone[2].read(own) and joined.load(last).size == alone[2].load(own).size
    again = pickle.loads(pickle.dumps(joined))  # noqa: S301
    assert again.read(joined.entries[0]) == alone[0].read(alone[0].entries[0])


@pytest.mark.parametrize("text", ["synthetic:3+pairs:x", "synthetic:3+zip:none.zip", "synthetic:3+folder:"])
def test_a_bad_one_among_several_is_refused(text: str) -> None:
    with pytest.raises(Misuse):
        open_source(text)
