from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.common.errors import Misuse, StudioError
from pipelines.training.beginning import checkpoint_of, read_stages
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run
from tests.pipelines.training.line import Line, fit_line
from tests.tools import on_tensorboard, trained_steps


def test_a_run_may_start_from_the_weights_of_another(tmp_path: Path) -> None:
    trainer, first = fit_line(tmp_path / "first", steps=200)
    config = {"start_from": str(first.path), "steps": 1, "schedule": "constant"}
    _, second = fit_line(tmp_path / "second", Line(seed=9), **config)
    before = trainer.store.load(200).state["modules"]["line"]
    after = CheckpointStore(second.checkpoints, 1).load(1).state["modules"]["line"]
    assert trained_steps(second) == [1]
    assert max(float((before[name] - after[name]).abs().max()) for name in before) < 0.2  # two steps of Adam


def test_an_average_of_another_run_weighs_no_more(tmp_path: Path) -> None:
    """After a few steps the average is of what was learnt here, however long the other run was."""
    _, first = fit_line(tmp_path / "first", steps=400, ema_decay=0.999)
    moved = {"start_from": str(first.path), "steps": 30, "schedule": "constant", "ema_decay": 0.999}
    _, second = fit_line(tmp_path / "second", Line(seed=9), **moved)
    end = CheckpointStore(second.checkpoints, 1).load(30).state
    assert int(end["averages"]["line"]["n_averaged"]) == 30


def test_starting_from_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as error:
        fit_line(tmp_path / "run", start_from=str(tmp_path / "nowhere"))
    assert error.value.code == "run_not_found"


def test_starting_from_another_network_is_refused(tmp_path: Path) -> None:
    _, first = fit_line(tmp_path / "first", steps=1)
    wider = Line()
    wider.modules["line"] = torch.nn.Sequential(torch.nn.Linear(1, 3))
    wider.optimizers["line"] = torch.optim.Adam(wider.modules["line"].parameters())
    with pytest.raises(StudioError):
        fit_line(tmp_path / "second", wider, start_from=str(first.path))


def test_a_network_that_the_other_run_lacks_starts_untrained(tmp_path: Path) -> None:
    _, first = fit_line(tmp_path / "first", steps=200)
    more = Line(seed=9)
    more.modules["curve"] = torch.nn.Linear(1, 1)
    more.optimizers["curve"] = torch.optim.Adam(more.modules["curve"].parameters())
    own = more.modules["curve"].weight.detach().clone()
    _, second = fit_line(tmp_path / "second", more, start_from=str(first.path), steps=1, schedule="constant")
    learnt = CheckpointStore(first.checkpoints, 1).load(200).state["modules"]["line"]
    modules = CheckpointStore(second.checkpoints, 1).load(1).state["modules"]
    assert max(float((learnt[name] - modules["line"][name]).abs().max()) for name in learnt) < 0.2
    assert torch.equal(modules["curve"]["weight"], own)  # nothing has given it a gradient
    assert "has no curve: untrained here" in second.log_file.read_text("utf-8")


def test_an_average_starts_from_the_weights_where_the_other_run_had_none(tmp_path: Path) -> None:
    _, first = fit_line(tmp_path / "first", steps=200, ema_decay=0.0)
    _, second = fit_line(tmp_path / "second", Line(seed=9), start_from=str(first.path), steps=1, ema_decay=0.999)
    learnt = CheckpointStore(first.checkpoints, 1).load(200).state["modules"]["line"]
    average = CheckpointStore(second.checkpoints, 1).load(1).state["averages"]["line"]
    assert max(float((learnt[name] - average[f"module.{name}"]).abs().max()) for name in learnt) < 0.2


def test_a_relative_folder_to_start_from_is_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not one of that name in the run's own folder."""
    trainer, _ = fit_line(tmp_path / "caller" / "runs" / "first", steps=200)
    fit_line(tmp_path / "second" / "runs" / "first", Line(seed=5), steps=1)
    monkeypatch.chdir(tmp_path / "caller")
    moved = {"start_from": "runs/first", "steps": 1, "schedule": "constant"}
    _, second = fit_line(tmp_path / "second", Line(seed=9), **moved)
    learnt = trainer.store.load(200).state["modules"]["line"]
    after = CheckpointStore(second.checkpoints, 1).load(1).state["modules"]["line"]
    assert max(float((learnt[name] - after[name]).abs().max()) for name in learnt) < 0.2


REPORTED = {"train/loss": list(range(1, 11)), "evaluate/error": [4, 8, 10]}  # the steps that a line of ten has them at


def recorded(run: Run, name: str) -> list[float]:
    """The values of a metric, as the run's own file has them."""
    kind, _, key = name.partition("/")
    return [line[key] for line in run.metrics() if line["kind"] == kind]


def test_tensorboard_gets_the_metrics(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path / "run", trackers=["tensorboard"])
    scalars, _ = on_tensorboard(run)
    for name, steps in REPORTED.items():
        assert [step for step, _ in scalars[name]] == steps
        assert [value for _, value in scalars[name]] == pytest.approx(recorded(run, name), rel=1e-5)


def test_mlflow_gets_the_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, run = fit_line(tmp_path / "run", trackers=["mlflow"])
    from mlflow import MlflowClient

    client = MlflowClient((run.path / "mlruns").as_uri())
    (tracked,) = client.search_runs([client.get_experiment_by_name("chimera-studio").experiment_id])
    for name, steps in REPORTED.items():
        history = sorted(client.get_metric_history(tracked.info.run_id, name), key=lambda point: point.step)
        assert [point.step for point in history] == steps
        assert [point.value for point in history] == pytest.approx(recorded(run, name), rel=1e-5)


def test_the_learning_rate_a_step_uses_does_not_depend_on_where_it_was_resumed(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path, steps=4, schedule="constant")
    trainer, _ = fit_line(tmp_path, steps=8, schedule="constant")
    assert [group["lr"] for group in trainer.objective.optimizers["line"].param_groups] == [0.1]
    assert trained_steps(run) == list(range(1, 9))


@pytest.mark.parametrize("where", ["exports/last", ""])
def test_a_training_starts_from_what_another_has_exported(tmp_path: Path, where: str) -> None:
    _, first = fit_line(tmp_path / "first", steps=200)
    _, second = fit_line(tmp_path / "second", Line(seed=9), start_from=str(first.path / where), steps=1)
    learnt = {name: value.float() for name, value in load_file(first.exports / "last" / "model.safetensors").items()}
    after = CheckpointStore(second.checkpoints, 1).load(1).state["modules"]["line"]
    assert max(float((learnt[name] - after[name]).abs().max()) for name in learnt) < 0.3
    stages = read_stages(second.exports / "last")
    assert [(one["system"], one["steps"]) for one in stages] == [("line", 200), ("line", 1)]
    assert 0 < stages[0]["processor_hours"] < 1


def test_the_work_behind_weights_counts_over_a_break(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path / "run", steps=100, schedule="constant")
    (half,) = read_stages(run.exports / "last")
    fit_line(tmp_path / "run", steps=200, schedule="constant")
    (whole,) = read_stages(run.exports / "last")
    assert whole["steps"] == 200 and whole["processor_hours"] > half["processor_hours"] > 0


def test_parts_of_weights_are_found_by_their_files_and_folders(tmp_path: Path) -> None:
    one, two, three = (torch.nn.Linear(2, size) for size in (3, 4, 5))
    (tmp_path / "unet").mkdir()
    save_file(one.half().state_dict(), tmp_path / "unet" / "diffusion_pytorch_model.safetensors")
    save_file(two.state_dict(), tmp_path / "decoder.safetensors")
    save_file({f"vae.{name}": value for name, value in three.state_dict().items()}, tmp_path / "model.safetensors")
    wrapped = torch.nn.ModuleDict({"vae": torch.nn.Linear(2, 5)})
    modules = {"unet": torch.nn.Linear(2, 3), "decoder": torch.nn.Linear(2, 4), "autoencoder": wrapped}
    found = checkpoint_of(tmp_path, {**modules, "discriminator": torch.nn.Linear(7, 7)}).state["modules"]
    assert found.keys() == modules.keys(), "what is not there starts untrained"
    assert torch.equal(found["unet"]["weight"], one.weight.float()) and found["unet"]["weight"].dtype == torch.float32
    assert torch.equal(found["autoencoder"]["vae.weight"], three.weight)
