"""Something large that is fetched behind the page, while another does in its place."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from pipelines.common.errors import StudioError

logger = logging.getLogger("demos")

RETRY = 600.0  # seconds after which what could not be had is asked for again


class Fetching:
    """Fetches what has a name once, in a thread of its own; again a while after it could not be had.

    Args:
        fetch: returns where the named thing lies.
        clock: seconds, monotonic.
    """

    def __init__(self, fetch: Callable[[str], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._fetched: dict[str, str] = {}
        self._failed: dict[str, float] = {}  # when
        self._threads: dict[str, threading.Thread] = {}

    def get(self, name: str) -> str | None:
        """Return where it lies, None while it is not there; begin to fetch it where nobody does."""
        with self._lock:
            thread = self._threads.get(name)
            waits = self._clock() - self._failed.get(name, -RETRY) < RETRY
            if name not in self._fetched and not waits and not (thread and thread.is_alive()):
                thread = threading.Thread(target=self._run, args=(name,), name="fetching", daemon=True)
                self._threads[name] = thread
                thread.start()
            return self._fetched.get(name)

    def wait(self, name: str) -> str | None:
        """Return where it lies once nobody fetches it any more, None where it could not be had."""
        self.get(name)
        with self._lock:
            thread = self._threads.get(name)
        if thread is not None:
            thread.join()
        return self._fetched.get(name)

    def _run(self, name: str) -> None:
        try:
            found = self._fetch(name)
        except Exception as error:
            expected = isinstance(error, (StudioError, RuntimeError, OSError))  # such as no memory, no network
            logger.warning("%s cannot be had: %s", name, error, exc_info=None if expected else error)
            with self._lock:
                self._failed[name] = self._clock()
        else:
            with self._lock:
                self._fetched[name] = found
