"""How the C library keeps memory that was freed."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # mallopt's numbers for them in glibc's malloc.h
KEPT = 512 << 20  # bytes freed at the end of the heap that stay with the process
LARGEST = 32 << 20  # bytes of a block that still comes from the heap; glibc takes no more


def keep_freed_memory() -> bool:
    """Let what a network frees serve the next one, in glibc; elsewhere nothing changes.

    By default glibc hands large blocks back at once, and the kernel has to clear new pages for each map of each layer.

    Returns:
        Whether it is kept.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(MMAP_THRESHOLD, LARGEST)) and bool(mallopt(TRIM_THRESHOLD, KEPT))
