"""The data sets that torchvision downloads and reads: CIFAR-10, CIFAR-100 (Krizhevsky, 2009), MNIST and CelebA."""

from __future__ import annotations

import errno
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from pickle import PickleError
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from PIL import Image

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.home import studio_home
from pipelines.common.images import decode
from pipelines.data.entries import Entry, Source, entry_of

# By name: torchvision's class, and the folder that it makes in its root.
CLASSES = {
    "cifar10": ("CIFAR10", "cifar-10-batches-py"),
    "cifar100": ("CIFAR100", "cifar-100-python"),
    "mnist": ("MNIST", "MNIST"),
    "celeba": ("CelebA", "celeba"),
}
PARTS = ("test", "train")
ARCHIVES = (".gz", ".zip")
# What torchvision raises where files lack or are not its own.
BROKEN = (RuntimeError, OSError, EOFError, ValueError, TypeError, AssertionError, LookupError, PickleError)


def open_torchvision(specification: str, name: str, where: str) -> Source:
    """Open a data set as torchvision keeps it, downloaded under ``STUDIO_HOME/data`` where no folder is given.

    Args:
        specification: what the source is called.
        name: one of ``CLASSES``.
        where: folder that torchvision's own lies in; empty: download it, once.

    Raises:
        Misuse: the folder given does not hold it, whole.
        StudioError: it cannot be downloaded, or the disk is full.
    """
    root = Path(where).expanduser() if where else downloaded(name)
    if name == "celeba":
        return CelebASource(specification, root)
    return LabelledSource(specification, name, root)


@dataclass
class LabelledSource:
    """Small pictures with classes, ``train/<class>/<number>.png`` and ``test/<class>/<number>.png``.

    The division is the data set's own, classes bear torchvision's names (of MNIST the digits alone), and numbers count
    from 0 in torchvision's order.
    """

    name: str
    data_set: str
    root: Path
    paired: bool = False
    entries: Sequence[Entry] = field(init=False)
    _pictures: Mapping[str, NDArray[np.uint8]] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        parts = {part: read_part(self.data_set, self.root, part) for part in PARTS}
        self._pictures = {part: pictures for part, (pictures, _) in parts.items()}
        keys = [f"{part}/{name}/{n:05d}.png" for part, (_, names) in parts.items() for n, name in enumerate(names)]
        self.entries = [entry_of(key) for key in sorted(keys)]

    def read(self, entry: Entry) -> bytes:
        """Return the picture as PNG."""
        contents = io.BytesIO()
        self._picture(entry).save(contents, format="PNG")
        return contents.getvalue()

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture as RGB."""
        return self._picture(entry).convert("RGB")

    def _picture(self, entry: Entry) -> Image.Image:
        if self._pictures is None:
            self._pictures = {part: read_part(self.data_set, self.root, part)[0] for part in PARTS}
        path = PurePosixPath(entry.key)
        return Image.fromarray(self._pictures[path.parts[0]][int(path.stem)])

    def __getstate__(self) -> dict[str, object]:
        # A worker reads the pictures when it needs them: some 200 MB are much to send to each.
        return {**self.__dict__, "_pictures": None}


@dataclass
class CelebASource:
    """Aligned faces without classes, ``train/<file>`` and ``held_out/<file>``: the latter to validate and to test.

    The division is the data set's own, which leaves no person on both sides (Liu et al., 2015).
    """

    name: str
    root: Path
    paired: bool = False
    entries: Sequence[Entry] = field(init=False)

    def __post_init__(self) -> None:
        opened("celeba", self.root, split="all")  # which checks the lists
        lines = (self.root / "celeba" / "list_eval_partition.txt").read_text().splitlines()
        parts = dict(line.split() for line in lines if line.strip())
        keys = sorted(f"{'train' if part == '0' else 'held_out'}/{file}" for file, part in parts.items())
        self.entries = [entry_of(key) for key in keys]

    def read(self, entry: Entry) -> bytes:
        """Return the file's contents."""
        return self._path(entry).read_bytes()

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture."""
        return decode(self._path(entry))

    def _path(self, entry: Entry) -> Path:
        return self.root / "celeba" / "img_align_celeba" / PurePosixPath(entry.key).name


def read_part(name: str, root: Path, part: str) -> tuple[NDArray[np.uint8], list[str]]:
    """Return the pictures of a part, (N, H, W) or (N, H, W, 3), and the name of each one's class.

    Raises:
        Misuse: they are not there, whole.
    """
    data = opened(name, root, train=part == "train")
    classes = [one.partition(" - ")[0] for one in data.classes]  # MNIST's are such as "7 - seven"
    pictures, targets = np.asarray(data.data), np.asarray(data.targets)
    if len(pictures) != len(targets) or targets.max(initial=0) >= len(classes):
        raise incomplete(name, root)
    return pictures, [classes[target] for target in targets]


def opened(name: str, root: Path, **options: object) -> Any:
    """Return torchvision's own data set of a folder.

    Raises:
        Misuse: it is not there, whole.
    """
    try:
        return make(name, root, **options)
    except BROKEN as error:
        raise incomplete(name, root) from error


def make(name: str, root: Path, **options: object) -> Any:
    """Return an object of torchvision's class; whatever that raises."""
    from torchvision import datasets  # here, since it takes a second

    return getattr(datasets, CLASSES[name][0])(root, **options)


def incomplete(name: str, root: Path) -> Misuse:
    """Word that a folder does not hold a data set."""
    return Misuse("data_set_incomplete", name=name, given=root, inside=CLASSES[name][1])


def downloaded(name: str) -> Path:
    """Return the folder of a data set that was downloaded once, whole; one process downloads, others wait for it.

    Raises:
        StudioError: it cannot be downloaded, or the disk is full.
    """
    folder = studio_home() / "data" / ".torchvision" / name  # no data set of the library has a name with a dot
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not folder.is_dir():
                coming = folder.with_suffix(".coming")
                download(name, coming)
                coming.rename(folder)
    return folder


def download(name: str, folder: Path) -> None:
    """Let torchvision download a data set, and unpack it anew where an earlier try was broken off.

    Raises:
        StudioError: it cannot be had, or the disk is full.
    """
    try:
        keep_archives(folder)
        make(name, folder, download=True)
    except Exception as error:  # gdown's errors, which fetches CelebA, are of no narrower kind
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StudioError("disk_full", given=name) from error
        raise StudioError("data_download_failed", name=name, detail=why(error)) from error


def keep_archives(folder: Path) -> None:
    """Remove all but archives, which torchvision checks by their MD5: of what was unpacked it does not see the end."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.suffix not in ARCHIVES:
            path.unlink()


def why(error: Exception) -> str:
    """Return an error in one line: its first, and its last, where the cause stands."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[0] if len(lines) == 1 else f"{lines[0]} {lines[-1]}"
