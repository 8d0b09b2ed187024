from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipelines.common.errors import Misuse, StudioError
from pipelines.training.inference import Inference
from tests.pipelines.training.line import fit_line
from tests.tools import on_tensorboard


def picture(folder: Path, name: str) -> Path:
    file = folder / name
    Image.new("RGB", (8, 6), "red").save(file)
    return file


def test_tensorboard_gets_what_was_measured_and_made_at_the_exports_step(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path / "run", steps=30, export_every=10, trackers=["tensorboard"])
    for export in ("step-00000010", "last"):
        Inference(run.path, export).record_metrics({"psnr": 20.0, "n": 4, "weights_sha256": "abc"})
    Inference(run.path, "last").record_files([picture(tmp_path, "face-1-0.png")])
    scalars, pictures = on_tensorboard(run)
    assert scalars["inference/psnr"] == [(10, 20.0), (30, 20.0)] and scalars["inference/n"][0] == (10, 4.0)
    assert "inference/weights_sha256" not in scalars
    assert pictures == ["inference/face-1-0"]


def test_mlflow_files_it_with_the_training(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    _, run = fit_line(tmp_path / "run", steps=30, trackers=["mlflow"])
    inference = Inference(run.path, "last")
    inference.record_metrics({"psnr": 20.0})
    inference.record_files([picture(tmp_path, "face-1-0.png")])
    client = MlflowClient((run.path / "mlruns").absolute().as_uri())
    (trained,) = client.search_runs([client.get_experiment_by_name("chimera-studio").experiment_id])
    assert trained.data.metrics["inference/psnr"] == 20.0 and trained.data.params["steps"] == "30"
    client.create_run(trained.info.experiment_id)  # another training's, begun later at the same server
    inference.record_metrics({"ssim": 0.9})
    assert client.get_run(trained.info.run_id).data.metrics["inference/ssim"] == 0.9
    (kept,) = client.list_artifacts(trained.info.run_id, "inference/step-00000030")
    assert kept.path.endswith("face-1-0.png")


def test_another_server_than_the_trainings_gets_a_run_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    _, run = fit_line(tmp_path / "run", steps=2, trackers=["mlflow"])
    there = (tmp_path / "elsewhere").as_uri()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", there)
    for psnr in (20.0, 21.0):
        Inference(run.path, "last").record_metrics({"psnr": psnr})
    client = MlflowClient(there)
    (made,) = client.search_runs([client.get_experiment_by_name("chimera-studio").experiment_id])
    assert made.data.metrics["inference/psnr"] == 21.0, "one, however often"


def test_a_run_without_trackers_gets_nothing(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path / "run", steps=2)
    before = sorted(run.path.rglob("*"))
    inference = Inference(run.path, "last")
    inference.record_metrics({"psnr": 20.0})
    inference.record_files([picture(tmp_path, "face.png")])
    assert sorted(run.path.rglob("*")) == before and inference.folder == run.exports / "last" and inference.step == 2


def test_no_run_and_no_export_are_refused(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path / "run", steps=2)
    with pytest.raises(Misuse) as error:
        Inference(tmp_path / "nowhere", "last")
    assert error.value.code == "run_not_found"
    with pytest.raises(Misuse) as error:
        Inference(run.path, "step-00000001")
    assert "last" in str(error.value)


def test_a_server_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, run = fit_line(tmp_path / "run", steps=2, trackers=["mlflow"])
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(StudioError) as error:
        Inference(run.path, "last").record_metrics({"psnr": 20.0})
    assert error.value.code == "tracker_failed"


def test_a_training_says_so_too_before_its_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(StudioError) as error:
        fit_line(tmp_path / "run", steps=2, trackers=["mlflow"])
    assert error.value.code == "tracker_failed"
    assert not (tmp_path / "run" / "exports" / "last").exists()


def test_a_training_goes_on_when_the_server_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mlflow.exceptions import MlflowException

    def gone(*_: object, **__: object) -> None:
        raise MlflowException("no route to host")

    monkeypatch.setattr("accelerate.tracking.MLflowTracker.log", gone)
    _, run = fit_line(tmp_path / "run", steps=4, trackers=["mlflow"])
    assert [line["kind"] for line in run.metrics()][-1] == "evaluate" and (run.exports / "last").is_dir()
    said = [record.message for record in caplog.records if "no route to host" in record.message]
    assert len(said) == 1, "once"
