"""The tab's frame: a stranger sees how to sign in, an administrator the panels."""

from __future__ import annotations

import gradio as gr

from demos.admin import data, jobs, live, train
from demos.admin.auth import FRONT, Gate
from demos.admin.studio import Studio
from demos.admin.words import say
from demos.shared.widgets import PRIVATE

# Paths begin at the page's root, which behind a proxy is a path of its own.
ROOT = "new URL(window.gradio_config.root, location.href).pathname.replace(/\\/$/, '')"
RELOAD = f"location.hash = '{FRONT}'; location.reload();"

# The password goes to a route of its own, and the page is loaded again with the session's cookie.
SIGN_IN = f"""async (password) => {{
  const sent = {{ method: 'POST', body: password || '', credentials: 'same-origin' }};
  const answer = await fetch({ROOT} + '/studio/login', sent);
  if (answer.ok) {{ {RELOAD} return ['', 0]; }}
  const said = await answer.json().catch(() => ({{}}));
  return ['', said.wait || (answer.status === 401 ? -1 : -2)];
}}"""
SIGN_OUT = f"""async () => {{
  await fetch({ROOT} + '/studio/logout', {{ method: 'POST', credentials: 'same-origin' }});
  {RELOAD}
}}"""


def build(language: gr.Radio, app: gr.Blocks, studio: Studio) -> None:
    """Build the tab inside the current one; nothing of its contents is in the page's configuration."""
    if studio.gate.owner is not None:
        gr.LoginButton(elem_id="admin-hf-sign-in")  # here, since Gradio prepares for it only before it is launched

    draft = gr.State(None)  # out of what is built anew with the language
    triggers = [app.load, language.change]

    @gr.render(inputs=[language, draft], triggers=triggers, queue=False)  # type: ignore[untyped-decorator]
    def contents(language_now: str, drafted: train.Draft | None, request: gr.Request) -> None:
        if not studio.gate.is_admin(request):
            sign_in(studio.gate, language_now)
            return
        with gr.Tabs():
            with gr.Tab(say("admin_train", language_now), id="train", elem_id="tab-admin-train"):
                begun = train.build(studio, language_now, draft, drafted)
            with gr.Tab(say("admin_jobs", language_now), id="jobs", elem_id="tab-admin-jobs"):
                jobs.build(studio, language_now, begun)
            with gr.Tab(say("admin_data", language_now), id="data", elem_id="tab-admin-data"):
                data.build(studio, language_now)
            with gr.Tab(say("admin_live", language_now), id="live", elem_id="tab-admin-live"):
                live.build(studio, language_now)
        gr.Button(say("sign_out", language_now), size="sm", elem_id="admin-sign-out").click(
            None, js=SIGN_OUT, **PRIVATE
        )


def sign_in(gate: Gate, language: str) -> None:
    """Show the ways in that this installation has."""
    if not gate.can_be_entered:
        gr.Markdown(say("admin_closed", language), elem_id="admin-closed")
        return
    others = gate.password_hash is not None or gate.owner is not None
    gr.Markdown(say("admin_sign_in" if others else "admin_link", language), elem_id="admin-ways-in")
    if gate.password_hash is None:
        return
    with gr.Row():
        password = gr.Textbox(
            type="password", label=say("password", language), elem_id="admin-password", max_lines=1, scale=3
        )
        enter = gr.Button(say("sign_in", language), elem_id="admin-sign-in", scale=1)
    waiting = gr.Number(0, visible=False)
    said = gr.Markdown(elem_id="admin-sign-in-said")
    gr.on([enter.click, password.submit], None, password, [password, waiting], js=SIGN_IN, **PRIVATE)
    waiting.change(lambda seconds: refusal(seconds, language), waiting, said, queue=False, **PRIVATE)


def refusal(seconds: float, language: str) -> str:
    """Return what a password gets that was wrong, or, where there are seconds to wait, was not looked at."""
    if seconds == 0:
        return ""
    if seconds < 0:
        return say("password_wrong" if seconds == -1 else "unexpected", language)
    return say("password_wait", language).format(seconds=int(seconds))
