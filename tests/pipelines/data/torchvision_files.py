"""Small data sets as torchvision keeps them, whose checksums its classes are told."""

from __future__ import annotations

import hashlib
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torchvision import datasets

from tests.tools import encoded, noisy_picture

Pictures = NDArray[np.uint8]


def noise(seed: int, *shape: int) -> Pictures:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def write_mnist(root: Path, train: Pictures, test: Pictures) -> None:
    """Write pictures (N, 28, 28) in MNIST's own format; the class of the nth is n modulo 10."""
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, pictures in (("train", train), ("t10k", test)):
        labels = bytes(n % 10 for n in range(len(pictures)))
        (raw / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 2051, *pictures.shape) + pictures.tobytes())
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, len(labels)) + labels)


def write_cifar100(root: Path, parts: dict[str, tuple[Pictures, list[str]]], patch: pytest.MonkeyPatch) -> None:
    """Write pictures (N, 32, 32, 3) with their classes for ``train`` and ``test``."""
    folder, classes = (
        root / datasets.CIFAR100.base_folder,
        sorted({one for _, names in parts.values() for one in names}),
    )
    folder.mkdir(parents=True)
    files: dict[str, object] = {
        part: {
            "data": pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1),
            "fine_labels": [classes.index(name) for name in names],
        }
        for part, (pictures, names) in parts.items()
    }
    for name, content in {**files, "meta": {"fine_label_names": classes}}.items():
        (folder / name).write_bytes(pickle.dumps(content))
    for part in parts:
        patch.setattr(datasets.CIFAR100, f"{part}_list", [[part, md5(folder / part)]])
    patch.setattr(datasets.CIFAR100, "meta", {**datasets.CIFAR100.meta, "md5": md5(folder / "meta")})


def write_celeba(root: Path, parts: list[int], patch: pytest.MonkeyPatch) -> None:
    """Write as many faces as there are parts: 0 to train, 1 to validate, 2 to test."""
    folder = root / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{number:06d}.jpg" for number in range(1, len(parts) + 1)]
    for number, name in enumerate(names):
        (folder / "img_align_celeba" / name).write_bytes(encoded(noisy_picture(number, 18, 22), "JPEG"))
    head = f"{len(names)}\na b\n"
    rows = "".join(f"{name}  1 -1\n" for name in names)
    (folder / "list_eval_partition.txt").write_text(
        "".join(f"{name} {part}\n" for name, part in zip(names, parts, strict=True))
    )
    (folder / "identity_CelebA.txt").write_text("".join(f"{name} 7\n" for name in names))
    for kind in ("attr", "bbox", "landmarks_align"):
        (folder / f"list_{kind}_celeba.txt").write_text(head + rows)
    known = [(None, md5(file), file.name) for file in sorted(folder.glob("*.txt"))]
    patch.setattr(datasets.CelebA, "file_list", known)


def pack_cifar100(root: Path, target: Path, patch: pytest.MonkeyPatch) -> None:
    """Write the archive that is downloaded, and let it be known by its checksum."""
    with tarfile.open(target, "w:gz") as archive:
        archive.add(root / datasets.CIFAR100.base_folder, datasets.CIFAR100.base_folder)
    patch.setattr(datasets.CIFAR100, "tgz_md5", md5(target))


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
