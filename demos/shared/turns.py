"""Whose picture is made next: visitors alternate picture by picture, and nobody who waits holds a thread."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from pipelines.common.errors import Misuse

PATIENCE = 4.5  # seconds that all presses at work may take together; where it were more, each makes fewer pictures
FEW = 2  # presses that get all they ask for, however slow the machine
LIVE_PATIENCE = 2.0  # seconds of others' pictures before it; a live one that would wait longer is not made
OF_A_VISITOR = 2  # presses at a time
OF_AN_ADDRESS = 100  # calls at a time; a school class has one address
IN_ALL = 150
LEARNT = 0.2  # share of the last picture's seconds in the mean
FIRST_GUESS = 0.4  # seconds a picture, before any was made


@dataclass(frozen=True, eq=False)
class Kind:
    """How the calls of an event take their turns; each is one of its own, for one event or several that are one.

    Attributes:
        live: it follows what a visitor does: a newer call replaces one that still waits, and where many wait none is
            made; else it is a press.
        count: component that says how many pictures a press asks for, empty where it is one.
        said: answer that may hold a sentence on a live call that was not made.
        whole: its answers are steps towards one thing: it gets all of them, however many wait, in turn with them.
    """

    live: bool = False
    count: str = ""
    said: str = ""
    whole: bool = False


@dataclass(eq=False)
class Call:
    """One call of a visitor.

    Attributes:
        kind: how it takes turns.
        visitor: whose.
        address: from where.
        wanted: pictures it asks for.
        number: by which those of the same rank go; the smallest first.
        made: pictures made so far.
        gone: says whether the visitor has left the page.
        waiting: done when its turn comes, or will not; None while it is not waiting.
        running: whether its picture is being made.
        skipped: it is live, and many wait.
    """

    kind: Kind
    visitor: str
    address: str
    wanted: int
    number: int
    gone: Callable[[], bool] = lambda: False
    made: int = 0
    waiting: asyncio.Future[bool] | None = None
    running: bool = False
    skipped: bool = False

    def rank(self) -> tuple[int, int]:
        """Return what decides who is next: everybody's first picture, then live ones and second pictures ..."""
        return (1 if self.kind.live else self.made, self.number)


@dataclass
class Turns:
    """Gives turns of one picture each. Belongs to one event loop.

    Args:
        clock: seconds, monotonic; tells only what a picture takes.
    """

    clock: Callable[[], float] = time.monotonic
    seconds: float = FIRST_GUESS
    _calls: list[Call] = field(default_factory=list)
    _working: Call | None = None
    _numbers: int = 0
    _thread: ThreadPoolExecutor | None = None

    def join(
        self, kind: Kind, visitor: str, address: str, wanted: int = 1, gone: Callable[[], bool] = lambda: False
    ) -> Call:
        """Let a call in; ``leave`` must follow. The arguments are the call's.

        Raises:
            Misuse: this visitor, this address or all together have too many already.
        """
        self._numbers += 1
        call = Call(kind, visitor, address, wanted, self._numbers, gone)
        replaced = False
        if kind.live:
            call.skipped = len(self._calls) * self.seconds > LIVE_PATIENCE
            for older in self._calls:
                if older.kind is kind and older.visitor == visitor and older.waiting is not None:
                    call.number, call.skipped, replaced = older.number, False, True
                    self._answer(older, False)
        elif sum(one.visitor == visitor and not one.kind.live for one in self._calls) >= OF_A_VISITOR:
            raise Misuse("presses_waiting", seconds=self._seconds_left())
        full = sum(one.address == address for one in self._calls) >= OF_AN_ADDRESS or len(self._calls) >= IN_ALL
        if full and not replaced and not call.skipped:
            raise Misuse("visitors_waiting", seconds=self._seconds_left())
        if not call.skipped:
            self._calls.append(call)
        return call

    def leave(self, call: Call) -> None:
        """Let a call go, whether it is done or not; a picture that is being made is finished before the next begins."""
        if call in self._calls:
            self._calls.remove(call)
        if call.waiting is not None and not call.waiting.done():
            call.waiting.cancel()
        call.waiting = None
        if self._working is call and not call.running:
            self._working = None
        self._go_on()

    async def answers(
        self, call: Call, begin: Callable[[], Any], on_wait: Callable[[int, int], None] = lambda ahead, seconds: None
    ) -> AsyncIterator[Any]:
        """Yield a call's answers, each made when its turn has come, as many as are wanted or as the crowd allows.

        Args:
            call: as ``join`` has returned it.
            begin: returns an iterator with an answer a picture, or the one answer itself.
            on_wait: told how many pictures are made before this call's next, and how many seconds they take.
        """
        iterator: Iterator[Any] | None = None

        def step() -> Any:
            nonlocal iterator
            if iterator is None:
                begun = begin()
                if not isinstance(begun, Iterator):
                    return begun
                iterator = begun
            return next(iterator, None)

        while await self._turn(call, on_wait):
            answer = await self._made(call, step)
            if answer is None:
                return
            yield answer

    def allowed(self, call: Call) -> int:
        """Return how many pictures a call may have made, given how many visitors have pressed."""
        if call.kind.whole:
            return sys.maxsize
        presses = sum(not one.kind.live for one in self._calls)
        if presses <= FEW:
            return call.wanted
        share = PATIENCE / (presses * self.seconds)
        return min(call.wanted, max(int(share), 1))

    async def _turn(self, call: Call, on_wait: Callable[[int, int], None]) -> bool:
        """Wait for a turn; false where there will be none."""
        if call.skipped or call.made >= self.allowed(call):
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        call.waiting = turn
        ahead = sum(one.waiting is not None and one.rank() < call.rank() for one in self._calls)
        ahead += self._working is not None
        if ahead:
            on_wait(ahead, round(ahead * self.seconds))
        self._go_on()
        return await turn

    def _go_on(self) -> None:
        """Send away who has had enough, and give the next their turn where nobody is at work."""
        if self._working is not None:
            return
        for call in self._calls:
            if call.waiting is not None and (call.gone() or call.made >= self.allowed(call)):
                self._answer(call, False)
        waiting = [call for call in self._calls if call.waiting is not None]
        if waiting:
            self._working = min(waiting, key=Call.rank)
            self._answer(self._working, True)

    @staticmethod
    def _answer(call: Call, yes: bool) -> None:
        if call.waiting is not None and not call.waiting.done():
            call.waiting.set_result(yes)
        call.waiting = None

    async def _made(self, call: Call, step: Callable[[], Any]) -> Any:
        """Make a picture and let the next begin."""
        started, future = self.clock(), self.run(step)
        call.running = True

        def done(finished: asyncio.Future[Any]) -> None:
            call.running, call.made, self._working = False, call.made + 1, None
            if not finished.cancelled() and finished.exception() is None:
                self.seconds += LEARNT * (self.clock() - started - self.seconds)
            self._go_on()

        future.add_done_callback(done)
        return await asyncio.shield(future)  # a visitor who cancels goes at once, their picture when it is done

    def run(self, step: Callable[[], Any]) -> asyncio.Future[Any]:
        """Begin a picture in the one thread that makes them."""
        self._thread = self._thread or ThreadPoolExecutor(1, "pictures")
        return asyncio.get_running_loop().run_in_executor(self._thread, contextvars.copy_context().run, step)

    def _seconds_left(self) -> int:
        """Return how long all that are in will take."""
        left = sum(max(min(self.allowed(one), one.wanted) - one.made, 1) for one in self._calls)
        return max(round(left * self.seconds), 1)
