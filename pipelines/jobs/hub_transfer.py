"""What travels between an installation and a Hugging Face job: what the settings name, and the run directory."""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from huggingface_hub import HfApi, snapshot_download

from pipelines.common.files import looks_like_path, write_atomically
from pipelines.data.sources import ON_DISK, parts_of

PLACES = ("data", "maps", "start_from", "widened_from")  # settings that name a file or a folder, however it is written
# What a run directory has for others; all else in it belongs to the machine where it lies.
LIGHT = ("config.yaml", "metrics.jsonl", "log.txt", "previews/step-*", "outcome.json")
SHARED = (*LIGHT, "checkpoints/*", "exports/*")


def send_places(api: HfApi, repository: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Send what the settings name on this disk, once a content; return the settings with the paths there.

    A file goes as it is, a folder packed into ``inputs/<digest>.folder.zip``: thousands of small files travel slowly.
    """
    sent = dict(settings)
    for name in places(settings):
        given = str(settings[name] or "")
        if name == "data":
            sent[name] = "+".join(send_source(api, repository, part) for part in parts_of(given))
        elif there := send_place(api, repository, Path(given).expanduser()) if given else None:
            sent[name] = there
    return sent


def places(settings: Mapping[str, Any]) -> list[str]:
    """Return the settings that name a file or a folder: those that always do, and what is written as a path."""
    return [name for name, value in settings.items() if name in PLACES or looks_like_path(value)]


def send_source(api: HfApi, repository: str, specification: str) -> str:
    """Send what one source is on this disk, if anything; return what it is called there."""
    kind, _, path = specification.partition(":")
    there = send_place(api, repository, Path(path).expanduser()) if kind in ON_DISK else None
    return f"{kind}:{there}" if there else specification


def send_place(api: HfApi, repository: str, source: Path) -> str | None:
    """Send a file or a folder; return the path there, None where there is nothing here."""
    if source == Path() or not source.exists():
        return None
    where = f"inputs/{digest(source)}"
    arrives = where if source.is_dir() else f"{where}{source.suffix}"
    target = f"{where}.folder.zip" if source.is_dir() else arrives
    if not api.file_exists(repository, target, repo_type="dataset"):
        with tempfile.TemporaryDirectory() as folder:
            packed = packed_folder(source, Path(folder) / "folder.zip") if source.is_dir() else source
            api.upload_file(path_or_fileobj=packed, path_in_repo=target, repo_id=repository, repo_type="dataset")
    return arrives


def fetch_places(repository: str, settings: Mapping[str, Any]) -> None:
    """Download what ``send_places`` sent, into this folder."""
    for part in (part for name in places(settings) for part in parts_of(str(settings[name] or ""))):
        path = part.rpartition(":")[2]
        if not path.startswith("inputs/"):
            continue
        packed = Path(f"{path}.folder.zip")
        snapshot_download(repository, repo_type="dataset", local_dir=".", allow_patterns=[path, str(packed)])
        if packed.is_file() and not Path(path).exists():
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(path)


def put_places(config: Path, settings: Mapping[str, Any]) -> None:
    """Let a run's settings name places as they are called on this machine."""
    if config.is_file():
        before = yaml.safe_load(config.read_text())
        after = {**before, **{name: settings[name] for name in places(settings) if name in before}}
        if after != before:
            write_atomically(config, yaml.safe_dump(after, sort_keys=False).encode())


def send_run(api: HfApi, repository: str, run: Path, name: str, *, whole: bool = True) -> None:
    """Make ``runs/<name>`` of the repository what the run directory is; what has not changed is not sent again.

    New files arrive and old ones go in one commit, so that whoever is killed meanwhile leaves a whole checkpoint.

    Args:
        api: the Hub.
        repository: private dataset repository.
        run: the run directory.
        name: its name there.
        whole: send checkpoints and exports too; without, those that are there stay as they are.
    """
    sent, left = (SHARED, (".*",)) if whole else (LIGHT, (".*", "checkpoints", "exports"))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "run")
        shutil.copytree(run, copy, ignore=shutil.ignore_patterns(*left))  # one that does not grow meanwhile
        api.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=copy,
            path_in_repo=f"runs/{name}",
            allow_patterns=list(sent),
            delete_patterns="*" if whole else list(sent),
            commit_message=f"{name} goes on",
        )


def fetch_run(api: HfApi, repository: str, run: Path, name: str, settings: Mapping[str, Any]) -> None:
    """Make the shared part of a run directory what the repository has of it, unless the one here has got further.

    Args:
        api: the Hub.
        repository: private dataset repository.
        run: the run directory.
        name: its name there.
        settings: of the training, with places as they are called here.
    """
    prefix, mirror = PurePosixPath("runs") / name, run / ".cache" / "hub"
    listed = [
        str(PurePosixPath(path).relative_to(prefix))
        for path in api.list_repo_files(repository, repo_type="dataset")
        if PurePosixPath(path).is_relative_to(prefix)
    ]
    wanted = [path for path in listed if is_shared(path)]
    here = [path.relative_to(run).as_posix() for path in files_in(run)]
    if not wanted or last_step(here) > last_step(wanted):  # trained on here since
        return
    snapshot_download(repository, repo_type="dataset", local_dir=mirror, allow_patterns=[f"{prefix}/**"])
    put_places(mirror / prefix / "config.yaml", settings)
    for path in wanted:
        fresh, ours = mirror / prefix / path, run / path
        if fresh.is_file() and not same(fresh, ours):
            ours.parent.mkdir(parents=True, exist_ok=True)
            temporary = ours.with_name(f".{ours.name}.new")
            shutil.copy2(fresh, temporary)
            temporary.replace(ours)
    forget_others(mirror / prefix, wanted)
    forget_others(run, wanted)


def forget_others(folder: Path, kept: list[str]) -> None:
    """Delete the shared files that are not among those kept, and folders that this leaves empty."""
    for path in files_in(folder):
        relative = path.relative_to(folder).as_posix()
        if relative not in kept and is_shared(relative):
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()) and path.parent.parent != folder:
                path.parent.rmdir()


def last_step(paths: Iterable[str]) -> int:
    """Return the step of the last checkpoint among the files of a run directory, -1 where there is none."""
    found = (re.match(r"checkpoints/step-(\d+)/", path) for path in paths)
    return max((int(one[1]) for one in found if one), default=-1)


def is_shared(path: str) -> bool:
    """Say whether a file of a run directory is for others."""
    return any(fnmatch.fnmatch(path, pattern) for pattern in SHARED)


def same(one: Path, other: Path) -> bool:
    """Say whether two files have the same size and time of change."""
    if not other.is_file():
        return False
    first, second = one.stat(), other.stat()
    return first.st_size == second.st_size and first.st_mtime_ns == second.st_mtime_ns


def digest(path: Path) -> str:
    """Return a name for a file's or a folder's contents."""
    found = hashlib.sha256()
    for file in files_in(path) if path.is_dir() else [path]:
        found.update(str(file.relative_to(path)).encode() + b"\0")
        with file.open("rb") as content:
            found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()[:24]


def packed_folder(folder: Path, target: Path) -> Path:
    """Write a folder as an archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in files_in(folder):
            archive.write(file, file.relative_to(folder))
    return target


def files_in(folder: Path) -> list[Path]:
    """Return a folder's files; hidden ones are left out, and links that lead out of it are not followed."""
    root = folder.resolve()
    found = (one for one in folder.rglob("*") if one.is_file() and one.resolve().is_relative_to(root))
    return sorted(one for one in found if not any(part.startswith(".") for part in one.relative_to(folder).parts))
