"""The page: header, language switch, tabs in order."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import gradio as gr
import pillow_heif
from PIL import Image

from demos.admin import tab as admin
from demos.admin import uploads
from demos.admin.auth import Gate
from demos.admin.studio import Studio
from demos.admin.words import say as admin_words
from demos.chimera import sketchpad
from demos.shared.theme import CSS, HEAD, TAKE_PEN, TOGGLE_THEME, TRANSLATE, theme
from demos.shared.widgets import PRIVATE, QUIET, Words
from demos.shared.words import LANGUAGES, preferred_language, say
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


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        port_name: the variable that decides the port.
        root_path: where a reverse proxy shows the page: a path without a slash at its end, or a whole address.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    port_name: str = "PORT"
    root_path: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``HOST``, ``PORT`` and ``GRADIO_ROOT_PATH``.

        Gradio's own ``GRADIO_SERVER_NAME`` and ``GRADIO_SERVER_PORT`` count where the first two are not set.

        Raises:
            Misuse: the port is no port.
        """
        given = os.environ if environment is None else environment
        on_spaces = "SPACE_ID" in given
        host = given.get("HOST") or given.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if on_spaces else cls.host)
        port_name = next((name for name in ("PORT", "GRADIO_SERVER_PORT") if given.get(name)), cls.port_name)
        port = given.get(port_name) or str(cls.port)
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise Misuse("argument_out_of_range", name=port_name, given=port, low=1, high=65535)
        return cls(host, int(port), port_name, whole_path(given.get("GRADIO_ROOT_PATH", "")))

    @property
    def address(self) -> str:
        """Where the page is; under a proxy's path the app answers, too, whether the proxy strips that or not."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.root_path if "://" in self.root_path else f"http://{host}:{self.port}{self.root_path}"


def whole_path(given: str) -> str:
    """Return a path with a slash before it and none after, or a whole address with none after."""
    bare = given.strip().rstrip("/")
    return bare if "://" in bare or not bare else "/" + bare.lstrip("/")


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
    with gr.Blocks(title=say("title", "en"), analytics_enabled=False, fill_width=False) as app:
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
            with words.of(admin_words).add(gr.Tab(id="admin", elem_id="tab-admin"), "tab"):
                follow_language(words, language, app)  # before what this tab renders, for which Gradio would wait
                admin.build(language, app, studio)
        toggle.click(None, js=TOGGLE_THEME, queue=False, **PRIVATE)
        app.load(None, js=TAKE_PEN, queue=False, **PRIVATE)
        app.load(None, js=sketchpad.DROP_TO_TRACE, queue=False, **PRIVATE)
    app.queue(max_size=QUEUE)
    return app


def tabs() -> Iterator[tuple[str, str]]:
    """Yield name and package of each tab in the order of the page: those of the systems, then the one for remaking."""
    for system in SYSTEMS.values():
        package = system.tab_package()
        if package is not None:
            yield system.name, package
    yield "remake", "demos.remake"


def follow_language(words: Words, language: gr.Radio, app: gr.Blocks) -> None:
    """Make the page speak the browser's language at first, and the chosen one after.

    Sentences are changed in the browser. Were they outputs of an event of the server, Gradio would set each of them
    anew with every step of every later event, and read all that a changed tab holds: it would send the drawing a dozen
    times for each stroke.
    """
    sentences, functions = words.sentences(), words.functions()

    def updates(chosen: str) -> list[Any]:
        return [gr.update(**{name: make(chosen) for name, make in own.items()}) for _, own in functions]

    def greet(request: gr.Request) -> list[Any]:
        preferred = preferred_language(request.headers.get("accept-language"))
        return [preferred, *updates(preferred)]

    outputs = [component for component, _ in functions]
    app.load(greet, outputs=[language, *outputs], **QUIET)
    language.input(updates, language, outputs, trigger_mode="always_last", **QUIET)
    table = {code: [{n: make(code) for n, make in own.items()} for _, own in sentences] for code in LANGUAGES}
    language.change(
        None, language, [component for component, _ in sentences], js=TRANSLATE % json.dumps(table), **QUIET
    )


def header(language: str) -> str:
    """Return the title and what the page is for."""
    return f"<h1>{say('title', language)}</h1><p>{say('tagline', language)}</p>"


def launch(app: gr.Blocks, settings: Settings, studio: Studio) -> None:
    """Serve the page; returns at once.

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
    try:
        serve(app, settings, studio)
    except OSError as error:
        if "empty port" not in str(error):  # Gradio looks on its own, also where we need not be heard
            raise
        raise taken from error


def serve(app: gr.Blocks, settings: Settings, studio: Studio) -> None:
    """Have Gradio serve the page."""
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
        allowed_paths=[str(sketchpad.EXAMPLES)],
        strict_cors=True,
        ssr_mode=False,
        footer_links=[],
        theme=theme(),
        css=CSS,
        head=HEAD,
        app_kwargs={"routes": [*studio.gate.routes(), *uploads.routes(studio.gate)]},
    )
