"""Data sets of the Hugging Face Hub in ImageFolder layout: pictures in folders of classes, or one archive of them."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import RepositoryNotFoundError

from pipelines.common.errors import Misuse, StudioError
from pipelines.data.entries import SUFFIXES, Source
from pipelines.data.stored import FolderSource, ZipSource
from pipelines.weights.hub import UNREACHABLE, reason


def open_hub(specification: str, repository: str) -> Source:
    """Open a data set of the Hub, of which what is new is downloaded; out of reach, as it was downloaded last.

    Args:
        specification: what the source is called.
        repository: owner and name, as ``is_hub_id`` has them.

    Raises:
        Misuse: no such data set, or neither pictures in it nor exactly one archive.
        StudioError: the Hub cannot be reached, and the data set was never downloaded whole.
    """
    folder = fetch(repository)
    if not folder.is_dir():
        raise Misuse("data_no_images", given=specification, skipped=0)
    # The Hub's client keeps contents apart, and links to them: folder is snapshots/<commit> of a repository's cache.
    source = FolderSource(specification, folder, linked=folder.parents[1])
    archives = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".zip")
    if not archives or any(entry.label for entry in source.entries):
        return source
    if len(archives) > 1:
        detail = f"{repository} has {len(archives)} archives, of which one alone could be read"
        raise Misuse("setting_invalid", name="data", detail=detail)
    return ZipSource(specification, archives[0])


def fetch(repository: str) -> Path:
    """Download the pictures and archives of a data set, or take them from the local cache.

    Raises:
        Misuse: no such data set.
        StudioError: the Hub cannot be reached.
    """
    patterns = [either_case(f"*{suffix}") for suffix in sorted({*SUFFIXES, ".zip"})]
    try:
        return Path(snapshot_download(repository, repo_type="dataset", allow_patterns=patterns))
    except RepositoryNotFoundError as error:
        raise Misuse("hub_data_missing", name=repository) from error
    except UNREACHABLE as error:
        raise StudioError("hub_unreachable", name=repository, detail=reason(error)) from error


def either_case(pattern: str) -> str:
    """Return a pattern for both cases of its letters: ``*.[gG][iI][fF]``."""
    return "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in pattern)
