"""How often a JPEG goes over its pixels, read from its markers: a progressive one may ask for thousands of scans."""

from __future__ import annotations

import re

from pipelines.common.errors import Misuse

MAX_SCANS = 100  # what encoders write has about ten, optimised ones up to twenty
MAX_SCANNED = 1_500_000_000  # scans x pixels: thirty scans of the largest picture that is accepted

# ITU T.81, table B.1. A marker is 0xFF and a code; in coded data 0xFF is followed by 0 or by a restart's code.
MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
ALONE = frozenset({0x01, 0xD8})  # without a length
END, SCAN = 0xD9, 0xDA


def count_scans(data: bytes, at_most: int) -> int:
    """Return the number of scans of a JPEG, no more than ``at_most``; nothing is decoded."""
    scans, position = 0, 0
    while scans < at_most and (found := MARKER.search(data, position)) is not None:
        code, position = found[1][0], found.end()
        if code == END:
            break
        if code in ALONE:
            continue
        scans += code == SCAN
        position += max(2, int.from_bytes(data[position : position + 2]))
    return scans


def check_scans(data: bytes, pixels: int) -> None:
    """Refuse a JPEG that takes too long to decode for its size.

    Raises:
        Misuse: too many scans.
    """
    allowed = min(MAX_SCANS, max(1, MAX_SCANNED // max(1, pixels)))
    if (scans := count_scans(data, 10 * MAX_SCANS)) > allowed:
        raise Misuse("image_too_many_scans", given=scans, allowed=allowed)
