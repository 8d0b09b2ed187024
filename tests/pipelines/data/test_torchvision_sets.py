from __future__ import annotations

import functools
import io
import pickle
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision import datasets

from pipelines.__main__ import main
from pipelines.biggan.objective import relabelled_split
from pipelines.common.errors import Misuse, StudioError
from pipelines.data.entries import Source
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.data.superclasses import FINE, SUPERCLASSES
from tests.pipelines.data.torchvision_files import noise, pack_cifar100, write_celeba, write_cifar100, write_mnist

TRAIN, TEST = noise(1, 100, 32, 32, 3), noise(2, 100, 32, 32, 3)
NAMES = [FINE[n * 37 % 100] for n in range(100)]  # in no order


@pytest.fixture
def cifar100(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small CIFAR-100."""
    write_cifar100(tmp_path / "cifar", {"train": (TRAIN, NAMES), "test": (TEST, NAMES)}, monkeypatch)
    return tmp_path / "cifar"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture
def site(tmp_path: Path, cifar100: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a site of this machine that CIFAR-100 is downloaded from."""
    folder = tmp_path / "site"
    folder.mkdir()
    pack_cifar100(cifar100, folder / datasets.CIFAR100.filename, monkeypatch)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    address = f"http://127.0.0.1:{server.server_address[1]}/{datasets.CIFAR100.filename}"
    monkeypatch.setattr(datasets.CIFAR100, "url", address)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder
    server.shutdown()
    server.server_close()


def same_pictures(source: Source, part: str, pictures: np.ndarray) -> bool:
    """Say whether a part's pictures are those given, by their numbers, in both ways to read them."""
    entries = [entry for entry in source.entries if entry.key.startswith(f"{part}/")]
    for entry in entries:
        expected = Image.fromarray(pictures[int(entry.key[-9:-4])]).convert("RGB").tobytes()
        loaded, read = source.load(entry), Image.open(io.BytesIO(source.read(entry)))
        if (loaded.mode, read.format) != ("RGB", "PNG"):
            return False
        if not loaded.tobytes() == read.convert("RGB").tobytes() == expected:
            return False
    return len(entries) == len(pictures)


def test_cifar100_has_its_own_division_and_classes(cifar100: Path) -> None:
    source = open_source(f"cifar100:{cifar100}")
    keys = [entry.key for entry in source.entries]
    assert keys == sorted(keys) and f"train/{NAMES[7]}/00007.png" in keys
    assert same_pictures(source, "train", TRAIN) and same_pictures(source, "test", TEST)
    split = split_source(source)
    assert {entry.key.split("/")[0] for entry in split.train} == {"train"}
    assert {entry.key.split("/")[0] for entry in split.held_out} == {"test"}
    assert sorted({entry.label for entry in split.train}) == list(FINE)
    train, _ = relabelled_split(split, True)
    assert {entry.label for entry in train} == set(SUPERCLASSES)


def test_mnist_is_of_digits(tmp_path: Path) -> None:
    train, test = noise(1, 23, 28, 28), noise(2, 11, 28, 28)
    write_mnist(tmp_path, train, test)
    source = open_source(f"mnist:{tmp_path}")
    assert same_pictures(source, "train", train) and same_pictures(source, "test", test)
    split = split_source(source)
    assert (len(split.train), len(split.held_out)) == (23, 11)
    assert {entry.key: entry.label for entry in split.train}["train/2/00012.png"] == "2"


def test_celeba_has_no_classes_and_holds_out_what_is_not_to_train(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_celeba(tmp_path, [0, 2, 0, 1, 0], monkeypatch)
    source = open_source(f"celeba:{tmp_path}")
    split = split_source(source)
    assert [entry.key for entry in split.train] == [f"train/{number:06d}.jpg" for number in (1, 3, 5)]
    assert [entry.key for entry in split.held_out] == [f"held_out/{number:06d}.jpg" for number in (2, 4)]
    assert {entry.label for entry in split.train} == {""}
    file = tmp_path / "celeba" / "img_align_celeba" / "000002.jpg"
    assert source.read(split.held_out[0]) == file.read_bytes() and source.load(split.held_out[0]).size == (18, 22)


def test_it_goes_to_another_process_without_its_pictures(cifar100: Path) -> None:
    source = open_source(f"cifar100:{cifar100}")
    sent = pickle.dumps(source)
    assert len(sent) < TRAIN.nbytes / 4
    again = pickle.loads(sent)  # noqa: S301
    assert again.entries == source.entries and same_pictures(again, "test", TEST)


def test_it_joins_others(cifar100: Path) -> None:
    joined = open_source(f"synthetic:3+cifar100:{cifar100}")
    assert len(joined.entries) == 203 and joined.load(joined.entries[-1]).size == (32, 32)


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "mnist", "celeba"])
def test_a_folder_without_it_is_refused(name: str, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Misuse) as error:
            open_source(f"{name}:{folder}")
        assert error.value.code == "data_set_incomplete" and str(folder) in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\0\0", b"\0\0\x08\x01\0\0\0\x09123", b"\0\0\x08\x01\0\0\0\x03\x01\x02\xff"])
def test_damaged_files_of_mnist_are_one_sentence(tmp_path: Path, content: bytes) -> None:
    write_mnist(tmp_path, noise(1, 3, 28, 28), noise(2, 3, 28, 28))
    (tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").write_bytes(content)
    with pytest.raises(Misuse) as error:
        open_source(f"mnist:{tmp_path}")
    assert error.value.code == "data_set_incomplete"


def test_a_changed_file_of_cifar_is_not_read(cifar100: Path) -> None:
    for name in ("test", "meta"):
        path = cifar100 / datasets.CIFAR100.base_folder / name
        content = path.read_bytes()
        path.write_bytes(b"cos\nabort\n(tR.")  # a pickle that would end this process
        with pytest.raises(Misuse) as error:
            open_source(f"cifar100:{cifar100}")
        assert error.value.code == "data_set_incomplete"
        path.write_bytes(content)


def test_it_is_downloaded_once(site: Path, studio_home: Path) -> None:
    assert same_pictures(open_source("cifar100"), "train", TRAIN)
    shutil.rmtree(site)
    assert same_pictures(open_source("cifar100"), "test", TEST)
    assert (studio_home / "data" / ".torchvision" / "cifar100" / "cifar-100-python").is_dir()


def test_what_cannot_be_downloaded_is_one_sentence(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    archive = site / datasets.CIFAR100.filename
    archive.rename(site / "elsewhere")
    assert main(["evaluate", "classifier", "--data", "cifar100"]) == 1
    (said,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("pipelines:")]
    assert said == "pipelines: cifar100 could not be downloaded: HTTP Error 404: File not found"


def test_a_half_download_spoils_no_later_one(
    site: Path, cifar100: Path, studio_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = site / datasets.CIFAR100.filename
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudioError) as error:
        open_source("cifar100")
    assert error.value.code == "data_download_failed"
    archive.write_bytes(whole)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    # Broken off while it was unpacked: what torchvision looks at is there, and not the rest.
    with monkeypatch.context() as patch:
        patch.setattr("torchvision.datasets.utils._ARCHIVE_EXTRACTORS", {".tar": stop})
        with pytest.raises(KeyboardInterrupt):
            open_source("cifar100")
    coming = studio_home / "data" / ".torchvision" / "cifar100.coming"
    for part in ("train", "test"):
        (coming / "cifar-100-python").mkdir(exist_ok=True)
        shutil.copy(cifar100 / "cifar-100-python" / part, coming / "cifar-100-python")
    shutil.rmtree(site)  # nor is the archive asked for again
    assert same_pictures(open_source("cifar100"), "train", TRAIN)
    assert not coming.exists()


def test_the_cause_of_several_lines_is_told_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/", "http://127.0.0.1:9/again/"])
    with pytest.raises(StudioError) as error:
        open_source("mnist")
    assert "\n" not in str(error.value) and "refused" in str(error.value)


def test_faces_without_their_downloader_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gdown", None)
    with pytest.raises(StudioError, match="pip install gdown"):
        open_source("celeba")
