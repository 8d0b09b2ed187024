"""What goes on around a training: signals that ask it to stop, and its log."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger("pipelines.training")


@contextlib.contextmanager
def stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM, however often, and the first Ctrl-C set the stop flag; the second Ctrl-C ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone; whoever runs a trainer elsewhere sets ``stop``
        return

    def ask(number: int, _: object) -> None:
        stop.set()
        if number == signal.SIGINT:
            signal.signal(number, before[signal.SIGINT])

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ending_workers() -> Iterator[None]:
    """End the processes that load data when the training fails: they ignore being asked to, so exit would wait."""
    try:
        yield
    except BaseException:
        for worker in multiprocessing.active_children():
            if worker.daemon:
                worker.kill()
        raise


@contextlib.contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Write the training's log to a file, and how it failed."""
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    except Exception as error:
        logger.error("failed: %s", error)
        raise
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        handler.close()
