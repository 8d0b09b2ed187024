from __future__ import annotations

import threading

from pipelines.common.lru_cache import LRUCache


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    made: list[str] = []
    cache: LRUCache[str] = LRUCache(2)

    def ask(key: str) -> str:
        return cache.get(key, lambda: made.append(key) or key.upper())

    assert [ask(key) for key in "abacab"] == list("ABACAB")
    assert made == ["a", "b", "c", "b"], "b was the older one when c came"


def test_all_threads_get_the_one_that_is_kept() -> None:
    cache: LRUCache[object] = LRUCache(2)
    together, got = threading.Barrier(4), []

    def make() -> object:
        together.wait(5)  # all are at it at once
        return object()

    threads = [threading.Thread(target=lambda: got.append(cache.get("key", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4 and len(set(map(id, got))) == 1
