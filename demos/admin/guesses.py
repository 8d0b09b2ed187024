"""How fast passwords may be guessed: slower with every wrong one, and no caller is shut out for having been wrong."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

FREE_GUESSES = 3  # wrong ones of a lane before its next is looked at later
LONGEST_PAUSE = 3.0  # seconds
WAITING = 3  # guesses of a lane at most, the one being looked at included
FORGOTTEN_AFTER = 3600.0  # seconds without a wrong guess
STRANGERS_AT_ONCE = 30  # guesses of all strangers that are looked at without delay
STRANGERS_EVERY = 1.0  # seconds between further ones
STRANGERS_WAITING = 8
MOST_LANES = 10_000


class Crowded(Exception):
    """Too many guesses wait already: this one was not looked at.

    Args:
        seconds: after which there is room again.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds:.0f} s")


@dataclass
class Lane:
    """The guesses of one caller, looked at one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    wrong: int = 0
    last: float = 0.0

    def pause(self, now: float) -> float:
        """Return the seconds before the next guess is looked at."""
        if now > self.last + FORGOTTEN_AFTER:
            self.wrong = 0
        beyond = min(self.wrong - FREE_GUESSES, 8)
        return min(2.0 ** (beyond - 1), LONGEST_PAUSE) if beyond >= 0 else 0.0


@dataclass
class Guesses:
    """Gives every guess its turn.

    A lane is a browser that an administrator has signed in with before, or an address (of IPv6, a network of 64 bits).
    A lane's guesses are looked at one at a time, after its third wrong one at least 0.5, 1, 2 and then 3 s apart:
    the right password of a known browser is looked at after at most 9 s, a stranger's, where many guess, after half
    a minute. The delay is served before the look, so that breaking off early tells nothing. All addresses together
    get 30 guesses at once and one a second after that; browsers known here do not wait for those. Nobody holds a
    thread while waiting.

    That makes 28,800 guesses a day from one address, 86,430 from all of them together. A random password of eight
    lower-case letters (2e11) lasts 3,000 years on average, one of the million commonest twelve days at most.
    A flood can keep strangers waiting, but neither a browser that was here before nor the printed link.

    Args:
        clock: seconds, monotonic.
        sleep: waits so many seconds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _next_stranger: float = -math.inf  # when the strangers' budget would be whole again

    @contextlib.asynccontextmanager
    async def turn(self, address: str, device: str | None) -> AsyncIterator[Lane]:
        """Wait for a guess's turn; within, it is looked at, and ``wrong`` of the lane is set by what was found.

        Args:
            address: where it comes from.
            device: the browser, where that has signed in before.

        Raises:
            Crowded: too many wait.
        """
        lane = self._lane(network_of(address) if device is None else f"device {device}")
        if lane.waiting >= WAITING:
            raise Crowded(WAITING * LONGEST_PAUSE)
        lane.waiting += 1
        try:
            async with lane.turn:
                await self.sleep(lane.pause(self.clock()))
                if device is None:
                    await self._strangers_turn()
                lane.wrong, lane.last = lane.wrong + 1, self.clock()  # until it turns out to be right
                yield lane
        finally:
            lane.waiting -= 1

    async def _strangers_turn(self) -> None:
        """Take one from what all strangers have together, waiting for it where nothing is left."""
        now = self.clock()
        due = max(self._next_stranger, now - STRANGERS_AT_ONCE * STRANGERS_EVERY) + STRANGERS_EVERY
        if due - now > STRANGERS_WAITING * STRANGERS_EVERY:
            raise Crowded(STRANGERS_WAITING * STRANGERS_EVERY)
        self._next_stranger = due
        await self.sleep(max(due - now, 0.0))

    def _lane(self, name: str) -> Lane:
        lane = self._lanes.pop(name, None) or Lane()
        self._lanes[name] = lane  # those seen last are last
        if len(self._lanes) > MOST_LANES:
            idle = next((one for one, own in self._lanes.items() if not own.waiting and one != name), None)
            if idle is not None:
                del self._lanes[idle]
        return lane


def network_of(address: str) -> str:
    """Return what of an address its owner cannot change at will."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped is not None:
        return str(getattr(known, "ipv4_mapped", None) or known)
    return str(ipaddress.ip_network((known, 64), strict=False))
