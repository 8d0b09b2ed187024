"""The Admin tab over raw HTTP: what an administrator gets, a stranger does not."""

from __future__ import annotations

import json
import socket
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from demos import page
from demos.admin.auth import Gate
from demos.admin.studio import Studio
from demos.admin.words import say
from demos.settings import Settings
from demos.shared.sessions import Sessions
from pipelines import systems
from pipelines.data import library
from pipelines.jobs import service
from pipelines.jobs.service import Evaluations
from pipelines.jobs.store import JobStore
from pipelines.training.run import Run
from pipelines.weights import live
from tests.hub import go_there, stand_in
from tests.tools import noisy_picture, png

PASSWORD = "open sesame"
RESTS = {"active": False, "__type__": "update"}  # the timer of the table of jobs


@dataclass
class Served:
    """A page in this process with nobody dispatching its queue."""

    address: str
    studio: Studio

    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30)

    def administrator(self) -> httpx.Client:
        client = self.visitor()
        assert client.post("/studio/login", content=PASSWORD).status_code == 200
        return client


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("cache")))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        opened = Studio(Gate(password=PASSWORD), JobStore(tmp_path_factory.mktemp("state") / "jobs.sqlite"))
        settings = Settings("127.0.0.1", port)
        app = page.create_app(settings, opened)
        page.launch(app, settings, opened)
        assert isinstance(app.app.state_holder, Sessions), "a stranger's requests would push out visitors' work"
        yield Served(f"http://127.0.0.1:{port}", opened)
        app.close()


@pytest.fixture
def served(launched: Served, studio_home: Path) -> Served:
    """The page of all these tests, over an installation of the test's own."""
    launched.studio.store, launched.studio.evaluations = JobStore(studio_home / "jobs.sqlite"), Evaluations()
    return launched


def call(client: httpx.Client, session: str, one: dict[str, Any], data: list[Any]) -> dict[str, Any]:
    """Run a function of the page as its script does; return whether that went well and what came back."""
    body = {"data": data, "fn_index": one["id"], "session_hash": session, "trigger_id": None, "event_data": None}
    direct = one["queue"] is False
    try:
        answer = client.post(f"/gradio_api/{'run/predict' if direct else 'queue/join'}", json=body)
    except httpx.TransportError:  # to a session that does not have it there is no such function
        return {"success": False, "output": {}}
    if answer.status_code != 200:
        return {"success": False, "output": {"error": answer.text}}
    if direct:
        return {"success": True, "output": answer.json()}
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") in ("process_completed", "unexpected_error"):
                return {"success": False, **message}
    raise AssertionError("no answer")


def rendered(client: httpx.Client, session: str, language: str = "en") -> dict[str, Any]:
    """Let the tab be built for a visitor, and return what the browser would be told of it."""
    (one,) = [one for one in client.get("/config").json()["dependencies"] if one["render_id"] is not None]
    found = call(client, session, one, [language, None])
    assert found["success"], found
    return dict(found["output"]["render_config"])


def labels(found: dict[str, Any]) -> str:
    return json.dumps(found["components"], ensure_ascii=False)


def button(found: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the function behind a button."""
    ids = {one["id"]: one["props"].get("elem_id") for one in found["components"]}
    pressed = [one for one in found["dependencies"] if any(ids.get(where) == name for where, _ in one["targets"])]
    return next(one for one in pressed if one["backend_fn"])


def test_the_configuration_holds_nothing_of_it(served: Served) -> None:
    for client in (served.visitor(), served.administrator()):
        config = client.get("/config").text
        for key in ("admin_jobs", "jobs_do_promote", "start_training", "data_intro", "live_undo", "sign_out"):
            assert say(key, "en") not in config
        assert "admin-do-stop" not in config and "admin-data-table" not in config


def test_a_stranger_sees_how_to_sign_in_and_an_administrator_the_panels(served: Served) -> None:
    library.studio_home_made()
    outside = labels(rendered(served.visitor(), "outside"))
    inside = labels(rendered(served.administrator(), "inside"))
    for key in ("executor", "jobs_do_promote", "data_intro", "live_undo"):
        assert say(key, "en") in inside and say(key, "en") not in outside
    assert say("password", "en") in outside
    assert say("jobs_do_promote", "ko") in labels(rendered(served.administrator(), "korean", "ko"))


def test_every_endpoint_refuses_a_stranger_and_does_nothing(served: Served) -> None:
    """All functions of an administrator's page are called by somebody who knows even its session."""
    job = served.studio.store.enqueue("pix2pix", {"data": "synthetic", "steps": 3}, service.new_run("pix2pix"))
    queued = served.studio.store.jobs()
    admin = served.administrator()
    inside = rendered(admin, "inside")
    (settings,) = [one for one in inside["dependencies"] if one["render_id"] is not None]
    form = call(admin, "inside", settings, ["pix2pix", "smoke", None])["output"]["render_config"]
    assert say("start_training", "en") in labels(form)
    both = {one["id"]: one for config in (inside, form) for one in config["dependencies"]}
    nested = [one for one in both.values() if one["targets"] and one["backend_fn"]]
    assert len(nested) > 50
    stranger = served.visitor()
    data_of = {"admin-job": job.id, "admin-preset": "smoke", "admin-system": "pix2pix"}
    ids = {one["id"]: one["props"].get("elem_id") for config in (inside, form) for one in config["components"]}
    refused = 0
    for one in nested:
        data = [data_of.get(ids.get(component) or "") for component in one["inputs"]]
        for session in ("inside", "elsewhere"):
            answer = call(stranger, session, one, data)
            told = json.dumps(answer, ensure_ascii=False)
            harmless = answer["success"] and not answer["output"].get("data") and "pix2pix-" not in told
            nothing = answer["success"] and answer["output"].get("data") in ([None], [""], [], [RESTS])
            assert not answer["success"] or harmless or nothing, (one["id"], told[:500])
            refused += not answer["success"]
            assert job.run.name not in told and "synthetic" not in told
    assert refused >= len(nested)
    assert served.studio.store.jobs() == queued and live.history("pix2pix") == []


def test_the_table_and_the_buttons_follow_a_job(served: Served) -> None:
    served.studio.store.enqueue("pix2pix", {"data": "synthetic", "steps": 3}, service.new_run("pix2pix"))
    admin = served.administrator()
    inside = rendered(admin, "buttons")
    cloned = call(admin, "buttons", button(inside, "admin-do-clone"), [1])
    assert cloned["success"] and "settings of job 1" in json.dumps(cloned["output"])
    stop = button(inside, "admin-do-stop")
    answer = call(admin, "buttons", stop, [1])
    assert answer["success"] and "stopped" in json.dumps(answer["output"])
    assert served.studio.store.get(1).status == "stopped"
    again = call(admin, "buttons", stop, [1])
    assert not again["success"] and "cannot stop" in json.dumps(again), "a job that has ended is said to have"


def test_a_form_outlives_a_change_of_the_language(served: Served) -> None:
    served.studio.store.enqueue("pix2pix", {"data": "zip:a.zip", "steps": 3}, service.new_run("pix2pix"))
    admin = served.administrator()
    assert call(admin, "cloning", button(rendered(admin, "cloning"), "admin-do-clone"), [1])["success"]
    inside = rendered(admin, "cloning", "ko")
    shown = {one["props"].get("elem_id"): one["props"].get("value") for one in inside["components"]}
    assert (shown["admin-system"], shown["admin-data-source"]) == ("pix2pix", "zip:a.zip")
    (settings,) = [one for one in inside["dependencies"] if one["render_id"] is not None]
    form = call(admin, "cloning", settings, ["pix2pix", "smoke", None])["output"]["render_config"]
    values = {one["props"].get("elem_id"): one["props"].get("value") for one in form["components"]}
    assert values["admin-field-steps"] == 3


def test_what_stands_in_the_form_is_what_is_trained(served: Served) -> None:
    admin = served.administrator()
    inside = rendered(admin, "inside")
    (settings,) = [one for one in inside["dependencies"] if one["render_id"] is not None]
    form = call(admin, "inside", settings, ["pix2pix", "smoke", None])["output"]["render_config"]
    props = {one["id"]: one["props"] for one in [*inside["components"], *form["components"]]}
    start = button(form, "admin-start-training")
    shown = [props[one].get("value") for one in start["inputs"]]
    steps = next(at for at, one in enumerate(start["inputs"]) if props[one].get("elem_id") == "admin-field-steps")
    assert call(admin, "inside", start, [*shown[:steps], 0, *shown[steps + 1 :]])["success"]
    assert served.studio.store.jobs() == [], "no step is an error at its field"
    answer = call(admin, "inside", start, [*shown[:steps], 7, *shown[steps + 1 :]])
    assert answer["success"] and "Job 1 is in the queue" in json.dumps(answer["output"])
    wanted = systems.configure(systems.find("pix2pix"), "smoke", {"data": "synthetic", "steps": 7})
    assert dict(served.studio.store.get(1).settings) == wanted.model_dump(mode="json")


def test_yaml_with_one_mistake_brings_the_rest_as_numbers(served: Served) -> None:
    admin = served.administrator()
    inside = rendered(admin, "inside")
    (settings,) = [one for one in inside["dependencies"] if one["render_id"] is not None]
    found = call(admin, "inside", settings, ["pix2pix", "smoke", None])["output"]["render_config"]
    ids = {one["id"]: one["props"].get("elem_id") for one in found["components"]}
    use = button(found, "admin-use-yaml")
    answer = call(admin, "inside", use, ["white: 1e-1\nsteps: 0\n"])
    assert answer["success"] and "must be at least 1" in json.dumps(answer["output"])
    (at,) = [at for at, one in enumerate(use["outputs"]) if ids.get(one) == "admin-field-white"]
    assert answer["output"]["data"][at]["value"] == 0.1


def test_weights_are_pushed_from_the_page(
    served: Served, pix2pix_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.studio.store.enqueue("pix2pix", {"data": "synthetic", "steps": 3}, pix2pix_run.path)
    admin = served.administrator()
    push = button(rendered(admin, "inside"), "admin-do-push")
    with stand_in(tmp_path / "elsewhere") as there:
        go_there(there, monkeypatch)
        answer = call(admin, "inside", push, [1, None, " studio/animals "])
        assert answer["success"] and f"{there.url}/studio/animals" in json.dumps(answer["output"])
        assert there.files("studio/animals") == ["README.md", "config.json", "model.safetensors", "trained.json"]
        wrong = call(admin, "inside", push, [1, None, "animals"])
        assert not wrong["success"] and "owner/model" in json.dumps(wrong)
        assert list(there.repositories) == ["studio/animals"]


def test_a_session_that_has_ended_is_a_strangers(served: Served) -> None:
    admin = served.administrator()
    inside = rendered(admin, "inside")
    assert say("executor", "en") in labels(inside)
    (timer,) = [one["id"] for one in inside["components"] if one["type"] == "timer"]
    (rest,) = [one for one in inside["dependencies"] if one["outputs"] == [timer]]
    assert call(admin, "inside", rest, [])["output"]["data"] == [{**RESTS, "active": True}], "a hiccup stops no look"
    admin.post("/studio/logout")
    assert say("executor", "en") not in labels(rendered(admin, "later"))
    assert call(admin, "inside", rest, [])["output"]["data"] == [RESTS], "a sentence each two seconds, without end"


@pytest.mark.parametrize(("language", "sentence"), [("en", "move it aside"), ("ko", "다른 곳으로 옮기면")])
def test_a_damaged_queue_is_said_in_its_panel_and_the_rest_works(
    served: Served, studio_home: Path, language: str, sentence: str
) -> None:
    admin, path = served.administrator(), studio_home / "jobs.sqlite"
    assert served.studio.store.jobs() == []
    path.with_name("jobs.sqlite-wal").unlink(missing_ok=True)
    path.write_bytes(b"garbage" * 2000)
    inside = rendered(admin, "inside", language)
    (standing,) = [
        one["props"]["value"] for one in inside["components"] if one["props"].get("elem_id") == "admin-job-standing"
    ]
    assert str(path) in standing and sentence in standing
    assert say("data_intro", language) in labels(inside)
    stopped = json.dumps(call(admin, "inside", button(inside, "admin-do-stop"), [None]), ensure_ascii=False)
    assert sentence in stopped
    path.unlink()
    assert "⚠" not in json.dumps(rendered(admin, "later", language), ensure_ascii=False)


def test_no_file_of_the_installation_is_served(served: Served, studio_home: Path) -> None:
    paths = [studio_home / name for name in ("jobs.sqlite", "live/pix2pix.json", "runs/one/log.txt", "data/one/a.png")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for client in (served.visitor(), served.administrator()):
        assert {client.get(f"/gradio_api/file={path}").status_code for path in paths} == {403}


def test_data_that_a_job_trains_on_stays(served: Served, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"cat/{number}.png", png(noisy_picture(number)))
    made = library.take_in(tmp_path / "pets.zip", "pets")
    job = served.studio.store.enqueue("pix2pix", {"data": made.source, "steps": 3}, service.new_run("pix2pix"))
    admin = served.administrator()
    inside = rendered(admin, "inside")
    delete = button(inside, "admin-data-delete")
    refused = call(admin, "inside", delete, ["pets"])
    assert not refused["success"] and "stop it first" in json.dumps(refused) and library.data_sets() == [made]
    served.studio.store.ask_to_stop(job.id)
    assert call(admin, "inside", delete, ["pets"])["success"] and library.data_sets() == []
