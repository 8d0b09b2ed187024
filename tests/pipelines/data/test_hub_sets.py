"""Data sets of the Hub, from a stand-in of it."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from pipelines.common.errors import Misuse, StudioError
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.jobs.hub_transfer import send_source
from tests.hub import StandIn, go_there, stand_in
from tests.tools import noisy_picture, png

KEYS = ["test/cat/1.PNG", "test/dog/1.png", "train/cat/1.png", "train/dog/1.png"]
PICTURES = {key: png(noisy_picture(number)) for number, key in enumerate(KEYS)}


class Lacking(dict[str, bytes]):
    """Files of a repository, of which one is listed and cannot be had."""

    lost = ""

    def __contains__(self, key: object) -> bool:
        return key != self.lost and super().__contains__(key)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(tmp_path / "elsewhere") as served:
        go_there(served, monkeypatch)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        yield served


def put(hub: StandIn, files: dict[str, bytes], name: str = "studio/pets") -> None:
    hub.repositories[name] = files
    hub.private[name] = False
    hub.commits += 1


def packed(files: dict[str, bytes]) -> bytes:
    contents = io.BytesIO()
    with zipfile.ZipFile(contents, "w") as archive:
        for key, data in files.items():
            archive.writestr(key, data)
    return contents.getvalue()


@pytest.mark.parametrize("form", ["pictures", "archive"])
def test_pictures_in_folders_or_one_archive(hub: StandIn, tmp_path: Path, form: str) -> None:
    around = {"README.md": b"cats", "pets.py": b"raise SystemExit", "banner.png": png(noisy_picture(9))}
    put(hub, {"data/pets.ZIP": packed(PICTURES), **around} if form == "archive" else {**PICTURES, "more.zip": b"x"})
    source = open_source("hub:studio/pets")
    assert [entry.key for entry in source.entries] == KEYS
    split = split_source(pickle.loads(pickle.dumps(source)))  # noqa: S301
    assert [entry.label for entry in (*split.train, *split.held_out)] == ["cat", "dog"] * 2
    assert [source.read(entry) for entry in source.entries] == list(PICTURES.values())
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.suffix in (".md", ".py")]


def test_what_was_downloaded_is_there_without_the_hub(hub: StandIn) -> None:
    put(hub, PICTURES)
    open_source("hub:studio/pets")
    hub.down = True
    assert [entry.key for entry in open_source("synthetic:2+hub:studio/pets").entries][2:] == [f"1/{k}" for k in KEYS]


def test_half_a_download_is_not_the_data_set(hub: StandIn) -> None:
    there = Lacking(PICTURES)
    there.lost = "train/cat/1.png"
    put(hub, there)
    for down in (False, True):
        hub.down = down
        with pytest.raises(StudioError) as error:
            open_source("hub:studio/pets")
        assert error.value.code == "hub_unreachable" and "\n" not in str(error.value)
    hub.down, there.lost = False, ""
    assert [entry.key for entry in open_source("hub:studio/pets").entries] == KEYS


def test_no_such_data_set(hub: StandIn) -> None:
    with pytest.raises(Misuse) as error:
        open_source("hub:studio/nothing")
    assert error.value.code == "hub_data_missing" and "studio/nothing" in str(error.value)


def test_the_hub_out_of_reach(hub: StandIn) -> None:
    hub.down = True
    with pytest.raises(StudioError) as error:
        open_source("hub:studio/pets")
    assert error.value.code == "hub_unreachable" and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"README.md": b"words alone"}, "data_no_images"),
        ({"a.zip": packed(PICTURES), "b.zip": packed(PICTURES)}, "setting_invalid"),
        ({"a.zip": b"no archive"}, "data_not_a_zip"),
        ({"a.zip": packed({"words.txt": b"x"})}, "data_no_images"),
    ],
    ids=["words", "two archives", "a broken archive", "an archive of words"],
)
def test_a_repository_without_pictures_is_refused(hub: StandIn, files: dict[str, bytes], code: str) -> None:
    put(hub, files)
    with pytest.raises(Misuse) as error:
        open_source("hub:studio/pets")
    assert error.value.code == code


def test_a_job_elsewhere_reads_the_hub_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though a folder here is called as the data set is."""
    (tmp_path / "studio" / "pets").mkdir(parents=True)
    (tmp_path / "mnist").mkdir()
    monkeypatch.chdir(tmp_path)
    for text in ("hub:studio/pets", "mnist"):
        assert send_source(Mock(), "studio/jobs", text) == text
    assert send_source(Mock(), "studio/jobs", "mnist:mnist").startswith("mnist:inputs/")
