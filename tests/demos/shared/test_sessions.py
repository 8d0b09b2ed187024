from __future__ import annotations

import gradio as gr

from demos.chimera.view import View
from demos.shared.sessions import Sessions


def test_visits_that_leave_nothing_push_out_nobodys_work() -> None:
    """Any request makes a session, and there is room for few."""
    with gr.Blocks(analytics_enabled=False) as app:
        kept = gr.State()
    app.state_session_capacity = 3
    sessions = Sessions(app)
    for visitor in ("first", "second"):
        sessions[visitor][kept._id] = f"a photograph of the {visitor}"
    for number in range(300):
        sessions[f"stranger {number}"]
    assert len(sessions.session_data) == len(sessions.time_last_used) == 3
    assert [sessions[visitor][kept._id] for visitor in ("first", "second")] == [
        "a photograph of the first",
        "a photograph of the second",
    ]
    sessions["second"].state_data.clear()  # what has expired is nothing
    sessions["third"][kept._id] = "another"
    assert "first" in sessions
    for number in range(3):
        sessions[f"stranger {number}"]
    assert "first" in sessions and "third" in sessions and "second" not in sessions
    sessions["fourth"][kept._id] = "one more"
    sessions["fifth"]
    assert "first" not in sessions and "fifth" in sessions, "where all hold something the oldest goes"


def test_what_is_changed_in_place_is_work_too() -> None:
    with gr.Blocks(analytics_enabled=False) as app:
        view, other = gr.State(View()), gr.State()
    app.state_session_capacity = 2
    sessions = Sessions(app)
    sessions["artist"][view._id].mine.append("a chimera.png")
    sessions["looker"][view._id]
    sessions["writer"][other._id] = "words"
    assert list(sessions.session_data) == ["artist", "writer"]
