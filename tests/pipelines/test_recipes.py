from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines import recipes, systems
from pipelines.common.errors import Misuse
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from pipelines.weights import hub
from tests.pipelines.test_command_line import run_main

RECIPES = hub.BUNDLED.glob(f"*/{recipes.FILE}")
SMALL: dict[str, Any] = {"autoencoder_channels": 8, "batch_size": 2, "evaluated": 2, "perceptual_weight": 0.0}
TWO = [
    {"name": "first", "system": "autoencoder", "preset": "smoke", "set": {**SMALL, "steps": 3}},
    {
        "name": "second",
        "system": "autoencoder",
        "preset": "smoke",
        "set": {**SMALL, "steps": 4, "start_from": "{first}"},
    },
]


def written(folder: Path, stages: Any) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(stages))
    return path


def test_stages_are_trained_one_after_another_each_from_the_one_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    given = ("train", "autoencoder", "--recipe", written(tmp_path, TWO), "--data", "synthetic:20", "--run", out)
    assert run_main(*given) == 0 and capsys.readouterr().out == f"{out}: finished\n"
    first, second = Run(out / "first"), Run(out / "second")
    assert second.settings()["start_from"] == str(first.path) and second.settings()["data"] == "synthetic:20"
    assert f"starting from {first.path}, of 3 steps" in second.log_file.read_text(), "what the first has learned"

    before = second.log_file.read_text(), first.log_file.read_text()
    assert run_main(*given) == 0
    assert (second.log_file.read_text(), first.log_file.read_text()) == before, "what is finished stays as it is"


def test_a_recipe_that_is_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stages, fit, out = recipes.load_recipe(written(tmp_path, TWO)), Trainer.fit, tmp_path / "out"

    def stopped(trainer: Trainer) -> str:
        trainer.stop.set()
        return fit(trainer)

    monkeypatch.setattr(Trainer, "fit", stopped)
    assert recipes.train_recipe(stages, "synthetic:20", out) == "stopped"
    assert Run(out / "first").outcome()[0] == "stopped" and not (out / "second").exists()
    monkeypatch.setattr(Trainer, "fit", fit)
    assert recipes.train_recipe(stages, "synthetic:20", out) == "finished"
    assert [Run(out / name).outcome()[0] for name in ("first", "second")] == ["finished", "finished"]


BAD = [
    ("no file", None, "file"),
    ("no list", {"name": "first"}, "list"),
    ("empty", [], "stages"),
    ("twice one name", [TWO[0], TWO[0]], "name of its own"),
    ("a path for a name", [{**TWO[0], "name": "../first"}], "name"),
    ("an unknown key", [{**TWO[0], "steps": 3}], "steps"),
    ("no such system", [{**TWO[0], "system": "nothing"}], "nothing"),
    ("no such preset", [{**TWO[0], "preset": "huge"}], "huge"),
    ("a bad setting in the last", [TWO[0], {**TWO[1], "set": {"steps": -1}}], "steps"),
    ("a stage that comes later", [TWO[1], TWO[0]], "no earlier stage"),
    ("more than a name", [TWO[0], {**TWO[1], "set": {"start_from": "{first.nothing}"}}], "no earlier stage"),
    ("a broken brace", [{**TWO[0], "set": {"start_from": "{first"}}], "no earlier stage"),
]


@pytest.mark.parametrize(("stages", "said"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_recipe_is_told_before_anything_is_trained(tmp_path: Path, stages: Any, said: str) -> None:
    path = tmp_path / "none.yaml" if stages is None else written(tmp_path, stages)
    with pytest.raises(Misuse) as told:
        recipes.train_recipe(recipes.load_recipe(path), "synthetic:20", tmp_path / "out")
    assert said in str(told.value) and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "given",
    [
        ("pix2pix", "--recipe", "--data", "synthetic:20", "--run", "out"),
        ("stylemini", "--recipe", "--run", "out"),
        ("stylemini", "--recipe", "--data", "synthetic:20"),
        ("stylemini", "--recipe", "--data", "synthetic:20", "--run", "out", "--set", "steps=3"),
        ("stylemini", "--recipe", "--data", "synthetic:20", "--run", "out", "--preset", "smoke"),
    ],
    ids=["none is bundled", "no data", "no run", "a setting", "a preset"],
)
def test_what_a_recipe_cannot_do_is_one_line(
    given: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_main("train", *given) == 2
    said = capsys.readouterr().err
    assert said.startswith("pipelines: recipe") and said.count("\n") == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize("system", sorted({"stylemini", *(path.parent.name for path in RECIPES)}))
def test_the_recipes_of_bundled_weights_can_be_followed(system: str) -> None:
    stages = recipes.load_recipe(recipes.bundled_recipe(system))
    folders = {stage.name: Path("runs") / stage.name for stage in stages}
    configs = [stage.configure("synthetic", folders) for stage in stages]
    last = systems.find(stages[-1].system)  # or a part of the system, in a room within its own
    assert f"{last.room or f'pipelines.{last.name}'}.".startswith(f"pipelines.{system}.")
    assert all(config.steps > 0 for config in configs)
    assert any(isinstance(config, systems.find(system).load_config()) for config in configs)


def test_more_steps_than_were_trained_are_trained_and_a_kill_then_is_not_taken_for_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages, fit, run = recipes.load_recipe(written(tmp_path, TWO[:1])), Trainer.fit, Run(tmp_path / "out" / "first")
    assert recipes.train_recipe(stages, "synthetic:20", tmp_path / "out") == "finished"
    assert run.outcome()[0] == "finished"
    found = []

    def watched(trainer: Trainer) -> str:
        found.append(run.outcome())
        return fit(trainer)

    monkeypatch.setattr(Trainer, "fit", watched)
    longer = recipes.load_recipe(written(tmp_path, [{**TWO[0], "set": {**SMALL, "steps": 5}}]))
    assert recipes.train_recipe(longer, "synthetic:20", tmp_path / "out") == "finished"
    assert found == [("", "")], "while it trains, and if it is killed then"
    assert "finished at step 5" in run.log_file.read_text()


def test_the_readme_goes_on_with_what_the_last_stage_makes() -> None:
    last = recipes.load_recipe(hub.BUNDLED / "stylemini" / recipes.FILE)[-1]
    assert f"--weights runs/stylemini/{last.name}/exports/last" in (hub.BUNDLED.parent / "README.md").read_text()
