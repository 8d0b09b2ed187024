from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.training.config import TrainingConfig
from pipelines.training.run import Run, write_atomically


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = Run(tmp_path / "run")
    run.prepare("line", TrainingConfig())
    return run


def test_settings_are_read_back(run: Run) -> None:
    assert run.settings() == {"system": "line", **TrainingConfig().model_dump(mode="json")}


def test_the_same_settings_may_start_again(run: Run) -> None:
    run.prepare("line", TrainingConfig())
    run.prepare("line", TrainingConfig(steps=9, workers=2, keep=5))
    assert run.settings()["steps"] == 9


@pytest.mark.parametrize(("system", "settings"), [("other", {}), ("line", {"seed": 5}), ("line", {"data": "zip:x"})])
def test_another_run_is_refused_and_untouched(run: Run, system: str, settings: dict[str, object]) -> None:
    before = run.config_file.read_bytes()
    with pytest.raises(Misuse) as error:
        run.prepare(system, TrainingConfig.parse(settings))
    assert error.value.code == "run_is_another"
    assert run.config_file.read_bytes() == before


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as error:
        Run(tmp_path / "none").settings()
    assert error.value.code == "run_not_found"
    assert list(Run(tmp_path / "none").metrics()) == []


def test_a_reader_never_sees_half_a_line(run: Run) -> None:
    run.append_metrics("train", 1, 0.5, {"loss": 2.0})
    with run.metrics_file.open("a") as file:
        file.write('{"kind": "train", "st')
    assert list(run.metrics()) == [{"kind": "train", "step": 1, "seconds": 0.5, "loss": 2.0}]


def test_what_came_after_a_step_is_forgotten(run: Run) -> None:
    for step in (1, 2, 3):
        run.append_metrics("train", step, 0.0, {})
        run.save_preview(step, Image.new("RGB", (4, 4)))
    run.forget_after(2)
    assert [line["step"] for line in run.metrics()] == [1, 2]
    assert [path.name for path in sorted(run.previews.iterdir())] == ["step-00000001.png", "step-00000002.png"]


def test_exports_that_came_after_a_step_are_forgotten(run: Run) -> None:
    for step in (2, 3):
        (run.exports / f"step-{step:08d}").mkdir()
    run.forget_after(2)
    assert [path.name for path in run.exports.iterdir()] == ["step-00000002"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"two")]
