"""Whose states are remembered: a flood of visits that leave nothing pushes out nobody's work."""

from __future__ import annotations

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
    """Say whether no function of the page has left anything for a session."""
    return not getattr(session, "_state_ttl", True)


def heard_from(session: Any) -> None:
    """Note that a page is there: Gradio takes one whose connection broke for closed, and soon forgets its states."""
    if session is not None:
        session.is_closed, session.STATE_TTL_WHEN_CLOSED = False, ASLEEP


def remember(app: Any) -> None:
    """Put these sessions in the place of Gradio's own, which have just begun."""
    app.app.state_holder = Sessions(app)
