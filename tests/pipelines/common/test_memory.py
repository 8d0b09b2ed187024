from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FREEING = """
import sys
from pathlib import Path
import torch
from pipelines.common.memory import keep_freed_memory

if sys.argv[1] == "kept":
    assert keep_freed_memory()


def pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


block = torch.empty(7_000_000).fill_(1)  # 28 MB, 6,836 pages
before = pages()
del block
print(before - pages())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory in its own way")
def test_freed_memory_stays_with_the_process() -> None:
    returned, kept = (
        int(subprocess.run([sys.executable, "-c", FREEING, how], capture_output=True, check=True, text=True).stdout)
        for how in ("returned", "kept")
    )
    assert returned > 6_000 and kept < 600
