from __future__ import annotations

import gradio as gr

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
    sessions["third"][kept._id] = "another"
    sessions["fourth"]
    assert "first" not in sessions and "fourth" in sessions, "where all hold something the oldest goes"
