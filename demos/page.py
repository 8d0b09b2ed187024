"""The page: header, language switch, tabs in order."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import gradio as gr
import pillow_heif
from PIL import Image
from starlette.middleware import Middleware

from demos.admin import tab as admin
from demos.admin import uploads
from demos.admin.auth import FRONT, Gate
from demos.admin.studio import Studio
from demos.admin.words import say as admin_words
from demos.settings import Settings
from demos.shared import sessions
from demos.shared.checked_blocks import Blocks
from demos.shared.front import page as front
from demos.shared.language_switch import follow_language
from demos.shared.quota import Quota
from demos.shared.remembered import remember, remember_tab
from demos.shared.request_limits import RequestLimits
from demos.shared.theme import TOGGLE_THEME, theme
from demos.shared.upload_limits import UploadLimits
from demos.shared.widgets import PRIVATE, Words
from demos.shared.words import LANGUAGES, Sentence, say
from pipelines.common.errors import Misuse
from pipelines.common.images import MAX_BYTES, MAX_PIXELS
from pipelines.jobs import webhook
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.installation import executors_from_environment
from pipelines.jobs.service import open_store
from pipelines.systems import SYSTEMS

QUEUE = 300  # calls that have not begun at most; pictures wait elsewhere, see demos/shared/turns.py
CALLS = 250  # calls at a time at most, of which nearly all wait for their turn and hold no thread
SESSIONS = 300  # whose states are remembered at most, of a few megabytes each


def open_studio() -> tuple[Studio, str | None]:
    """Return what the Admin tab works on, and the token of the link to print, None where there is no link."""
    gate, token = Gate.from_environment()
    return Studio(gate, open_store()), token


def dispatch(studio: Studio, app: gr.Blocks) -> None:
    """Run the queue beside the page until the page ends."""
    dispatcher = Dispatcher(studio.store, executors_from_environment(), on_end=webhook.tell)
    dispatcher.start()
    try:
        app.block_thread()
    finally:
        dispatcher.close()


def create_app(settings: Settings, studio: Studio) -> gr.Blocks:
    """Return the page, ready for ``launch(app, settings, studio)``."""
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow refuses twice that, for what Gradio decodes too
    words = Words()
    with Blocks(title=say("title", "en"), analytics_enabled=False, fill_width=False) as app:
        with gr.Row(elem_id="header", equal_height=True):
            words.add(gr.HTML(header("en"), elem_id="title"), value=header)
            language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value="en",
                show_label=False,
                container=False,
                elem_id="language",
                interactive=True,
            )
            toggle = words.add(gr.Button(size="sm"), "theme")
        with gr.Tabs():
            for name, package in tabs():
                own = words.of(import_module(f"{package}.words").say)
                with own.add(gr.Tab(id=name, elem_id=f"tab-{name}"), "tab"):
                    import_module(f"{package}.tab").build(own, language)
            with words.of(admin_words).add(gr.Tab(id=FRONT, elem_id="tab-admin"), "tab"):
                follow_language(words, language, app)  # before what this tab renders, for which Gradio would wait
                admin.build(language, app, studio)
        toggle.click(None, js=TOGGLE_THEME, queue=False, **PRIVATE)
        remember(words.remembered, app)
        remember_tab([*(name for name, _ in tabs()), FRONT], app)
        for act in words.last:
            act(app)
    app.queue(max_size=QUEUE, api_open=False)  # a call that skipped the queue would run beside the one at work
    return app


def tabs() -> Iterator[tuple[str, str]]:
    """Yield name and package of each tab in the order of the page: those of the systems, then the one for remaking.

    A tab whose module has a function ``ready`` that says no is left out.
    """
    for system in SYSTEMS.values():
        package = system.tab_package()
        if package is not None and getattr(import_module(f"{package}.tab"), "ready", lambda: True)():
            yield system.name, package
    yield "remake", "demos.remake"


def beside_tabs(name: str) -> list[Path]:
    """Return what tabs have beside them under a name, such as a style sheet of their own."""
    folders = (Path(str(import_module(package).__file__)).parent for _, package in tabs())
    return [folder / name for folder in folders if (folder / name).exists()]


def early() -> str:
    """Return the script of what the first tab has on the page before Gradio does."""
    _, package = next(tabs())
    return str(import_module(f"{package}.early").script()) if find_spec(f"{package}.early") else ""


def said() -> dict[str, Sentence]:
    """Return the sentences that the browser changes with the language: Gradio's own, and what handlers have said."""
    scopes = [say, *(import_module(f"{package}.words").say for _, package in tabs())]
    own = (item for scope in scopes for item in scope.sentences.items())
    return {key: sentence for key, sentence in own if key.startswith(("gradio_", "said_"))}


def header(language: str) -> str:
    """Return the title and what the page is for."""
    return f"<h1>{say('title', language)}</h1><p>{say('tagline', language)}</p>"


def launch(app: gr.Blocks, settings: Settings, studio: Studio) -> Quota:
    """Serve the page; returns at once, with the quota of the files that visitors bring and get.

    Raises:
        Misuse: the port is taken.
    """
    taken = Misuse("port_taken", given=settings.port, name=settings.port_name)
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise taken from error
    quota = Quota(pinned={path for block in app.blocks.values() for path in getattr(block, "keep_in_cache", ())})
    try:
        serve(app, settings, studio, quota)
    except OSError as error:
        if "empty port" not in str(error):  # Gradio looks on its own, also where we need not be heard
            raise
        raise taken from error
    return quota


def serve(app: gr.Blocks, settings: Settings, studio: Studio, quota: Quota) -> None:
    """Have Gradio serve the page, within our limits."""
    limits = [Middleware(RequestLimits), Middleware(UploadLimits, quota=quota)]
    app.launch(
        server_name=settings.host,
        server_port=settings.port,
        max_threads=CALLS,
        root_path=settings.root_path,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        enable_monitoring=False,
        max_file_size=MAX_BYTES,
        state_session_capacity=SESSIONS,
        allowed_paths=[str(folder) for folder in beside_tabs("examples")],
        strict_cors=True,
        ssr_mode=False,
        footer_links=[],
        theme=theme(),
        css_paths=[Path(__file__).parent / "shared" / "page.css", *beside_tabs("tab.css")],
        favicon_path=front.FOLDER / "icon.png",
        app_kwargs={
            "routes": [*studio.gate.routes(), *uploads.routes(studio.gate), *front.routes()],
            "middleware": [Middleware(front.FrontPage, early=early(), said=said()), *limits],
        },
    )
    sessions.remember(app)
