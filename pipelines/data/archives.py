"""Zip archives from strangers: read in place, within bounds, never extracted."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from pipelines.common.errors import Misuse

MAX_MEMBERS = 200_000
MAX_UNPACKED = 8_000_000_000  # bytes, all members together
MAX_MEMBER = 60_000_000  # bytes
MAX_RATIO = 200  # unpacked over packed, of members larger than MIN_RATIO_BYTES
MIN_RATIO_BYTES = 1_000_000


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an archive for reading.

    Raises:
        Misuse: not a zip file.
    """
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise Misuse("data_not_a_zip", given=path) from error


def safe_members(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the archive's files, or refuse all of it.

    Refused: paths that are absolute or climb out, links, encrypted members, too many members, too many bytes,
    and a ratio that only a zip bomb has.

    Raises:
        Misuse: naming the member and what is wrong with it.
    """
    members = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if len(members) > MAX_MEMBERS:
        raise refuse(f"{len(members)} files, at most {MAX_MEMBERS} are accepted")
    if (total := sum(info.file_size for info in members)) > MAX_UNPACKED:
        raise refuse(f"{total / 1e9:.1f} GB unpacked, at most {MAX_UNPACKED / 1e9:.0f} are accepted")
    for info in members:
        check_member(info)
    return [info.filename for info in members]


def check_member(info: zipfile.ZipInfo) -> None:
    """Refuse one member that is not a plain, bounded file inside the archive's own tree."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    name = info.filename[:80]
    if not path.parts:
        raise refuse(f"{name!r} is no name")
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise refuse(f"{name!r} leads out of the archive")
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise refuse(f"{name!r} is a link or a device")
    if info.flag_bits & 0x1:
        raise refuse(f"{name!r} is encrypted")
    if info.file_size > MAX_MEMBER:
        raise refuse(f"{name!r} is {info.file_size / 1e6:.0f} MB, at most {MAX_MEMBER / 1e6:.0f} are accepted")
    if info.file_size > MIN_RATIO_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise refuse(f"{name!r} unpacks to more than {MAX_RATIO} times its size")


def refuse(detail: str) -> Misuse:
    """Word a refusal."""
    return Misuse("data_zip_unsafe", detail=detail)
