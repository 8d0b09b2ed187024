from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from demos.shared import turns
from demos.shared.turns import IN_ALL, OF_A_VISITOR, OF_AN_ADDRESS, Call, Kind, Turns
from pipelines.common.errors import Misuse

LIVE, PRESS = Kind(live=True), Kind(count="count")


class TimelessLoop(asyncio.SelectorEventLoop):
    """Never waits: its clock jumps to whatever comes next."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class Studio(Turns):
    """Makes pictures that take no time but the loop's, and notes whose."""

    def __init__(self, seconds: float = 0.3) -> None:
        super().__init__(asyncio.get_running_loop().time, seconds)
        self.cost = seconds
        self.order: list[str] = []

    def run(self, step: Any) -> asyncio.Future[Any]:
        async def work() -> Any:
            await asyncio.sleep(self.cost)
            return step()

        return asyncio.ensure_future(work())

    async def call(self, kind: Kind, name: str, wanted: int = 1, address: str = "a", **options: Any) -> Call:
        def pictures() -> Iterator[str]:
            for number in range(wanted):
                self.order.append(f"{name}{number}")
                yield name

        call = self.join(kind, name, address, wanted, **options)
        try:
            async for _ in self.answers(call, pictures):
                await asyncio.sleep(0)
        finally:
            self.leave(call)
        return call


def run(test: Coroutine[Any, Any, None]) -> None:
    loop = TimelessLoop()
    try:
        loop.run_until_complete(test)
    finally:
        loop.close()


def test_visitors_alternate_and_everybodys_first_picture_comes_before_anybodys_second() -> None:
    async def test() -> None:
        studio = Studio()
        await asyncio.gather(*(studio.call(PRESS, name, 3) for name in "abc"))
        assert studio.order[:3] == ["a0", "b0", "c0"] and sorted(studio.order[3:6]) == ["a1", "b1", "c1"]
        assert len(studio.order) == 9

        async def late() -> None:
            await asyncio.sleep(0.35)
            await studio.call(PRESS, "late", 2)

        studio.order.clear()
        await asyncio.gather(studio.call(PRESS, "a", 4), studio.call(PRESS, "b", 4), late())
        assert studio.order.index("late0") == 2

    run(test())


@pytest.mark.parametrize(
    ("presses", "seconds", "most"), [(1, 9, 4), (2, 9, 4), (3, 9, 1), (5, 0.3, 3), (10, 0.3, 1), (40, 0.3, 1)]
)
def test_the_more_have_pressed_the_fewer_pictures_each_gets_but_everybody_one(
    presses: int, seconds: float, most: int
) -> None:
    async def test() -> None:
        studio = Studio(seconds)
        calls = [studio.join(PRESS, str(number), "a", 4) for number in range(presses)]
        assert {studio.allowed(call) for call in calls} == {most}
        calls = await asyncio.gather(*(Studio.call(studio, PRESS, f"v{number}", 4) for number in range(3)))
        assert all(1 <= call.made <= 4 for call in calls)

    run(test())


def test_sixty_visitors_in_half_a_minute_wait_less_than_twenty_seconds() -> None:
    async def test() -> None:
        studio, waited, made = Studio(0.35), list[float](), list[int]()

        async def visitor(number: int) -> None:
            name = f"v{number} "
            await asyncio.sleep(number / 2)
            strokes = []
            for _ in range(3):
                strokes.append(asyncio.ensure_future(studio.call(LIVE, name)))
                await asyncio.sleep(0.5)
            started = studio.clock()
            made.append((await studio.call(PRESS, name, 4)).made)
            waited.append(studio.clock() - started)
            await asyncio.gather(*strokes)

        await asyncio.gather(*map(visitor, range(60)))
        assert len(waited) == 60 and sorted(waited)[57] < 12 and min(made) >= 1 and sum(made) > 70

    run(test())


def test_what_is_one_thing_is_made_whole_in_turn_with_the_others() -> None:
    async def test() -> None:
        studio, grid = Studio(9), Kind(whole=True)
        await asyncio.gather(studio.call(grid, "grid", 6), *(studio.call(PRESS, name, 4) for name in "abc"))
        steps = [one for one in studio.order if one.startswith("grid")]
        assert len(steps) == 6 and {"a0", "b0", "c0"} <= set(studio.order[:4]), "the others do not wait for all of it"

    run(test())


def test_a_newer_stroke_takes_the_place_of_one_that_still_waits() -> None:
    async def test() -> None:
        studio = Studio()
        busy = asyncio.ensure_future(studio.call(PRESS, "other", 2))
        await asyncio.sleep(0.1)
        strokes = [asyncio.ensure_future(studio.call(LIVE, "pen")) for _ in range(5)]
        calls = await asyncio.gather(*strokes)
        await busy
        assert [call.made for call in calls] == [0, 0, 0, 0, 1] and not any(call.skipped for call in calls)
        assert studio.order.count("pen0") == 1

    run(test())


def test_a_stroke_that_would_wait_long_is_left_out_and_said_so() -> None:
    async def test() -> None:
        studio = Studio()
        presses = [asyncio.ensure_future(studio.call(PRESS, str(number), 4)) for number in range(9)]
        await asyncio.sleep(0.1)
        call = await studio.call(LIVE, "pen")
        assert call.skipped and call.made == 0
        await asyncio.gather(*presses)
        assert (await studio.call(LIVE, "pen")).made == 1

    run(test())


def test_whoever_asks_too_much_is_told_how_long_to_wait() -> None:
    async def test() -> None:
        studio = Studio()
        for _ in range(OF_A_VISITOR):
            studio.join(PRESS, "greedy", "a")
        with pytest.raises(Misuse) as error:
            studio.join(PRESS, "greedy", "a")
        assert error.value.code == "presses_waiting" and error.value.values["seconds"] >= 1
        for number in range(OF_AN_ADDRESS - OF_A_VISITOR):
            studio.join(PRESS, f"pupil {number}", "a")
        with pytest.raises(Misuse) as error:
            studio.join(PRESS, "one more pupil", "a")
        assert error.value.code == "visitors_waiting" and error.value.values["seconds"] >= 1
        for number in range(IN_ALL - OF_AN_ADDRESS):
            studio.join(PRESS, f"passer-by {number}", "b")
        with pytest.raises(Misuse, match="too many visitors"):
            studio.join(PRESS, "last", "c")

    run(test())


@pytest.mark.parametrize("after", [0.1, 0.45])  # while its own picture is made; while it waits
def test_whoever_cancels_goes_at_once_and_holds_nobody_up(after: float) -> None:
    async def test() -> None:
        studio = Studio()
        leaving, other = (asyncio.ensure_future(studio.call(PRESS, name, 4)) for name in "xy")
        await asyncio.sleep(after)
        leaving.cancel()
        assert (await other).made == 4 and leaving.cancelled()
        assert studio.order.count("x1") <= 1 and studio._calls == [] and studio._working is None

    run(test())


def test_no_picture_is_made_for_somebody_who_has_left_the_page() -> None:
    async def test() -> None:
        studio = Studio()
        calls = (studio.call(PRESS, "a", 2), studio.call(PRESS, "gone", 4, gone=lambda: True))
        await asyncio.gather(*calls)
        assert studio.order == ["a0", "a1"]

    run(test())


def test_an_error_is_the_callers_and_the_next_goes_on() -> None:
    async def test() -> None:
        studio = Turns()

        def broken() -> Iterator[str]:
            yield "one"
            raise ValueError("no picture")

        call = studio.join(PRESS, "a", "a", 3)
        with pytest.raises(ValueError, match="no picture"):
            async for _ in studio.answers(call, broken):
                pass
        studio.leave(call)
        call = studio.join(LIVE, "b", "a")
        assert [answer async for answer in studio.answers(call, lambda: {"value": 1})] == [{"value": 1}]
        studio.leave(call)
        assert studio._working is None

    asyncio.run(test())


def test_who_waits_is_told_how_many_are_before_them_and_how_long_that_takes() -> None:
    async def test() -> None:
        studio, told = Studio(0.5), list[tuple[int, int]]()
        others = [asyncio.ensure_future(studio.call(PRESS, str(number))) for number in range(5)]
        await asyncio.sleep(0.1)
        call = studio.join(PRESS, "me", "a")
        async for _ in studio.answers(call, lambda: {}, lambda ahead, seconds: told.append((ahead, seconds))):
            pass
        studio.leave(call)
        await asyncio.gather(*others)
        assert told == [(5, 2)]

    run(test())


def test_the_pace_is_learnt_from_pictures_alone() -> None:
    async def test() -> None:
        studio = Studio(0.3)
        studio.cost = 3.0
        for number in range(random.Random(1).randint(30, 40)):
            await studio.call(PRESS, str(number))
        assert 2.9 < studio.seconds <= 3.0 and turns.PATIENCE / studio.seconds < 4

    run(test())


def test_strokes_of_different_fields_do_not_take_each_others_places() -> None:
    async def test() -> None:
        studio, other = Studio(), Kind(live=True)
        calls = await asyncio.gather(*(studio.call(kind, "pen") for kind in (PRESS, LIVE, other, LIVE)))
        assert [call.made for call in calls] == [1, 0, 1, 1], "the first live one is replaced by its own kind alone"

    run(test())
