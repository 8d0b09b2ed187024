"""Promote a training's weights to the live ones, and take that back."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.common.errors import Misuse
from pipelines.common.files import write_atomically
from pipelines.common.home import studio_home
from pipelines.weights import hub

REMEMBERED = 10  # promotions that can be undone, and whose weights are kept


@dataclass(frozen=True)
class Promotion:
    """One set of weights that was made live.

    Attributes:
        folder: a copy of the export, which nothing else deletes.
        source: where it came from, as a person would say it.
        weights_sha256: digest.
        at: when, seconds since 1970.
    """

    folder: str
    source: str
    weights_sha256: str
    at: float


def promote(name: str, export: Path, source: str) -> Promotion:
    """Make an export the live weights of a system; whoever asks for them next gets these.

    The export is copied first, so that deleting the run takes nothing away from the page; the pointer is then replaced
    in one step.

    Args:
        name: the system's.
        export: a folder that its pipeline opens.
        source: where it came from.

    Raises:
        Misuse: no weights there.
    """
    digest = hub.weights_sha256(hub.checked(export))
    target = studio_home() / "models" / name / digest[:16]
    if not target.exists():
        temporary = target.with_name(f".{target.name}")
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(export, temporary)
        temporary.rename(target)
    made = Promotion(str(target), source, digest, time.time())
    write(name, [made, *history(name)][:REMEMBERED])
    return made


def undo(name: str) -> Promotion | None:
    """Take the last promotion back; return what is live now, None for the bundled weights.

    Raises:
        Misuse: nothing was promoted.
    """
    before = history(name)
    if not before:
        raise Misuse("nothing_promoted", given=name)
    write(name, before[1:])
    return before[1] if len(before) > 1 else None


def history(name: str) -> list[Promotion]:
    """Return the promotions of a system, the live one first."""
    try:
        pointer = json.loads(hub.live_pointer(name).read_text())
        return [Promotion(**one) for one in pointer["history"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write(name: str, promotions: list[Promotion]) -> None:
    """Replace the pointer, then drop the copies that it no longer leads to; what was live just now an hour later."""
    left = {one.folder for one in history(name)[:1]} - {one.folder for one in promotions}
    pointer = hub.live_pointer(name)
    pointer.parent.mkdir(parents=True, exist_ok=True)
    if promotions:
        content = {"folder": promotions[0].folder, "history": [asdict(one) for one in promotions]}
        write_atomically(pointer, json.dumps(content, indent=2).encode())
    else:
        pointer.unlink(missing_ok=True)
    kept = {one.folder for one in promotions}
    for copy in (studio_home() / "models" / name).glob("*"):
        if str(copy) in left:  # may still be being opened
            os.utime(copy)
        elif str(copy) not in kept and time.time() - copy.stat().st_mtime > 3600:
            shutil.rmtree(copy, ignore_errors=True)
