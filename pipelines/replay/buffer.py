"""The buffer of latents: a fixed number for each task, in one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from pipelines.common.errors import Misuse
from pipelines.replay.selection import choose_latents

VERSION = 1
LARGEST = 10**12  # bytes of pictures that a file may claim


@dataclass
class LatentBuffer:
    """Latents of past tasks, in half precision.

    Attributes:
        autoencoder: digest of the weights that encoded them and can decode them.
        tasks: (N_t, C, h, w) each, by name, in the order in which they came.
        pictures: bytes of the files of the pictures that they stand for, by task, where that is known.
    """

    autoencoder: str
    tasks: dict[str, Tensor] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.tasks.values()))

    def copy(self) -> LatentBuffer:
        """Return one that changes on its own."""
        return LatentBuffer(self.autoencoder, dict(self.tasks), dict(self.pictures))

    def add(
        self,
        task: str,
        latents: Tensor,
        count: int,
        *,
        method: str = "k-means",
        classes: int = 1,
        seed: int = 0,
        sizes: Sequence[int] = (),
    ) -> Sequence[int]:
        """Keep ``count`` latents of a task, or all where there are fewer; return their numbers.

        Args:
            task: its name; what was kept under it before goes.
            latents: (N, C, h, w), of the whole task.
            count: how many are kept.
            method: see ``choose_latents``, as the following.
            classes: likewise.
            seed: likewise.
            sizes: bytes of the file of each of the N pictures, where they are known.

        Raises:
            Misuse: an argument out of its range, or latents of another size than the task before has.
        """
        others = [one for name, one in self.tasks.items() if name != task]
        if others and others[0].shape[1:] != latents.shape[1:]:
            wanted, given = (" x ".join(map(str, one.shape[1:])) for one in (others[0], latents))
            raise Misuse("argument_unknown", name="latents", allowed=wanted, given=given)
        options: dict[str, Any] = {"method": method, "classes": min(classes, len(latents)), "seed": seed}
        numbers = choose_latents(latents, min(count, len(latents)), **options)
        self.tasks.pop(task, None)
        self.pictures.pop(task, None)
        self.tasks[task] = latents[numbers].half().contiguous()
        if sizes:
            self.pictures[task] = sum(sizes[number] for number in numbers)
        return [int(number) for number in numbers]

    def latents(self, tasks: Sequence[str] | None = None) -> Tensor:
        """Return the latents of some tasks, by default of all, (N, C, h, w) in float32."""
        return torch.cat([self.tasks[name].float() for name in (self.tasks if tasks is None else tasks)])

    @property
    def size(self) -> int:
        """Bytes of its file."""
        return len(self._to_bytes())

    @property
    def size_of_pixels(self) -> int:
        """Bytes of the pixels of the pictures that they stand for: three each, 8 pixels to a latent's side."""
        return sum(3 * len(one) * 64 * one.shape[2] * one.shape[3] for one in self.tasks.values())

    @property
    def size_of_pictures(self) -> int | None:
        """Bytes of the files of those pictures, None where they are not known of every task."""
        return sum(self.pictures.values()) if self.pictures.keys() == self.tasks.keys() else None

    def _to_bytes(self) -> bytes:
        names = list(self.tasks)
        metadata = {"format": str(VERSION), "autoencoder": self.autoencoder, "tasks": json.dumps(names)}
        metadata["pictures"] = json.dumps([self.pictures.get(name) for name in names])
        return save({str(number): self.tasks[name] for number, name in enumerate(names)}, metadata)

    def save(self, path: Path) -> None:
        """Write the file; it is there whole or not at all."""
        coming = path.with_suffix(".coming")
        coming.write_bytes(self._to_bytes())
        coming.replace(path)

    @classmethod
    def load(cls, path: Path) -> LatentBuffer:
        """Read a file.

        Raises:
            Misuse: it is none, or of another format.
        """
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                if metadata.get("format") != str(VERSION):
                    raise Misuse("buffer_unreadable", name=path.name)
                names = json.loads(metadata["tasks"])
                autoencoder = metadata["autoencoder"]
                tasks = {str(name): file.get_tensor(str(number)) for number, name in enumerate(names)}
                sizes = zip(tasks, json.loads(metadata.get("pictures", "[]")), strict=False)
                pictures = {name: max(0, min(int(size), LARGEST)) for name, size in sizes if size is not None}
        except (OSError, SafetensorError, KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Misuse("buffer_unreadable", name=path.name) from error
        if not all(one.ndim == 4 and one.dtype == torch.float16 and one.isfinite().all() for one in tasks.values()):
            raise Misuse("buffer_unreadable", name=path.name)
        return cls(autoencoder, tasks, pictures)
