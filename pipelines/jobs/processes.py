"""Processes that outlive the app: told apart by number and start time, stopped by group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from pipelines.common.errors import Misuse

STARTED = 19  # of the fields in /proc/PID/stat that follow the program's name: ticks from the machine's start
NICENESS = 19  # of a training: whoever waits for a picture comes first


def start(arguments: Sequence[str], *, console: Path, folder: Path) -> tuple[int, float]:
    """Start a command in a process group of its own, and return its number and start time.

    Args:
        arguments: program and arguments; no shell sees them.
        console: file that its output is added to.
        folder: where it runs.

    Raises:
        Misuse: ``STUDIO_NICE`` is no number from 0 to 19.
    """
    niceness = niceness_from_environment()
    with console.open("ab") as output:
        process = subprocess.Popen(
            arguments,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    begun = start_time(process.pid)
    with_less_right(process.pid, niceness)
    _children[process.pid] = process
    return process.pid, begun or 0.0


_children: dict[int, subprocess.Popen[bytes]] = {}  # ours, to be reaped; a process of an earlier app is not among them


def niceness_from_environment() -> int:
    """Return how far trainings stand back: ``STUDIO_NICE``, from 0, not at all, to 19."""
    given = os.environ.get("STUDIO_NICE", str(NICENESS))
    if given not in map(str, range(NICENESS + 1)):
        raise Misuse("argument_out_of_range", name="STUDIO_NICE", given=given, low=0, high=NICENESS)
    return int(given)


def with_less_right(pid: int, niceness: int) -> None:
    """Let a process yield to others where the system knows how.

    Linux shares the processors out among sessions first, and niceness counts only within one: a session of its own
    needs a niceness of its own, or a training slows pictures down elevenfold on two processors.
    """
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))


def start_time(pid: int) -> float | None:
    """Return when a process began, None where there is none or it has ended.

    On Linux in seconds after the machine's start: by the clock on the wall, which somebody may set, a process would
    have begun at another time from then on.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[STARTED]) / os.sysconf("SC_CLK_TCK")
        return float(process.create_time())
    except psutil.NoSuchProcess:
        return None


def alive(pid: int | None, begun: float | None) -> bool:
    """Say whether the process that began then still runs: its number may be another's by now."""
    if pid is None:
        return False
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return False
    now = start_time(pid)
    return now is not None and (begun is None or abs(now - begun) < 0.05)


def end_group(pid: int, begun: float | None, *, force: bool) -> None:
    """Ask a process and all it has started to end, or make them."""
    if not alive(pid, begun):
        return
    try:
        os.killpg(pid, signal.SIGKILL if force else signal.SIGTERM)
    except ProcessLookupError:
        return
