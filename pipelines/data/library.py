"""The installation's own data sets: taken in from archives, every picture made anew."""

from __future__ import annotations

import errno
import json
import re
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from PIL import Image

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import file_name, write_atomically
from pipelines.common.home import studio_home
from pipelines.common.images import decode
from pipelines.common.sheets import contact_sheet
from pipelines.data import derived
from pipelines.data.archives import open_archive, safe_members
from pipelines.data.entries import SUFFIXES, is_junk
from pipelines.data.splits import is_divided, spaced
from pipelines.data.stored import UNREADABLE, FolderSource

MAX_SIDE = 512  # pixels of a stored picture: twice what any system here is trained at
MIN_SIDE = 16
SPARE = 1_000_000_000  # bytes of the disk that stay free
NAMED = 20  # refused pictures that a report names
SHOWN = 40  # pictures on a contact sheet


@dataclass(frozen=True)
class DataSet:
    """A data set of this installation.

    Attributes:
        name: what it is called here.
        classes: pictures of each class.
        refused: members that were not taken, each with the reason; the first ones.
        refused_in_all: how many were not taken.
        bytes: size on disk.
        at: when it was taken in, seconds since 1970.
    """

    name: str
    classes: dict[str, int]
    refused: dict[str, str] = field(default_factory=dict)
    refused_in_all: int = 0
    bytes: int = 0
    at: float = 0.0

    @property
    def count(self) -> int:
        """Pictures in all."""
        return sum(self.classes.values())

    @property
    def source(self) -> str:
        """How a training names it."""
        return f"folder:{folder_of(self.name)}"


def take_in(archive: Path, name: str, on_picture: Callable[[int, int], None] = lambda done, of: None) -> DataSet:
    """Take a zip of ``<class>/<image>`` in, or nothing of it.

    Each picture is decoded, bounded and written again as WebP without loss, so that nothing but pixels comes in; a bad
    one is named and left out. One folder around all classes is looked through. What systems leave beside pictures, such
    as ``.DS_Store``, is passed over and not counted.

    Args:
        archive: the zip file; it is only read.
        name: what to call it, letters, digits, dashes and underscores.
        on_picture: called with members done and members in all.

    Raises:
        Misuse: a bad name or one that is taken, an archive that is refused as a whole, or one without a usable picture.
        StudioError: the disk is full; nothing stays.
    """
    target = folder_of(name)
    if target.exists():
        raise Misuse("data_set_exists", given=name)
    if shutil.disk_usage(studio_home_made()).free < SPARE + 2 * archive.stat().st_size:
        raise StudioError("disk_full", given=name)
    coming = target.with_name(f".coming-{uuid.uuid4().hex}")
    try:
        with open_archive(archive) as opened:
            members = [member for member in safe_members(opened) if not is_junk(member_path(member))]
            folders = Folders(members)
            classes: Counter[str] = Counter()
            refused: dict[str, str] = {}
            for number, member in enumerate(members):
                on_picture(number, len(members))
                path = member_path(member)
                if path.suffix.lower() not in SUFFIXES:
                    refused[member] = "not a picture file"
                    continue
                try:
                    image = decode(opened.read(member), max_side=MAX_SIDE, min_side=MIN_SIDE)
                except StudioError as error:
                    refused[member] = str(error)
                    continue
                except UNREADABLE as error:
                    refused[member] = str(error) or "cannot be read"
                    continue
                part, label = folders.of(path)
                folder = coming / part / label
                folder.mkdir(parents=True, exist_ok=True)
                image.save(folder / f"{number:06d}.webp", lossless=True, method=2)
                classes[label] += 1
                if number % 100 == 0 and shutil.disk_usage(coming).free < SPARE:
                    raise StudioError("disk_full", given=name)
        if not classes:
            raise Misuse("data_no_images", given=name, skipped=len(refused))
        size = sum(file.stat().st_size for file in coming.rglob("*.webp"))
        first = dict(list(refused.items())[:NAMED])
        made = DataSet(name, dict(sorted(classes.items())), first, len(refused), size, time.time())
        write_atomically(coming / "report.json", json.dumps(asdict(made)).encode())
        coming.rename(target)
        return made
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StudioError("disk_full", given=name) from error
        raise
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def data_sets() -> list[DataSet]:
    """Return the data sets that there are, by name."""
    found = []
    for report in sorted((studio_home() / "data").glob("*/report.json")):
        try:
            found.append(DataSet(**json.loads(report.read_text())))
        except (OSError, ValueError, TypeError):
            continue
    return found


def data_set(name: str) -> DataSet:
    """Return one by its name.

    Raises:
        Misuse: there is none.
    """
    folder_of(name)
    for one in data_sets():
        if one.name == name:
            return one
    raise Misuse("data_not_found", given=name)


def delete(name: str) -> None:
    """Delete a data set, and what was made of its pictures and kept for other trainings.

    Raises:
        Misuse: there is none of that name.
    """
    source = data_set(name).source
    folder = folder_of(name)
    going = folder.with_name(f".going-{uuid.uuid4().hex}")
    folder.rename(going)  # in one step: a training that begins now finds it whole or not at all
    shutil.rmtree(going, ignore_errors=True)
    derived.forget(source)


def sheet(name: str) -> Image.Image:
    """Return a contact sheet of evenly spaced pictures."""
    source = FolderSource(name, folder_of(data_set(name).name))
    pictures = []
    for entry in spaced(source.entries, SHOWN):
        picture = source.load(entry)
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        square = Image.new("RGB", (96, 96), "white")
        paper.thumbnail((96, 96))
        square.paste(paper.convert("RGB"), ((96 - paper.width) // 2, (96 - paper.height) // 2))
        pictures.append(square)
    while len(pictures) % 10:
        pictures.append(Image.new("RGB", (96, 96), "white"))
    return contact_sheet([pictures[start : start + 10] for start in range(0, len(pictures), 10)])


def folder_of(name: str) -> Path:
    """Return where a data set of this name is kept.

    Raises:
        Misuse: no name for a data set: nothing that could lead anywhere else.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise Misuse("data_set_name", given=str(name)[:64])
    return studio_home() / "data" / name


def studio_home_made() -> Path:
    """Return the installation's folder, made where absent."""
    home = studio_home()
    (home / "data").mkdir(parents=True, exist_ok=True)
    return home


def member_path(member: str) -> PurePosixPath:
    """Return a member's path; some programs for Windows write it with backslashes."""
    return PurePosixPath(member.replace("\\", "/"))


def outer_folder(members: list[str]) -> str | None:
    """Return the one folder that everything lies in, if there are classes within it."""
    pictures = [path for path in map(member_path, members) if path.suffix.lower() in SUFFIXES]
    tops = {path.parts[0] for path in pictures}
    nested = all(len(path.parts) > 2 for path in pictures)
    return tops.pop() if len(tops) == 1 and nested else None


class Folders:
    """What an archive's folders become here: classes, in ``train/`` and ``test/`` where it ``is_divided`` so.

    Args:
        members: of the archive.
    """

    def __init__(self, members: list[str]) -> None:
        self.around = outer_folder(members)
        self.labels: dict[tuple[str, ...], str] = {}  # by the folders of a class
        inner = [self.within(path) for path in map(member_path, members) if path.suffix.lower() in SUFFIXES]
        self.divided = is_divided(["/".join(parts) for parts in inner])

    def within(self, path: PurePosixPath) -> tuple[str, ...]:
        """Return the folders that a member lies in, without the one around everything."""
        parts = path.parts[:-1]
        return parts[1:] if self.around is not None and parts[:1] == (self.around,) else parts

    def of(self, path: PurePosixPath) -> tuple[str, str]:
        """Return part (``train``, ``test``, ``held_out`` or nothing) and class of a member, both fit for a folder here.

        Different folders are different classes, though their names may differ in what is fit for none, as in C and C#.
        """
        folders = self.within(path)
        part, folders = (folders[0], folders[1:]) if self.divided else ("", folders)
        if folders not in self.labels:
            name, number = file_name("_".join(folders), "pictures"), 1
            label = name
            while label in self.labels.values():
                number += 1
                label = f"{name}_{number}"
            self.labels[folders] = label
        return part, self.labels[folders]
