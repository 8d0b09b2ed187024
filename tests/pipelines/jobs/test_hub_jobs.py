"""Training on Hugging Face Jobs, against a stand-in of the Hub that runs the job's command here."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from huggingface_hub import HfApi
from PIL import Image

from pipelines import systems
from pipelines.common.errors import Misuse
from pipelines.jobs import service
from pipelines.jobs.dispatcher import Dispatcher
from pipelines.jobs.executors import LocalExecutor
from pipelines.jobs.hub_transfer import fetch_places, fetch_run, put_places, send_places, send_run
from pipelines.jobs.installation import executors_from_environment
from pipelines.jobs.job import ACTIVE, Job
from pipelines.jobs.store import JobStore
from pipelines.training.run import Run
from tests.hub import TOKEN, StandIn, go_there, stand_in
from tests.tools import TINY, TINY_CLASSIFIER

REPOSITORY = "studio/chimera-studio-jobs"
PATIENCE = 300.0
ENDLESS = 100_000  # steps


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(tmp_path / "elsewhere") as served:
        go_there(served, monkeypatch)
        monkeypatch.setenv("STUDIO_HF_EVERY", "0.5")
        monkeypatch.setenv("STUDIO_HF_FLAVOR", "l4x1")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        yield served
        for job in service.open_store().jobs(*ACTIVE):
            LocalExecutor().stop(job, force=True)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of classes of this machine, which no other can read."""
    from pipelines.data.sources import open_source

    source = open_source("synthetic:24")
    for entry in source.entries:
        path = (tmp_path / "pictures" / entry.key).with_suffix(".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        source.load(entry).save(path)
    return tmp_path / "pictures"


def enqueue(data: str, steps: int, system: str = "classifier", **given: int) -> tuple[JobStore, Job]:
    tiny = {"pix2pix": TINY, "classifier": TINY_CLASSIFIER}[system]
    settings = {**tiny, "data": data, "steps": steps, "log_every": 1}
    settings |= {"checkpoint_every": 5, "preview_every": 10} if system == "pix2pix" else {"checkpoint_every": 50}
    config = systems.configure(systems.find(system), None, settings | given)
    job = service.enqueue(system, config.model_dump(mode="json"), executor="hf_jobs")
    return service.open_store(), job


def dispatch(store: JobStore, number: int, until: Callable[[Job], bool]) -> Job:
    """Look again and again, as a server does, until something holds of a job."""
    dispatcher = Dispatcher(store, executors_from_environment())
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        dispatcher.look()
        job = store.get(number)
        if until(job):
            store.release_lease(dispatcher.owner)
            return job
        time.sleep(0.1)
    raise AssertionError(f"{store.get(number)}\n{service.log_of(store.get(number).run)}")


def ended(job: Job) -> bool:
    return job.status in ("done", "failed", "stopped", "interrupted")


def steps_of(job: Job) -> list[int]:
    return [line["step"] for line in Run(job.run).metrics() if line["kind"] == "train"]


def test_a_job_trains_elsewhere_and_its_run_comes_back(hub: StandIn, pictures: Path) -> None:
    """Though the Hub is away for a while in between."""
    store, job = enqueue(f"folder:{pictures}", 40, "pix2pix")
    assert job.device == "hf_jobs"  # it keeps no training of this machine waiting
    job = dispatch(store, job.id, lambda one: len(steps_of(one)) > 3)
    hub.down = True
    time.sleep(3)
    assert not ended(dispatch(store, job.id, lambda one: True))
    hub.down = False
    job = dispatch(store, job.id, ended)
    assert job.status == "done", service.log_of(job.run)
    assert steps_of(job) == list(range(1, 41))
    assert [path.name for path in service.previews_of(job.run)] == [f"step-{n:08d}.png" for n in (0, 10, 20, 30, 40)]
    assert (Run(job.run).find_export("last") / "model.safetensors").is_file()
    Image.open(service.previews_of(job.run)[-1]).load()

    (spec,) = [one.spec for one in hub.jobs.values()]
    assert spec["flavor"] == "l4x1"
    assert spec["timeoutSeconds"] == 6 * 3600
    assert spec["secrets"] == {"HF_TOKEN": TOKEN}
    assert TOKEN not in str({key: value for key, value in spec.items() if key != "secrets"})
    assert hub.private[REPOSITORY]
    assert hub.files(REPOSITORY, "code/pipelines/__main__.py")
    assert hub.files(REPOSITORY, "inputs/*.folder.zip")
    assert not hub.files(REPOSITORY, "*.sqlite*")
    assert not hub.files(REPOSITORY, "code/tests/*")
    assert TOKEN not in service.log_of(job.run)
    assert Run(job.run).settings()["data"] == f"folder:{pictures}"  # as it is called here
    assert len(hub.history) == 1  # old checkpoints would count as storage for ever


def test_stop_saves_there_resume_goes_on_and_force_cancels(hub: StandIn) -> None:
    store, job = enqueue("synthetic:24", ENDLESS)
    job = dispatch(store, job.id, lambda one: len(steps_of(one)) > 3)
    store.ask_to_stop(job.id)
    job = dispatch(store, job.id, ended)
    assert job.status == "stopped", service.log_of(job.run)
    reached = steps_of(job)[-1]
    assert reached < ENDLESS
    assert [one.stage for one in hub.jobs.values()] == ["COMPLETED"]
    assert list((job.run / "checkpoints").glob("step-*"))

    store.resume(job.id)
    job = dispatch(store, job.id, lambda one: steps_of(one)[-1] > reached + 3)
    executors_from_environment()["hf_jobs"].stop(job, force=True)
    job = dispatch(store, job.id, ended)
    assert [one.stage for one in hub.jobs.values()] == ["COMPLETED", "CANCELED"]
    assert job.status == "interrupted"
    steps = steps_of(job)
    assert steps == list(range(1, len(steps) + 1))  # the second went on where the first had saved


def test_a_killed_watcher_finds_the_same_job_again_and_all_that_it_did_meanwhile(hub: StandIn) -> None:
    steps = 120  # so many that a fast machine is not through before anybody has looked
    store, job = enqueue("synthetic:24", steps, "pix2pix", checkpoint_every=50, preview_every=100)
    job = dispatch(store, job.id, lambda one: len(steps_of(one)) > 3)
    with hub.jobs["job1"].held():  # nor while one watcher follows the other
        job = kill(store, job)
        assert [one.stage for one in hub.jobs.values()] == ["RUNNING"]
        before = steps_of(job)[-1]
        store.resume(job.id)
        dispatch(store, job.id, lambda one: "still at work" in service.log_of(one.run))
    job = kill(store, dispatch(store, job.id, lambda one: steps_of(one)[-1] > before))
    hub.jobs["job1"].process.wait()
    assert steps_of(job)[-1] < steps
    store.resume(job.id)
    job = dispatch(store, job.id, ended)
    assert job.status == "done" and len(hub.jobs) == 1
    assert steps_of(job) == list(range(1, steps + 1))
    assert "last" in Run(job.run).export_names()


def kill(store: JobStore, job: Job) -> Job:
    """Kill the process that watches here."""
    assert job.pid is not None
    os.killpg(job.pid, signal.SIGKILL)
    job = dispatch(store, job.id, ended)
    assert job.status == "interrupted"
    return job


def test_nothing_goes_to_a_repository_that_others_see(hub: StandIn) -> None:
    HfApi().create_repo(REPOSITORY, repo_type="dataset", private=False)
    store, job = enqueue("synthetic:24", 60)
    job = dispatch(store, job.id, ended)
    assert job.status == "failed" and "public" in job.error
    assert not hub.jobs and not hub.files(REPOSITORY)


def test_a_job_that_breaks_there_says_why(hub: StandIn, tmp_path: Path) -> None:
    """Its data cannot be used: one picture trains nothing."""
    Image.new("RGB", (64, 64), "red").save(tmp_path / "one.png")
    lonely = tmp_path / "lonely" / "class"
    lonely.mkdir(parents=True)
    (tmp_path / "one.png").rename(lonely / "one.png")
    store, job = enqueue(f"folder:{lonely.parent}", 10)
    job = dispatch(store, job.id, ended)
    assert job.status == "failed"
    assert "picture" in job.error


def test_without_a_token_no_job_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pipelines.jobs.hub_jobs.get_token", lambda: None)
    with pytest.raises(Misuse, match="HF_TOKEN"):
        enqueue("synthetic:24", 4)


def test_data_is_sent_once(hub: StandIn, pictures: Path, tmp_path: Path) -> None:
    api = HfApi()
    api.create_repo(REPOSITORY, repo_type="dataset", private=True)
    settings = {"data": f"folder:{pictures}", "seed": 3, "maps": None, "adversarial": "pipelines"}
    sent = [send_places(api, REPOSITORY, settings) for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0]["data"].startswith("folder:inputs/")
    assert (sent[0]["seed"], sent[0]["adversarial"]) == (3, "pipelines")
    assert hub.commits == 1


def test_files_that_other_settings_name_travel_too_and_come_back_by_their_own_names(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = HfApi()
    api.create_repo(REPOSITORY, repo_type="dataset", private=True)
    drawings = tmp_path / "drawings.npz"
    drawings.write_bytes(b"lines")
    settings = {"data": "synthetic:24", "drawings": str(drawings), "autoencoder": "owner/model", "schedule": "linear"}
    sent = send_places(api, REPOSITORY, settings)
    assert sent == {**settings, "drawings": sent["drawings"]} and sent["drawings"] != str(drawings)

    (there := tmp_path / "there").mkdir()
    monkeypatch.chdir(there)
    fetch_places(REPOSITORY, sent)
    assert Path(sent["drawings"]).read_bytes() == b"lines"
    config = Path("config.yaml")
    config.write_text(yaml.safe_dump(sent))
    put_places(config, settings)
    assert yaml.safe_load(config.read_text()) == settings


def test_what_was_trained_here_since_is_not_taken_back(hub: StandIn, tmp_path: Path) -> None:
    api = HfApi()
    api.create_repo(REPOSITORY, repo_type="dataset", private=True)
    run = tmp_path / "run"
    for step, said in ((10, "there"), (20, "here")):
        checkpoint = run / "checkpoints" / f"step-{step:08d}" / "state.json"
        checkpoint.parent.mkdir(parents=True)
        checkpoint.write_text("{}")
        (run / "log.txt").write_text(said)
        if said == "there":
            send_run(api, REPOSITORY, run, "run")
    fetch_run(api, REPOSITORY, run, "run", {})
    assert checkpoint.exists() and (run / "log.txt").read_text() == "here"
    shutil.rmtree(checkpoint.parent)
    fetch_run(api, REPOSITORY, run, "run", {})
    assert (run / "log.txt").read_text() == "there"


def test_between_whole_sends_only_what_is_light_travels(hub: StandIn, tmp_path: Path) -> None:
    api = HfApi()
    api.create_repo(REPOSITORY, repo_type="dataset", private=True)
    run = tmp_path / "run"
    for step in (10, 20, 30):
        shutil.rmtree(run, ignore_errors=True)
        for folder in (f"checkpoints/step-{step:08d}", "exports/last", "previews"):
            (run / folder).mkdir(parents=True)
        (run / f"checkpoints/step-{step:08d}" / "model.safetensors").write_text(str(step))
        (run / "exports/last/model.safetensors").write_text(str(step))
        (run / f"previews/step-{step:08d}.png").write_text(str(step))
        (run / "metrics.jsonl").write_text(str(step))
        send_run(api, REPOSITORY, run, "run", whole=step != 20)
        weights = {10: b"10", 20: b"10", 30: b"30"}[step]
        there = {name.removeprefix("runs/run/"): data for name, data in hub.repositories[REPOSITORY].items()}
        assert there == {
            f"checkpoints/step-{int(weights):08d}/model.safetensors": weights,
            "exports/last/model.safetensors": weights,
            f"previews/step-{step:08d}.png": b"%d" % step,
            "metrics.jsonl": b"%d" % step,
        }
