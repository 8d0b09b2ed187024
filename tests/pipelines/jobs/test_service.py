from __future__ import annotations

import json
import os
import shutil
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.__main__ import main
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.home import studio_home
from pipelines.jobs import service, webhook
from pipelines.jobs.executors import LocalExecutor
from pipelines.jobs.installation import executors_from_environment
from pipelines.training.run import Run
from pipelines.weights.hub import weights_sha256

SETTINGS = {"data": "synthetic:24", "steps": 40, "device": "cpu"}


def written(run: Run, *lines: tuple[int, float]) -> None:
    for step, seconds in lines:
        run.append_metrics("train", step, seconds, {"l1": 1 / step, "generator": 2.0})


def test_a_job_has_a_directory_of_its_own(studio_home: Path) -> None:
    first, second = (service.enqueue("pix2pix", SETTINGS) for _ in range(2))
    assert first.run != second.run and first.run.is_relative_to(studio_home / "runs") and first.run.is_dir()
    assert first.device == "cpu"
    with pytest.raises(StudioError):
        service.enqueue("pix2pix", SETTINGS, executor="moon")
    with pytest.raises(StudioError):
        service.enqueue("pix2pix", {**SETTINGS, "device": "abacus"})


def test_progress_and_time_left_follow_the_lines() -> None:
    job = service.enqueue("pix2pix", SETTINGS)
    assert service.progress_of(job) == service.Progress(0, 40, None)
    written(Run(job.run), (5, 10.0))
    assert service.progress_of(job) == service.Progress(5, 40, None), "one line tells no pace"
    written(Run(job.run), (10, 20.0), (20, 40.0))
    assert service.progress_of(job) == service.Progress(20, 40, 40.0)
    written(Run(job.run), (22, 1.0), (24, 2.0))
    assert service.progress_of(job).seconds_left == 8.0, "after a resume the clock starts anew, at another pace"


def test_a_table_of_many_jobs_reads_no_metrics_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn every two seconds, for everybody who looks."""
    jobs = [service.enqueue("pix2pix", SETTINGS) for _ in range(70)]
    for job in jobs:
        written(Run(job.run), (5, 10.0), (10, 20.0))
    before = [service.progress_of(job) for job in jobs]
    monkeypatch.setattr(Run, "metrics", lambda run: pytest.fail("what has not changed is read again"))
    assert [service.progress_of(job) for job in jobs] == before == [service.Progress(10, 40, 60.0)] * 70


def test_scalars_previews_exports_and_log_are_read_from_the_run() -> None:
    job = service.enqueue("pix2pix", SETTINGS)
    run = Run(job.run)
    assert (service.scalars_of(job.run), service.previews_of(job.run), Run(job.run).export_names()) == ({}, [], [])
    assert service.log_of(job.run) == ""
    for folder in (run.previews, run.exports / "last", run.exports / ".last"):
        folder.mkdir(parents=True)
    written(run, (2, 1.0), (4, 2.0))
    run.append_metrics("evaluate", 4, 3.0, {"l1": 0.5})
    for step in (20, 3):
        run.save_preview(step, Image.new("RGB", (8, 8)))
    run.log_file.write_text("begun\n")
    (job.run / "console.txt").write_text("attempt 1\n")
    assert service.scalars_of(job.run)["train/l1"] == [(2, 0.5), (4, 0.25)]
    assert service.scalars_of(job.run)["evaluate/l1"] == [(4, 0.5)]
    assert [path.name for path in service.previews_of(job.run)] == ["step-00000003.png", "step-00000020.png"]
    assert Run(job.run).export_names() == ["last"] and service.log_of(job.run) == "begun\nattempt 1"
    assert Run(job.run).find_export("last") == run.exports / "last"
    for name in ("best", "../..", ".last", ""):
        with pytest.raises(Misuse):
            Run(job.run).find_export(name)


def test_an_export_is_a_zip_that_says_how_it_was_made(pix2pix_run: Run, tmp_path: Path) -> None:
    path = service.zipped(pix2pix_run.path, "last", tmp_path / "out.zip")
    with zipfile.ZipFile(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
        assert (
            names == {"config.json", "model.safetensors", "trained.json", "training.yaml"} and archive.testzip() is None
        )


def test_only_own_runs_are_deleted_with_their_job(tmp_path: Path) -> None:
    own, other = service.enqueue("pix2pix", SETTINGS), service.enqueue("pix2pix", SETTINGS, tmp_path / "mine")
    for job in (own, other):
        service.delete(job.id)
    assert not own.run.exists() and other.run.exists()
    with pytest.raises(Misuse):
        service.delete(own.id)


def test_a_run_that_another_job_has_taken_over_is_neither_deleted_nor_resumed_with_the_first() -> None:
    first = service.enqueue("pix2pix", SETTINGS)
    store = service.open_store()
    store.ask_to_stop(first.id)
    second = service.enqueue("pix2pix", SETTINGS, first.run)
    with pytest.raises(Misuse, match="being trained"):
        store.resume(first.id)
    service.delete(first.id)
    assert second.run.exists()


def test_an_export_is_measured_beside_what_is_live(pix2pix_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, ...]] = []

    def measured(*what: str | None) -> dict[str, Any]:
        asked.append(what)
        return {"l1": 0.1 * len(asked)}

    monkeypatch.setattr(service, "measured", measured)
    job = service.enqueue("pix2pix", {**SETTINGS, "data": "synthetic:24"}, pix2pix_run.path)
    evaluations = service.Evaluations()
    evaluations.start(job, "last")
    for thread in evaluations._at_work.values():
        thread.join()
    assert not evaluations.at_work(job)
    assert asked == [
        ("pix2pix", str(pix2pix_run.exports / "last"), "synthetic:24"),
        ("pix2pix", None, "synthetic:24"),  # what is live may have another name: scattering's bundled weights do
    ]
    assert service.Evaluations.results(pix2pix_run.path) == {"last": {"l1": 0.1}, "live": {"l1": 0.2}}
    (pix2pix_run.path / "evaluation-last.json").unlink()


def test_figures_of_an_export_that_is_no_more_are_not_shown(tmp_path: Path) -> None:
    for number, name in enumerate(("last", "best")):  # "live" is of the last in time, not by name
        export = tmp_path / "exports" / name
        export.mkdir(parents=True)
        (export / "model.safetensors").write_bytes(name.encode())
        rows = {name: {"l1": 0.1, "weights_sha256": weights_sha256(export)}, "live": {"l1": float(number)}}
        (tmp_path / f"evaluation-{name}.json").write_text(json.dumps(rows))
        os.utime(tmp_path / f"evaluation-{name}.json", (number, number))
    found = service.Evaluations.results(tmp_path)
    assert set(found) == {"last", "best", "live"} and found["live"]["l1"] == 1.0
    (tmp_path / "exports" / "best" / "model.safetensors").write_bytes(b"a later one")
    assert set(service.Evaluations.results(tmp_path)) == {"last", "live"}


def test_one_export_is_measured_at_a_time(pix2pix_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most = [0], [0]

    def measured(*what: str | None) -> dict[str, Any]:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        time.sleep(0.02)
        at_work[0] -= 1
        return {}

    monkeypatch.setattr(service, "measured", measured)
    job = service.enqueue("pix2pix", SETTINGS, pix2pix_run.path)
    evaluations = service.Evaluations()
    shutil.copytree(pix2pix_run.exports / "last", pix2pix_run.exports / "other")
    for name in ("last", "other"):
        evaluations.start(job, name)
    for thread in evaluations._at_work.values():
        thread.join()
    assert most == [1]
    shutil.rmtree(pix2pix_run.exports / "other")
    for name in ("last", "other"):
        (pix2pix_run.path / f"evaluation-{name}.json").unlink()


def test_a_real_measurement_and_a_failed_one(pix2pix_weights: Path) -> None:
    assert service.measured("pix2pix", str(pix2pix_weights), "synthetic:24")["n"] > 0
    assert "nothing" in service.measured("pix2pix", str(pix2pix_weights), "folder:/no/such")["error"]


def test_what_a_person_should_know_before_a_start(studio_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = service.check_room(SETTINGS)
    assert "24 pictures in 4 classes" in said[0] and "disk" in said[1] and "memory" in said[2]
    with pytest.raises(StudioError):
        service.check_room({**SETTINGS, "data": "folder:/no/such"})


def test_a_webhook_is_told_and_a_broken_one_disturbs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    arrived = threading.Event()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    job = service.enqueue("pix2pix", SETTINGS)
    monkeypatch.setenv("STUDIO_WEBHOOK", f"http://127.0.0.1:{server.server_port}/hook")
    webhook.tell(job)
    assert arrived.wait(30)
    server.shutdown()
    assert told == [{"job": job.id, "system": "pix2pix", "status": "queued", "run": job.run.name, "error": ""}]
    webhook.post("http://127.0.0.1:1/nobody", job)
    for address in ("", "file:///etc/passwd"):
        monkeypatch.setenv("STUDIO_WEBHOOK", address)
        webhook.tell(job)


def test_the_environment_chooses_how_many_processes() -> None:
    found = executors_from_environment({"STUDIO_PROCESSES": "3"})
    assert isinstance(found["local"], LocalExecutor)
    job = service.enqueue("pix2pix", SETTINGS)
    launcher = found["accelerate"].launcher(job)  # type: ignore[attr-defined]
    assert launcher[launcher.index("--num_processes") + 1] == "3" and "--cpu" in launcher


def test_naming_who_runs_it_queues_it(capsys: pytest.CaptureFixture[str]) -> None:
    train = ["train", "pix2pix", "--preset", "smoke", "--data", "synthetic:24"]
    assert main([*train, "--executor", "accelerate"]) == 0
    assert capsys.readouterr().out.startswith("1: queued")
    assert [job.executor for job in service.open_store().jobs()] == ["accelerate"]


def test_on_the_command_line(capsys: pytest.CaptureFixture[str], pix2pix_run: Run) -> None:
    train = ["train", "pix2pix", "--preset", "smoke", "--data", "synthetic:24", "--set", "device=cpu"]
    assert main([*train, "--enqueue"]) == 0
    assert capsys.readouterr().out.startswith("1: queued")
    assert main(train) == 2, "a run directory, or the queue"
    for command, said in (("jobs", "queued"), ("stop 1", "1: stopped"), ("resume 1", "1: queued"), ("jobs", "queued")):
        capsys.readouterr()
        assert main(command.split()) == 0 and said in capsys.readouterr().out
    for command in ("stop 7", "resume 1", "promote 1", "promote 7", "undo pix2pix", "promote /no/such/run"):
        capsys.readouterr()
        assert main(command.split()) == 2, command
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["promote", str(pix2pix_run.path)]) == 0 and "is live" in capsys.readouterr().out
    assert (studio_home() / "live" / "pix2pix.json").is_file()
    assert main(["undo", "pix2pix"]) == 0 and "bundled" in capsys.readouterr().out
