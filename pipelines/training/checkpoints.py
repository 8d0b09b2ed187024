"""Checkpoints: a folder of safetensors and JSON that appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import write_atomically


@dataclass
class Checkpoint:
    """Everything a run needs to go on: the step reached and a tree of tensors and plain values."""

    step: int
    state: dict[str, Any]


class CheckpointStore:
    """The checkpoints of one run.

    Args:
        folder: where they are kept, one sub-folder each.
        keep: how many of the last ones stay; the best stays besides.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder
        self.keep = keep

    def save(self, checkpoint: Checkpoint) -> Path:
        """Write a checkpoint and drop those too old to keep.

        Raises:
            StudioError: the disk is full; nothing half-written stays.
        """
        target = self.folder / f"step-{checkpoint.step:08d}"
        temporary = self.folder / f".writing-{os.getpid()}"
        try:
            with telling_of_full_disk(target.name):
                write_folder(temporary, checkpoint)
                if target.exists():
                    target.rename(self.folder / f".writing-old-{os.getpid()}")
                temporary.rename(target)
                sync(self.folder)
        except Exception:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        self.sweep()
        self._prune()
        return target

    def sweep(self) -> None:
        """Remove what an interrupted write left behind; only for the one who writes here."""
        for remains in self.folder.glob(".writing-*"):
            shutil.rmtree(remains, ignore_errors=True)

    def mark_best(self, step: int, value: float, metric: str = "") -> None:
        """Remember which checkpoint scored best so far, and by which metric."""
        best = {"step": step, "value": value, "metric": metric}
        write_atomically(self.folder / "best.json", json.dumps(best).encode())

    def best(self, metric: str | None = None) -> tuple[int, float] | None:
        """Return step and score of the best checkpoint, by this metric if one is named; None where there is none."""
        try:
            best = json.loads((self.folder / "best.json").read_text())
        except (OSError, ValueError):
            return None
        if metric is not None and best.get("metric") != metric:
            return None
        return int(best["step"]), float(best["value"])

    def steps(self) -> list[int]:
        """Return the steps of the whole checkpoints, in order."""
        return sorted(int(path.name.split("-")[1]) for path in self.folder.glob("step-*") if path.is_dir())

    def load_last(self) -> Checkpoint | None:
        """Read the latest checkpoint, None where there is none; somebody else may be writing the next one."""
        steps = self.steps()
        return self.load(steps[-1]) if steps else None

    def load(self, step: int) -> Checkpoint:
        """Read one checkpoint; tensors come on the CPU.

        Raises:
            Misuse: there is none of that step.
        """
        folder = self.folder / f"step-{step:08d}"
        if not folder.is_dir():
            raise Misuse("run_not_found", given=folder)
        tensors = load_file(folder / "tensors.safetensors")
        return Checkpoint(step, unpack(json.loads((folder / "state.json").read_text()), tensors))

    def _prune(self) -> None:
        best = self.best()
        protected = set(self.steps()[-self.keep :]) | ({best[0]} if best else set())
        for step in self.steps():
            if step not in protected:
                shutil.rmtree(self.folder / f"step-{step:08d}", ignore_errors=True)


@contextlib.contextmanager
def telling_of_full_disk(name: str) -> Iterator[None]:
    """Say in a sentence that there is no room left for what is written."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        if is_disk_full(error):
            raise StudioError("disk_full", given=name) from error
        raise


def is_disk_full(error: Exception) -> bool:
    """Say whether a write failed for want of room; safetensors tells it in words alone."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return os.strerror(errno.ENOSPC) in str(error)


def write_folder(folder: Path, checkpoint: Checkpoint) -> None:
    """Write tensors and the tree around them, and see both to the disk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tensors: dict[str, Tensor] = {}
    tree = pack(checkpoint.state, tensors)
    save_file(tensors, folder / "tensors.safetensors")
    (folder / "state.json").write_text(json.dumps(tree))
    for file in folder.iterdir():
        sync(file)


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pack(value: Any, tensors: dict[str, Tensor], name: str = "") -> Any:
    """Replace each tensor of a tree by a reference, collecting the tensors, so that JSON can hold the rest.

    Dictionaries become lists of pairs, since an optimiser's have whole numbers as keys.
    """
    if isinstance(value, Tensor):
        tensors[name] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": [[key, pack(item, tensors, f"{name}/{key}")] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [pack(item, tensors, f"{name}/{index}") for index, item in enumerate(value)]}
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    raise TypeError(f"a checkpoint holds tensors and plain values, not {type(value).__name__} at {name}")


def unpack(tree: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    """Undo ``pack``; tuples come back as lists."""
    if "tensor" in tree:
        return tensors[tree["tensor"]]
    if "dict" in tree:
        return {key: unpack(item, tensors) for key, item in tree["dict"]}
    if "list" in tree:
        return [unpack(item, tensors) for item in tree["list"]]
    return tree["value"]


def restore_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Load an optimiser's state in the memory layout of its parameters, so that it computes as before to the bit."""
    optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        if "capturable" in group:  # what a CUDA graph read from the device can be read by any processor
            group |= {"capturable": False, "lr": float(group["lr"])}
        for parameter in group["params"]:
            for key, value in optimizer.state.get(parameter, {}).items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    optimizer.state[parameter][key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
