"""A run is a directory that anyone may read while it grows: settings, metrics, previews, checkpoints, exports, log."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout
from PIL import Image
from pydantic_core import to_jsonable_python

from pipelines.common.errors import Misuse
from pipelines.common.files import write_atomically
from pipelines.training.config import TrainingConfig


class Run:
    """The files of one training.

    Args:
        path: the directory; made with its parents when the first file is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / "config.yaml"
        self.metrics_file = path / "metrics.jsonl"
        self.log_file = path / "log.txt"
        self.previews = path / "previews"
        self.checkpoints = path / "checkpoints"
        self.exports = path / "exports"
        self.outcome_file = path / "outcome.json"

    def prepare(self, system: str, config: TrainingConfig) -> None:
        """Make the directory and write its settings; a second start must bring the same ones.

        What an older run does not name is as it was before there was such a setting, at its default.

        Raises:
            Misuse: the directory belongs to a run with other settings.
        """
        settings = {"system": system, **config.model_dump(mode="json")}
        if self.config_file.exists():
            before = {**usual_settings(config), **self.settings()}  # a run may be older than a setting
            changed = [key for key in settings.keys() | before.keys() if settings.get(key) != before.get(key)]
            if fixed := sorted(set(changed) - config.free_on_resume):
                detail = ", ".join(f"{key} was {before.get(key)}, now {settings.get(key)}" for key in fixed)
                raise Misuse("run_is_another", given=self.path, detail=detail)
        for folder in (self.path, self.previews, self.checkpoints, self.exports):
            folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.config_file, yaml.safe_dump(settings, sort_keys=False).encode())

    def settings(self) -> dict[str, Any]:
        """Read the settings back.

        Raises:
            Misuse: no run here.
        """
        try:
            settings = yaml.safe_load(self.config_file.read_text())
        except OSError as error:
            raise Misuse("run_not_found", given=self.path) from error
        return dict(settings)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from training in this directory; the lock ends with the process, however that ends.

        Raises:
            Misuse: another process trains here.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise Misuse("run_is_busy", given=self.path) from error
        try:
            yield
        finally:
            lock.release()

    def write_outcome(self, outcome: str, error: str = "") -> None:
        """Leave word of how a training ended: ``finished``, ``stopped`` or ``failed``."""
        write_atomically(self.outcome_file, json.dumps({"outcome": outcome, "error": error}).encode())

    def write_skipped(self, skipped: Mapping[str, str]) -> None:
        """List the pictures that could not be used, each with the reason; no file where there are none."""
        lines = [f"{key}: {why}\n" for key, why in skipped.items()]
        if lines:
            write_atomically(self.path / "skipped.txt", "".join(lines).encode(errors="surrogateescape"))
        else:
            (self.path / "skipped.txt").unlink(missing_ok=True)

    def forget_outcome(self) -> None:
        """Take the word of an earlier training away, so that none means that this one was killed."""
        self.outcome_file.unlink(missing_ok=True)

    def outcome(self) -> tuple[str, str]:
        """Return how the last training ended and its error; empty where it left no word."""
        try:
            left = json.loads(self.outcome_file.read_text())
            return str(left["outcome"]), str(left["error"])
        except (OSError, ValueError, KeyError, TypeError):
            return "", ""

    def append_metrics(self, kind: str, step: int, seconds: float, scalars: Mapping[str, float]) -> None:
        """Add one line; whole lines only, so that a reader never sees half of one that it would keep."""
        line = json.dumps({"kind": kind, "step": step, "seconds": round(seconds, 1), **scalars}) + "\n"
        with self.metrics_file.open("a") as file:
            file.write(line)

    def metrics(self) -> Iterator[dict[str, Any]]:
        """Yield the lines written so far; a line still being written is left out."""
        if not self.metrics_file.exists():
            return
        for line in self.metrics_file.read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def forget_after(self, step: int) -> None:
        """Drop metrics, previews and exports later than a step, which a resumed run will write again."""
        kept = [json.dumps(line) + "\n" for line in self.metrics() if line["step"] <= step]
        if self.metrics_file.exists():
            write_atomically(self.metrics_file, "".join(kept).encode())
        for preview in self.previews.glob("step-*.png"):
            if step_of(preview) > step:
                preview.unlink()
        for export in self.exports.glob("step-*"):
            if step_of(export) > step:
                shutil.rmtree(export)

    def export_names(self) -> list[str]:
        """Return the names of the exports: ``last``, ``best``, and those kept by step."""
        return sorted(path.name for path in self.exports.glob("[!.]*") if path.is_dir())

    def find_export(self, name: str) -> Path:
        """Return an export's folder by its name.

        Raises:
            Misuse: there is none of that name.
        """
        names = self.export_names()
        if name not in names:
            raise Misuse("argument_unknown", name="export", given=name, allowed=", ".join(names) or "none yet")
        return self.exports / name

    def save_preview(self, step: int, sheet: Image.Image) -> None:
        """Write a preview sheet."""
        temporary = self.previews / ".next.png"
        sheet.save(temporary)
        temporary.replace(self.previews / f"step-{step:08d}.png")


def step_of(path: Path) -> int:
    """Return the step in a name such as ``step-00001000.png``."""
    return int(path.stem.split("-")[1])


def usual_settings(config: TrainingConfig) -> dict[str, Any]:
    """Return the defaults of a system's settings, as they are written."""
    fields = type(config).model_fields.items()
    return dict(to_jsonable_python({name: one.get_default(call_default_factory=True) for name, one in fields}))
