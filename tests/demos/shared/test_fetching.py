from __future__ import annotations

import threading

import pytest

from demos.shared.fetching import RETRY, Fetching
from pipelines.common.errors import Misuse


def test_it_is_fetched_once_and_nobody_waits_meanwhile() -> None:
    allowed, asked = threading.Event(), list[str]()

    def fetch(name: str) -> str:
        asked.append(name)
        assert allowed.wait(30)
        return f"/there/{name}"

    fetching = Fetching(fetch)
    assert [fetching.get("large") for _ in range(3)] == [None] * 3, "it is not there yet"
    allowed.set()
    assert fetching.wait("large") == fetching.get("large") == "/there/large"
    assert asked == ["large"]


@pytest.mark.parametrize("error", [Misuse("style_missing"), OSError("no network"), KeyError("unexpected")])
def test_what_could_not_be_had_is_asked_for_again_later(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    now, asked = [0.0], list[str]()

    def fetch(name: str) -> str:
        asked.append(name)
        if len(asked) == 1:
            raise error
        return "there"

    fetching = Fetching(fetch, clock=lambda: now[0])
    assert fetching.wait("large") is fetching.wait("large") is None and len(asked) == 1
    assert "large cannot be had" in caplog.text
    now[0] = RETRY
    assert fetching.wait("large") == "there" and len(asked) == 2
