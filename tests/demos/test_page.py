from __future__ import annotations

import inspect
import json
import socket
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from demos import page
from demos.admin.auth import Gate
from demos.admin.studio import Studio
from demos.page import create_app
from demos.settings import Settings
from demos.shared import models, turns
from demos.shared.requests import Panel
from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from tests.tools import png


@pytest.mark.parametrize(
    ("environment", "host", "port"),
    [
        ({}, "127.0.0.1", 7860),
        ({"HOST": "0.0.0.0", "PORT": "8000"}, "0.0.0.0", 8000),
        ({"GRADIO_SERVER_NAME": "::1", "GRADIO_SERVER_PORT": "9000"}, "::1", 9000),
        ({"PORT": "8000", "GRADIO_SERVER_PORT": "9000"}, "127.0.0.1", 8000),
        ({"SPACE_ID": "owner/space"}, "0.0.0.0", 7860),
    ],
)
def test_the_environment_says_where(environment: dict[str, str], host: str, port: int) -> None:
    found = Settings.from_environment(environment)
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:7860"),
        ({"HOST": "::1"}, "http://[::1]:7860"),
        ({"GRADIO_ROOT_PATH": "/studio-x"}, "http://127.0.0.1:7860/studio-x"),
        ({"GRADIO_ROOT_PATH": "studio-x/"}, "http://127.0.0.1:7860/studio-x"),
        ({"GRADIO_ROOT_PATH": "https://example.org/studio-x/"}, "https://example.org/studio-x"),
    ],
)
def test_the_printed_address_is_where_the_page_is(given: dict[str, str], address: str) -> None:
    assert Settings.from_environment(given).address == address


def test_models_are_opened_behind_the_page_unless_the_host_says_no() -> None:
    assert Settings.from_environment({}).warm and Settings.from_environment({"STUDIO_WARM": "1"}).warm
    assert not Settings.from_environment({"STUDIO_WARM": "0"}).warm
    with pytest.raises(Misuse, match="STUDIO_WARM must be one of"):
        Settings.from_environment({"STUDIO_WARM": "no"})


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "7.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Misuse):
        Settings.from_environment({"PORT": port})


def test_building_the_page_opens_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a model was opened")

    monkeypatch.setattr(models, "current", never)
    create_app(Settings(), page.open_studio()[0])


def test_a_handler_takes_more_than_two_values_as_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    event, named = Panel.event, dict[str, list[str]]()

    def noted(panel: Panel, handler: Any, *answers: str, **others: Any) -> Any:
        values = inspect.signature(handler).parameters.keys() & panel.components.keys() - {"language"}
        named[f"{handler.__module__}.{handler.__qualname__}"] = [*values]
        return event(panel, handler, *answers, **others)

    monkeypatch.setattr(Panel, "event", noted)
    create_app(Settings(), page.open_studio()[0])
    assert any(named.values()) and not {handler: ones for handler, ones in named.items() if len(ones) > 2}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> gr.Blocks:
    """The page, for those who only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STUDIO_HOME", str(tmp_path_factory.mktemp("state")))
        return create_app(Settings(), page.open_studio()[0])


def test_no_endpoint_is_offered_to_programs_by_accident(app: gr.Blocks) -> None:
    dependencies = app.get_config_file()["dependencies"]
    offered = [entry for entry in dependencies if entry["api_visibility"] != "private"]
    assert [(entry["api_name"], entry["api_visibility"]) for entry in offered if entry["render_id"] is None] == [
        ("colorize", "public"),
        ("biggan", "public"),
    ]
    assert [entry["api_visibility"] for entry in offered if entry["render_id"] is not None] == ["undocumented"]


def test_no_component_takes_files_by_functions_of_its_own(app: gr.Blocks) -> None:
    assert not [one for one in app.blocks.values() if getattr(one, "server_fns", [])]


def test_nothing_skips_the_queue(app: gr.Blocks) -> None:
    assert not app.api_open


def test_in_a_space_its_owner_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(gr, "LoginButton", lambda elem_id: shown.append(elem_id))
    create_app(Settings(), Studio(Gate(), page.open_studio()[0].store))
    assert shown == []
    create_app(Settings(), Studio(Gate(owner="me"), page.open_studio()[0].store))
    assert shown == ["admin-hf-sign-in"]


def test_more_calls_may_be_open_than_may_wait_for_pictures(app: gr.Blocks) -> None:
    assert app._queue.max_size == page.QUEUE and page.CALLS > turns.IN_ALL
    limited = [fn for fn in app.fns.values() if fn.concurrency_id == "models"]
    assert limited == [], "who needs a model waits for a turn, not in the queue"


def test_the_page_names_no_folder_of_this_machine(app: gr.Blocks) -> None:
    config = json.dumps(app.get_config_file(), default=str)
    assert "site-packages" not in config and str(page.__file__) not in config


def test_what_gradio_decodes_is_bounded_as_our_own_pictures_are() -> None:
    create_app(Settings(), page.open_studio()[0])
    assert decode(png(Image.new("1", (8064, 6048)))).size == (8064, 6048), "a 48 megapixel photograph"
    with pytest.raises(Misuse) as error:
        decode(png(Image.new("1", (9000, 6000))))
    assert error.value.code == "image_too_many_pixels"
    with pytest.raises(Misuse) as error:
        decode(png(Image.new("1", (20_000, 6000))))
    assert (error.value.code, error.value.values["allowed_mp"]) == ("image_too_many_pixels", "50")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])  # Gradio looks at the first, whatever it is to serve on
@pytest.mark.parametrize(
    ("variables", "name"),
    [(("PORT",), "PORT"), (("GRADIO_SERVER_PORT",), "GRADIO_SERVER_PORT"), (("PORT", "GRADIO_SERVER_PORT"), "PORT")],
)
def test_a_taken_port_is_said_with_the_variable_that_decides(host: str, variables: tuple[str, ...], name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings.from_environment({"HOST": host, **dict.fromkeys(variables, str(port))})
        with gr.Blocks() as app:
            pass
        with pytest.raises(Misuse, match=f"port {port} is in use: set {name}$"):
            page.launch(app, settings, page.open_studio()[0])


def test_ids_are_scoped_by_tab(app: gr.Blocks) -> None:
    blocks = app.blocks.values()
    beginnings: dict[str, set[str]] = {}
    for tab in (one for one in blocks if isinstance(one, gr.Tab) and not tabs_around(one)):
        inside = [one.elem_id for one in blocks if one.elem_id and tab in tabs_around(one)]
        beginnings[tab.elem_id] = {one.removeprefix("tab-").split("-")[0] for one in inside}
    assert len(beginnings) > 6 and all(len(one) <= 1 for one in beginnings.values()), beginnings
    assert len(set().union(*beginnings.values())) == sum(map(len, beginnings.values())), "and each has its own"


def tabs_around(block: Any) -> list[gr.Tab]:
    """Return the tabs that a component lies in."""
    outer = block.parent
    return [] if outer is None else [*([outer] if isinstance(outer, gr.Tab) else []), *tabs_around(outer)]
