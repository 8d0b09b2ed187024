"""The last few results of something slow, kept by what they came of."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LRUCache(Generic[Value]):
    """A bounded store that forgets the least recently used; safe between threads.

    Unlike ``functools.lru_cache`` it keeps the results and their keys alone, not what they were made from.

    Args:
        size: most results kept.
    """

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under a key, made first where nothing is; two threads may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            kept = self._kept.setdefault(key, made)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return kept
