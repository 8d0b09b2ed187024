from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import httpx
import pytest
from starlette.applications import Starlette

from demos.admin import devices, guesses
from demos.admin.auth import Gate
from demos.admin.guesses import LONGEST_PAUSE, STRANGERS_AT_ONCE, WAITING, Crowded, Guesses, network_of

PASSWORD = "correct horse"


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1e6

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def gate_of(time: Time, **options: Any) -> Gate:
    gate = Gate(password=PASSWORD, **options)
    gate.guesses = Guesses(time.clock, time.sleep)
    return gate


def visitor(gate: Gate, address: str = "10.0.0.1", **options: Any) -> httpx.AsyncClient:
    app = httpx.ASGITransport(Starlette(routes=gate.routes()), client=(address, 1))
    return httpx.AsyncClient(transport=app, base_url="http://studio", **options)


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def guess(who: httpx.AsyncClient, password: str) -> httpx.Response:
    return await who.post("/studio/login", content=password)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


@pytest.mark.parametrize("wrong", [1, 5, 25])
def test_wrong_passwords_shut_nobody_out(wrong: int) -> None:
    async def test() -> None:
        time = Time()
        one = visitor(gate_of(time))  # and everybody has this address, as behind a proxy
        for number in range(wrong):
            assert (await guess(one, f"guess {number}")).status_code == 401
        before = time.now
        assert (await guess(one, PASSWORD)).status_code == 200
        assert time.now - before <= LONGEST_PAUSE

    run(test())


def test_each_wrong_guess_slows_the_next_up_to_a_limit_and_is_forgotten() -> None:
    async def test() -> None:
        time = Time()
        one, pauses = visitor(gate_of(time)), []
        for _ in range(9):
            before = time.now
            await guess(one, "wrong")
            pauses.append(time.now - before)
        assert pauses == [0, 0, 0, 0.5, 1, 2, 3, 3, 3]
        time.now += guesses.FORGOTTEN_AFTER + 1
        before = time.now
        await guess(one, "wrong")
        assert time.now == before

    run(test())


def test_of_many_at_once_few_are_looked_at_one_after_the_other() -> None:
    async def test() -> None:
        time = Time()
        gate = gate_of(time)
        one = visitor(gate)
        for number in range(8):
            await guess(one, f"wrong {number}")
        before = time.now
        answers = await asyncio.gather(*(guess(one, f"guess {number}") for number in range(30)))
        assert statuses(answers) == [401] * WAITING + [429] * (30 - WAITING)
        assert time.now - before == WAITING * LONGEST_PAUSE
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["wait"] == int(refused.headers["retry-after"]) == WAITING * LONGEST_PAUSE
        assert (await guess(one, PASSWORD)).status_code == 200, "there is room again"

    run(test())


def test_a_browser_that_was_signed_in_with_before_waits_for_no_stranger() -> None:
    async def test() -> None:
        time = Time()
        gate = gate_of(time)
        known = visitor(gate)
        assert (await guess(known, PASSWORD)).status_code == 200
        known.cookies.delete("studio_session")
        stranger = visitor(gate)
        flood = [asyncio.ensure_future(guess(stranger, "wrong")) for _ in range(20)]
        answer = await guess(known, PASSWORD)
        assert answer.status_code == 200 and devices.COOKIE not in answer.cookies, "it has its cookie"
        await asyncio.gather(*flood)

        forged = visitor(gate, cookies={devices.COOKIE: devices.Devices(b"another key").cookie()})
        flood = [asyncio.ensure_future(guess(stranger, "wrong")) for _ in range(20)]
        await asyncio.sleep(0)
        assert (await guess(forged, PASSWORD)).status_code == 429, "a cookie of somebody's own making opens no lane"
        await asyncio.gather(*flood)

    run(test())


async def looked_at(given: Guesses, time: Time, seconds: float, addresses: int) -> int:
    """Guess as fast as is possible from so many addresses; return how many guesses were looked at."""
    end, count, number = time.now + seconds, 0, 0
    while time.now < end:
        number += 1
        try:
            async with given.turn(f"10.0.{number % addresses // 250}.{number % addresses % 250}", None):
                count += 1
        except Crowded:
            time.now += 0.2
    return count


@pytest.mark.parametrize(("addresses", "most"), [(1, 1200 + 8), (5000, 3600 + STRANGERS_AT_ONCE + 8)])
def test_so_many_guesses_an_hour_are_possible_and_no_more(addresses: int, most: int) -> None:
    time = Time()
    count = asyncio.run(looked_at(Guesses(time.clock, time.sleep), time, 3600, addresses))
    assert 0.9 * most < count <= most


def test_nobody_who_waits_holds_a_thread() -> None:
    async def test() -> None:
        gate, let_go = Gate(password=PASSWORD), asyncio.Event()

        async def sleep(_: float) -> None:
            await let_go.wait()

        gate.guesses = Guesses(sleep=sleep)
        waiting = [asyncio.ensure_future(guess(visitor(gate, f"10.0.0.{number}"), "wrong")) for number in range(100)]
        for _ in range(20):
            await asyncio.sleep(0)
        assert anyio.to_thread.current_default_thread_limiter().borrowed_tokens == 0
        assert not any(one.done() for one in waiting[:STRANGERS_AT_ONCE])
        let_go.set()
        assert statuses(await asyncio.gather(*waiting))[0] == 401

    run(test())


def test_what_is_remembered_of_guessers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_LANES", 5)
    time = Time()
    given = Guesses(time.clock, time.sleep)
    asyncio.run(looked_at(given, time, 50, 50))
    assert len(given._lanes) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("testclient", "testclient")]
    + [(f"2001:db8:0:1:{end}", "2001:db8:0:1::/64") for end in (":1", "2:3:4:5")],
)
def test_whoever_owns_a_network_is_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network
