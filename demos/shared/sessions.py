"""Whose states are remembered: a flood of visits that leave nothing pushes out nobody's work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

ASLEEP = 24 * 3600  # seconds that the states of a page are kept from which nothing is heard


class Sessions(StateHolder):  # type: ignore[misc]
    """Gradio's sessions, of which the oldest that holds nothing goes first.

    Gradio lets the oldest go whatever it holds, and any request makes one: a few hundred of them would take away what
    all visitors have uploaded.

    Args:
        app: the page, while it is served.
    """

    def __init__(self, app: gr.Blocks) -> None:
        super().__init__()
        self.set_blocks(app)

    def update(self, session_id: str) -> None:
        """Note that a session is used, and let one go where there are too many."""
        with self.lock:
            if session_id in self.session_data:
                self.session_data.move_to_end(session_id)
            if len(self.session_data) > self.capacity:
                others = [key for key in self.session_data if key != session_id]
                leaves = next((key for key in others if holds_nothing(self.session_data[key])), others[0])
                del self.session_data[leaves]
                self.time_last_used.pop(leaves, None)


def holds_nothing(session: SessionState) -> bool:
    """Say whether all states of a session are as they were at first; some are changed in place, and never answered."""
    blocks = session.blocks_config.blocks
    return all(is_as_at_first(blocks.get(key), value) for key, value in [*session.state_data.items()])


def is_as_at_first(block: Any, value: Any) -> bool:
    """Say whether a state has the value that the page was built with; of one that cannot be compared it is not said."""
    try:
        parts, before = (getattr(one, "__dict__", one) for one in (value, block.value))  # of one object a visit, too
        return type(value) is type(block.value) and bool(parts == before)
    except Exception:
        return False


def heard_from(session: Any) -> None:
    """Note that a page is there: Gradio takes one whose connection broke for closed, and soon forgets its states.

    It counts from when a state was set, and not from when the page was heard from.
    """
    if session is not None:
        session.is_closed, session.STATE_TTL_WHEN_CLOSED = False, ASLEEP
        now = datetime.now()
        session._state_ttl = {key: (lasts, now) for key, (lasts, _) in session._state_ttl.items()}


def remember(app: Any) -> None:
    """Put these sessions in the place of Gradio's own, which have just begun."""
    app.app.state_holder = Sessions(app)
