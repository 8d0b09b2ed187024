from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from pipelines.common.errors import Misuse, StudioError
from pipelines.training import checkpoints
from pipelines.training.capture import make_capturable
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run
from pipelines.training.stepping import rate_factor
from pipelines.training.trainer import Trainer
from tests.pipelines.training.line import Killed, Line, fit_line, line_config
from tests.tools import trained_steps, weights_of


def killed_at(moment: str, times: int = 1) -> Callable[[str], None]:
    seen = 0

    def before(now: str) -> None:
        nonlocal seen
        seen += now == moment
        if now == moment and seen == times:
            raise Killed

    return before


def test_it_learns(tmp_path: Path) -> None:
    fit_line(tmp_path, steps=200, ema_decay=0.5, evaluate_every=200)
    untrained = Line().evaluate()["error"]
    error = [line["error"] for line in Run(tmp_path).metrics() if line["kind"] == "evaluate"][-1]
    assert error < 0.05 < 1 < untrained


def test_a_run_leaves_its_files(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path)
    assert trained_steps(run) == list(range(1, 11))
    assert [path.name for path in sorted(run.previews.iterdir())] == [f"step-{step:08d}.png" for step in (0, 4, 8, 10)]
    assert (run.exports / "last" / "model.safetensors").is_file()
    assert "finished at step 10" in run.log_file.read_text()


def test_every_step_has_noise_of_its_own(tmp_path: Path) -> None:
    drawn: list[float] = []

    class Noisy(Line):
        def step(self, *given: Any) -> dict[str, Tensor]:
            drawn.append(float(torch.rand(())))
            return super().step(*given)

    fit_line(tmp_path, Noisy())
    assert len(drawn) == len(set(drawn)) == 10


MOMENTS = [(f"batch {number}", 1) for number in range(10)] + [
    (name, times) for name in ("preview", "evaluate") for times in (1, 2, 3)
]


@pytest.mark.parametrize(("moment", "times"), [*MOMENTS, ("export", 1)])
def test_killed_at_any_moment_it_ends_as_if_unbroken(tmp_path: Path, moment: str, times: int) -> None:
    _, whole = fit_line(tmp_path / "whole")
    with pytest.raises(Killed):
        fit_line(tmp_path / "broken", Line(before=killed_at(moment, times)))
    _, run = fit_line(tmp_path / "broken")
    assert weights_of(run, 10) == weights_of(whole, 10)
    assert trained_steps(run) == list(range(1, 11))
    evaluated = [line["step"] for line in run.metrics() if line["kind"] == "evaluate"]
    assert evaluated == [4, 8, 10]
    assert {path.name for path in run.previews.iterdir()} == {path.name for path in whole.previews.iterdir()}
    exports = [load_file(one.exports / "last" / "model.safetensors") for one in (run, whole)]
    assert all(torch.equal(exports[0][name], exports[1][name]) for name in exports[1])


def test_half_a_line_of_metrics_is_forgotten(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        fit_line(tmp_path, Line(before=killed_at("batch 2")))
    with Run(tmp_path).metrics_file.open("a") as file:
        file.write('{"kind": "train", "ste')
    _, run = fit_line(tmp_path)
    assert trained_steps(run) == list(range(1, 11))


def test_the_stop_flag_ends_after_the_step_and_saves(tmp_path: Path) -> None:
    _, whole = fit_line(tmp_path / "whole")
    config, run = line_config(), Run(tmp_path / "stopped")
    run.prepare("line", config)
    objective = Line()
    trainer = Trainer(objective, config, run)
    objective.before = lambda moment: trainer.stop.set() if moment == "batch 5" else None
    assert trainer.fit() == "stopped"
    assert trainer.store.steps()[-1] == trained_steps(run)[-1] == 6
    fit_line(tmp_path / "stopped")
    assert weights_of(run, 10) == weights_of(whole, 10)


def test_accumulated_halves_are_one_batch(tmp_path: Path) -> None:
    _, large = fit_line(tmp_path / "large", no_dropout(Line(batch_size=8)))
    _, small = fit_line(tmp_path / "small", no_dropout(Line(batch_size=4)), accumulate=2)
    for name in ("weight", "bias"):
        one, two = (load_file(run.exports / "last" / "model.safetensors")[f"0.{name}"] for run in (large, small))
        torch.testing.assert_close(one, two)


def no_dropout(objective: Line) -> Line:
    objective.modules["line"][1].p = 0.0  # type: ignore[index]
    return objective


@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("log_every", [1, 100])
def test_weights_that_are_no_numbers_are_never_saved(tmp_path: Path, log_every: int, stopped: bool) -> None:
    config, run = line_config(log_every=log_every, checkpoint_every=4, evaluate_every=3), Run(tmp_path)
    run.prepare("line", config)
    objective = Line()
    objective.spoilt_from = 4
    trainer = Trainer(objective, config, run)
    if stopped:
        objective.before = lambda moment: trainer.stop.set() if moment == "batch 5" else None
    with pytest.raises(StudioError) as error:
        trainer.fit()
    assert error.value.code == "training_diverged"
    assert trainer.store.steps() == [4]
    assert all(value.isfinite().all() for value in trainer.store.load(4).state["modules"]["line"].values())
    assert "begin another run" in str(error.value) and "start_from" in str(error.value)
    fit_line(tmp_path / "other", start_from=str(tmp_path))  # as the sentence says


def test_an_evaluation_does_not_save_what_is_no_number_as_the_best(tmp_path: Path) -> None:
    objective = Line()
    objective.spoilt_from = 1
    with pytest.raises(StudioError) as error:
        fit_line(tmp_path, objective, log_every=100, checkpoint_every=100, evaluate_every=3, watch="error")
    assert error.value.code == "training_diverged"
    assert list(Run(tmp_path).checkpoints.glob("step-*")) == []


def test_other_settings_are_another_run(tmp_path: Path) -> None:
    fit_line(tmp_path)
    with pytest.raises(Misuse) as error:
        fit_line(tmp_path, batch_size=8)
    assert error.value.code == "run_is_another"
    assert "batch_size" in str(error.value)


def test_more_steps_go_on(tmp_path: Path) -> None:
    fit_line(tmp_path, schedule="constant")
    _, run = fit_line(tmp_path, schedule="constant", steps=14)
    _, whole = fit_line(tmp_path / "whole", schedule="constant", steps=14)
    assert trained_steps(run) == list(range(1, 15))
    assert weights_of(run, 14) == weights_of(whole, 14)


def test_the_best_checkpoint_outlives_later_ones(tmp_path: Path) -> None:
    scores = iter([0.3, 0.1, 0.5, 0.4, 0.2, 0.9])
    objective = Line()
    objective.evaluate = lambda: {"error": next(scores)}  # type: ignore[method-assign]
    trainer, run = fit_line(tmp_path, objective, steps=12, checkpoint_every=2, evaluate_every=2, watch="error", keep=2)
    assert trainer.store.best() == (4, 0.1)
    assert trainer.store.steps() == [4, 10, 12]
    best = load_file(run.exports / "best" / "model.safetensors")
    averages = trainer.store.load(4).state["averages"]["line"]
    assert all(torch.equal(value, averages[f"module.{name}"]) for name, value in best.items())


def test_watching_what_is_not_measured_is_refused_and_loses_nothing(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as error:
        fit_line(tmp_path, watch="fid", evaluate_every=3, checkpoint_every=100)
    assert (error.value.code, error.value.values["given"]) == ("argument_unknown", "fid")
    assert [path.name for path in Run(tmp_path).checkpoints.glob("step-*")] == ["step-00000003"]
    fit_line(tmp_path, watch="error", evaluate_every=3, checkpoint_every=100)


def test_exports_on_the_way_stay(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path, export_every=3)
    names = ["last", "step-00000003", "step-00000006", "step-00000009"]
    assert sorted(path.name for path in run.exports.iterdir()) == names


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", full)
    with pytest.raises(StudioError) as error:
        fit_line(tmp_path)
    assert error.value.code == "disk_full"
    assert list(Run(tmp_path).checkpoints.iterdir()) == []


def test_a_full_disk_at_an_export_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Line, "export", full)
    with pytest.raises(StudioError) as error:
        fit_line(tmp_path / "run")
    assert (error.value.code, error.value.values["given"]) == ("disk_full", "run")
    assert "no room left" in Run(tmp_path / "run").log_file.read_text()


def test_half_precision_on_a_processor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="fp16 needs a GPU"):
        fit_line(tmp_path, precision="fp16")


def test_the_rate_is_constant_then_falls_in_a_line() -> None:
    assert [rate_factor("linear", step, 8) for step in range(1, 9)] == [1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]
    assert rate_factor("constant", 8, 8) == 1


def test_a_score_that_is_no_number_is_never_the_best(tmp_path: Path) -> None:
    scores = iter([float("nan"), 0.4, 0.5])
    objective = Line()
    objective.evaluate = lambda: {"error": next(scores)}  # type: ignore[method-assign]
    trainer, _ = fit_line(tmp_path, objective, steps=6, checkpoint_every=2, evaluate_every=2, watch="error")
    assert trainer.store.best() == (4, 0.4)


def test_a_finished_run_that_lost_its_export_writes_it(tmp_path: Path) -> None:
    _, run = fit_line(tmp_path)
    before = (run.exports / "last" / "model.safetensors").read_bytes()
    shutil.rmtree(run.exports / "last")
    fit_line(tmp_path)
    assert (run.exports / "last" / "model.safetensors").read_bytes() == before


def test_a_checkpoint_from_a_cuda_graph_goes_on_anywhere(tmp_path: Path) -> None:
    """A graph reads rates and steps from tensors; a processor wants numbers."""
    _, whole = fit_line(tmp_path / "whole", schedule="constant")
    trainer, _ = fit_line(tmp_path / "run", steps=6, schedule="constant")
    make_capturable(trainer.objective.optimizers.values(), torch.device("cpu"))
    group = trainer.objective.optimizers["line"].param_groups[0]
    assert isinstance(group["lr"], torch.Tensor) and group["capturable"]
    trainer.stepper.set_rates(1.0)
    assert float(group["lr"]) == pytest.approx(0.1)
    trainer._save(6)
    _, run = fit_line(tmp_path / "run", steps=10, schedule="constant")
    assert trained_steps(run) == list(range(1, 11))
    ends = [CheckpointStore(one.checkpoints, 1).load(10).state["modules"]["line"] for one in (run, whole)]
    assert all(torch.allclose(ends[0][name], ends[1][name], atol=1e-4) for name in ends[0])


def test_a_training_that_breaks_ends_with_the_processes_that_load_its_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.pipelines.training.shared", str(tmp_path / "run"), "breaks"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1 and "broken on purpose" in ended.stderr


def test_a_run_goes_on_with_the_weights_that_it_began_with_or_not_at_all(tmp_path: Path) -> None:
    """Weights of the same name may be others by then: what was learnt of the first would be taught by the second."""

    def fed(sha256: str) -> Line:
        line: Any = Line()
        line.given = {"encoder": sha256}
        return line  # type: ignore[no-any-return]

    fit_line(tmp_path, fed("a"), steps=4)
    with pytest.raises(Misuse, match="encoder"):
        fit_line(tmp_path, fed("b"), steps=8)
    fit_line(tmp_path, fed("a"), steps=8)
    assert trained_steps(Run(tmp_path)) == list(range(1, 9))
