"""One split for all systems: which pictures are held out and train nothing."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.images import to_rgb
from pipelines.data.entries import Entry, Source

logger = logging.getLogger("pipelines.training")
HELD_OUT_TENTHS = 1  # of ten
RESERVED = "held_out.txt"  # beside weights: keys of pictures that never trained them
LEAST = 2  # pictures that differ: one to train, one to hold out
NEAR = 2  # bits of 64 in which the fingerprints of two near-duplicates may differ


@dataclass(frozen=True)
class Split:
    """A source's pictures, divided.

    Attributes:
        train: what may train.
        held_out: about a tenth, for evaluation alone.
        skipped: keys of bad pictures, each with the reason.
        groups: number of the group of near-duplicates of each picture by its key, where they were looked for.
    """

    train: Sequence[Entry]
    held_out: Sequence[Entry]
    skipped: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)

    def report(self) -> str:
        """Return one line for a log: how many of each, and the first pictures skipped with why."""
        named = "; ".join(f"{key}: {why}" for key, why in list(self.skipped.items())[:3])
        tail = f", skipped {len(self.skipped)} ({named})" if self.skipped else ""
        return f"{len(self.train)} pictures to train, {len(self.held_out)} held out{tail}"


def split_source(source: Source, *, progress: bool = False) -> Split:
    """Divide a source: by its own folders ``train`` and ``test`` where it is all in these, else by hash.

    By hash, near-duplicates are kept together: pictures whose fingerprints nearly agree form a group; a group is held
    out when the smallest SHA-256 among its files falls into one tenth of all hashes. So the decision depends on nothing
    but contents. Of few pictures, which may all fall on one side, the group of the smallest hash goes to the other; and
    a group with a picture of a class that none would train trains, so long as another stays held out.

    Raises:
        Misuse: no usable picture, or too few that differ to hold any out.
    """
    entries: list[Entry] = []
    digests: list[str] = []
    fingerprints: list[int] = []
    skipped: dict[str, str] = {}
    for entry in tqdm(source.entries, desc="reading", disable=not progress, leave=False):
        try:
            image = source.load(entry)
            digest = hashlib.sha256(source.read(entry)).hexdigest()
        except StudioError as error:
            skipped[entry.key] = str(error)
            continue
        entries.append(entry)
        digests.append(digest)
        fingerprints.append(fingerprint(image))
    if not entries:
        raise Misuse("data_no_images", given=source.name, skipped=len(skipped))
    parts = given_parts(entries)
    if parts is not None:
        return Split(*parts, skipped)
    groups = near_duplicates(fingerprints)
    smallest: dict[int, str] = {}
    for group, digest in zip(groups, digests, strict=True):
        smallest[group] = min(digest, smallest.get(group, digest))
    held = [is_held_out(smallest[group]) for group in groups]
    if len(set(groups)) > 1 and len(set(held)) == 1:  # by chance all on one side: the first by its hash changes over
        first = min(smallest, key=lambda group: smallest[group])
        held = [out != (group == first) for out, group in zip(held, groups, strict=True)]
    taught = {entry.label for entry, out in zip(entries, held, strict=True) if not out}
    wanted = {group for group, entry in zip(groups, entries, strict=True) if entry.label not in taught}
    without = [out and group not in wanted for out, group in zip(held, groups, strict=True)]
    held = without if any(without) else held
    train = [entry for entry, out in zip(entries, held, strict=True) if not out]
    held_out = [entry for entry, out in zip(entries, held, strict=True) if out]
    if not train or not held_out:
        code = "data_too_few" if len(entries) < LEAST else "data_alike"
        raise Misuse(code, given=len(entries), allowed=LEAST)
    return Split(train, held_out, skipped, {entry.key: group for entry, group in zip(entries, groups, strict=True)})


def reserve(split: Split, keys: str | None) -> Split:
    """Return a split in which the listed pictures are held out and alone evaluated; near-duplicates train no more.

    Args:
        split: by hash.
        keys: file with a key in each line; none: the split as it is.

    Raises:
        Misuse: no such file, or no key in it that the source has.
    """
    if keys is None:
        return split
    wanted = read_keys(Path(keys))
    held_out = [entry for entry in (*split.train, *split.held_out) if entry.key in wanted]
    if not held_out:
        raise Misuse("setting_invalid", name="reserved", detail="the source has none of these pictures")
    if unknown := sorted(wanted - {entry.key for entry in held_out}):
        logger.warning("%s names %d pictures that the source lacks: %s ...", keys, len(unknown), unknown[0])
    near = {split.groups.get(key) for key in wanted} - {None}
    train = [entry for entry in split.train if entry.key not in wanted and split.groups.get(entry.key) not in near]
    return Split(train, held_out, split.skipped, split.groups)


def read_keys(file: Path) -> set[str]:
    """Return the keys that a file lists, one a line.

    Raises:
        Misuse: it cannot be read as text.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse("file_not_found", given=file) from error
    return {line.strip() for line in lines} - {""}


def reserve_listed(split: Split, listed: Path | None) -> Split:
    """Return a split with what a file lists reserved, as it is where there is no such file or none of its pictures."""
    if listed is None or not listed.is_file():
        return split
    known = {entry.key for entry in (*split.train, *split.held_out)}
    return reserve(split, str(listed)) if known & read_keys(listed) else split


def given_parts(entries: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]] | None:
    """Return what lies in ``train/<class>/`` and what in ``test/<class>/``; None where it ``is_divided`` not."""
    if not is_divided([entry.label for entry in entries]):
        return None
    train, test = list[Entry](), list[Entry]()
    for entry in entries:
        part, _, label = entry.label.partition("/")
        (train if part == "train" else test).append(Entry(entry.key, label))
    return train, test


def is_divided(folders: Collection[str]) -> bool:
    """Say whether all lies in ``train/<class>/`` and ``test/<class>/``, or in ``train/`` and ``held_out/``.

    So do this project's own commands call it, which write pictures without a class there, too.
    """
    tops = {folder.partition("/")[0] for folder in folders}
    whole = "held_out" in tops or all("/" in folder for folder in folders)
    return whole and "train" in tops and len(tops) > 1 and tops <= {"train", "test", "held_out"}


def spaced(entries: Sequence[Entry], most: int) -> Sequence[Entry]:
    """Return at most so many entries, evenly spaced from the first on."""
    return [entries[place] for place in spaced_places(len(entries), most)]


def spaced_places(count: int, most: int) -> Sequence[int]:
    """Return at most so many places of a row, evenly spaced from the first on and through to its end."""
    return [number * count // most for number in range(most)] if count > most else range(count)


def is_held_out(sha256: str) -> bool:
    """Say whether a file of this digest is held out."""
    return int(sha256[:8], 16) % 10 < HELD_OUT_TENTHS


def fingerprint(image: Image.Image) -> int:
    """Return the 64-bit difference hash of a picture: which of neighbouring pixels, at 9 x 8, is brighter."""
    grey = np.asarray(to_rgb(image).convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def near_duplicates(fingerprints: Sequence[int]) -> list[int]:
    """Return each picture's group number: those connected by fingerprints that differ in at most ``NEAR`` bits."""
    codes = np.array(fingerprints, dtype=np.uint64)
    parent = list(range(len(codes)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, code in enumerate(codes):
        distance: NDArray[np.uint8] = np.bitwise_count(codes[i + 1 :] ^ code)
        for j in np.flatnonzero(distance <= NEAR):
            parent[root(i + 1 + int(j))] = root(i)
    return [root(i) for i in range(len(codes))]
