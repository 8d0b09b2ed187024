from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pipelines import commands
from pipelines.__main__ import main
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from tests.pipelines.metrics.test_report import Means
from tests.tools import TINY, as_pairs, noisy_picture, on_tensorboard, start_cli


def run_main(*arguments: object) -> int:
    """Run a command in this process, argparse's own exit included."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code


def test_list_names_systems_and_presets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main("list") == 0
    printed = capsys.readouterr().out
    assert "pix2pix" in printed and "smoke" in printed


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main("doctor") == 0
    assert "device cpu" in capsys.readouterr().out


def test_generate_prints_paths_and_nothing_else(
    drawing: Path, pix2pix_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--weights", pix2pix_weights, "--seed", 7, "--count", 2, "--out", tmp_path / "out")
    assert run_main("generate", "pix2pix", drawing, *options) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(paths) == 2 and all(Image.open(path).size == (64, 64) for path in paths)


def test_where_no_folder_is_named_pictures_go_to_made(
    drawing: Path, pix2pix_weights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(drawing.parent)
    assert run_main("generate", "pix2pix", drawing, "--weights", pix2pix_weights) == 0
    assert capsys.readouterr().out == "made/griffin-0-0.png\n"
    assert Image.open(drawing.parent / "made" / "griffin-0-0.png").size == (64, 64)


def test_a_colour_is_given_as_it_is_written(drawing: Path, pix2pix_weights: Path, tmp_path: Path) -> None:
    options = ("--weights", pix2pix_weights, "--out", tmp_path / "out", "--set", "background=#00ff00")
    assert run_main("generate", "pix2pix", drawing, *options) == 0


def test_evaluate_prints_one_json_object(pix2pix_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main("evaluate", "pix2pix", "--data", "synthetic:24", "--weights", pix2pix_weights, "--json") == 0
    metrics = json.loads(capsys.readouterr().out)
    assert isinstance(metrics["n"], int) and metrics["n"] > 0
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in metrics)


def test_evaluate_takes_inceptions_weights_and_names_the_distance_after_it(
    pix2pix_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[Path] = []

    def inception(path: Path) -> Means:
        opened.append(path)
        return Means("inception")

    monkeypatch.setattr(commands, "inception", inception)
    file = tmp_path / "inception.pth"
    file.write_bytes(b"")
    given = ("evaluate", "pix2pix", "--data", "synthetic:24", "--weights", pix2pix_weights, "--json")
    assert run_main(*given, "--inception-weights", file) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert opened == [file] and {"kid_inception", "kid_inception_floor", "sha256_inception"} <= metrics.keys()
    assert run_main(*given, "--inception-weights", tmp_path / "none.pth") == 2
    assert "none.pth" in capsys.readouterr().err
    assert run_main("evaluate", "classifier", "--data", "synthetic:24", "--inception-weights", file) == 2
    assert "compares no distributions" in capsys.readouterr().err, "a figure that was asked for and is not given"


def test_prepare_writes_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run_main("prepare", "pix2pix", "--data", "synthetic:24", "--out", tmp_path / "pairs", "--set", "size=64") == 0
    )
    pairs = list((tmp_path / "pairs").rglob("*.png"))
    assert len(pairs) == 24 and all(Image.open(pair).size == (128, 64) for pair in pairs)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_runs_kept_exports_are_used_and_their_results_tracked(drawing: Path, tmp_path: Path) -> None:
    settings = as_pairs({**TINY, "steps": 4, "export_every": 2, "trackers": "[tensorboard]"})
    run = Run(tmp_path / "run")
    assert run_main("train", "pix2pix", "--run", run.path, "--data", "synthetic:24", *settings) == 0
    for export in ("step-00000002", "last"):
        given = ("--run", run.path, "--export", export)
        assert run_main("generate", "pix2pix", drawing, *given, "--out", tmp_path / export) == 0
    early, late = (next((tmp_path / export).iterdir()).read_bytes() for export in ("step-00000002", "last"))
    assert early != late
    assert run_main("evaluate", "pix2pix", "--data", "synthetic:24", "--run", run.path) == 0
    scalars, pictures = on_tensorboard(run)
    assert [step for step, _ in scalars["inference/n"]] == [4] and len(pictures) == 1  # two files of one name
    assert run_main("evaluate", "pix2pix", "--data", "synthetic:24", "--export", "last") == 2
    assert run_main("evaluate", "pix2pix", "--run", run.path, "--weights", "pix2pix") == 2


def test_a_settings_file_is_what_a_run_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "fit", lambda trainer: "finished")
    first, second = Run(tmp_path / "first"), Run(tmp_path / "second")
    settings = as_pairs({**TINY, "data": "synthetic:24", "steps": 1})
    assert run_main("train", "pix2pix", "--run", first.path, *settings) == 0
    assert run_main("train", "pix2pix", "--run", second.path, "--config", first.config_file) == 0
    assert first.settings() == second.settings()


MISUSE = [
    ("generate", "pix2pix", "{tmp}/none.png", "--out", "{tmp}/out"),
    ("generate", "pix2pix", "--out", "{tmp}/out"),
    ("generate", "pix2pix", "{text}", "--out", "{tmp}/out", "--weights", "{weights}"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "no-such-weights"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--count", "0"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--seed", "-1"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--set", "sensitivity=high"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--set", "background=7"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--set", "kind"),
    ("generate", "pix2pix", "{drawing}", "--out", "{tmp}/out", "--weights", "{weights}", "--sheet", "{tmp}/s.txt"),
    ("sheet", "{tmp}", "--out", "{tmp}/sheet"),
    ("sheet", "{tmp}/none", "--out", "{tmp}/sheet.png"),
    ("generate", "unicorn", "{drawing}", "--out", "{tmp}/out"),
    ("train", "pix2pix", "--run", "{tmp}/run", "--preset", "enormous"),
    ("train", "pix2pix", "--run", "{tmp}/run", "--set", "steps=0"),
    ("train", "pix2pix", "--run", "{tmp}/run", "--set", "device=abacus"),
    ("train", "pix2pix", "--run", "{tmp}/run", "--data", "zip:{text}"),
    ("train", "pix2pix", "--run", "{tmp}/run", "--config", "{tmp}/none.yaml"),
    ("evaluate", "pix2pix", "--data", "folder:{tmp}/none", "--weights", "{weights}"),
    ("prepare", "pix2pix", "--data", "cats", "--out", "{tmp}/out"),
    ("prepare", "pix2pix"),
    ("prepare", "chimera", "--data", "synthetic:24", "--out", "{tmp}/out"),
    ("prepare", "pix2pix", "--data", "synthetic:24", "--out", "{tmp}/out", "--set", "colour=red"),
    ("prepare", "pix2pix", "--data", "synthetic:24", "--out", "{tmp}/out", "--set", "size=large"),
    ("prepare", "lines", "--data", "synthetic:24", "--out", "{tmp}/out", "--set", "most=0"),
    ("export", "pix2pix", "--run", "{tmp}/none", "--out", "{tmp}/out"),
    ("dance",),
    (),
]


@pytest.mark.parametrize("arguments", MISUSE, ids=" ".join)
def test_misuse_is_one_line_and_exit_status_2(
    arguments: tuple[str, ...],
    drawing: Path,
    pix2pix_weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("no picture, no archive")
    given = {"tmp": tmp_path, "text": text, "drawing": drawing, "weights": pix2pix_weights}
    assert run_main(*(argument.format(**given) for argument in arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.splitlines()) == 1


def test_failure_is_one_line_and_exit_status_1(
    drawing: Path, pix2pix_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    options = ("--weights", pix2pix_weights, "--out", tmp_path / "out")
    assert run_main("generate", "pix2pix", drawing, *options) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_in_a_process_of_its_own_an_error_is_one_line(tmp_path: Path) -> None:
    process = start_cli("generate", "pix2pix", tmp_path / "none.png", "--out", tmp_path / "out", cwd=tmp_path)
    printed, errors = process.communicate()
    assert (process.returncode, printed, len(errors.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("given", ["list", "doctor", "train stylemini --help"])
def test_a_reader_that_leaves_early_is_no_error(given: str, tmp_path: Path) -> None:
    process = start_cli(*given.split(), cwd=tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    assert (process.wait(), errors) == (0, "")


def test_help_needs_no_heavy_import(tmp_path: Path) -> None:
    parsed = "import sys, pipelines.__main__ as cli; cli.build_parser(cli.VERBS).format_help()"
    script = f"{parsed}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_sheet_lays_folders_side_by_side_and_overwrites_nothing(
    drawing: Path, pix2pix_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, sheet = tmp_path / "made", tmp_path / "sheets" / "sheet.webp"
    assert run_main("generate", "pix2pix", drawing, "--weights", pix2pix_weights, "--seed", 7, "--out", made) == 0
    capsys.readouterr()
    sheet.parent.mkdir()
    sheet.write_bytes(b"somebody's own")
    assert run_main("sheet", drawing.parent, made, "--out", sheet) == 0
    second = sheet.with_name("sheet_2.webp")
    assert capsys.readouterr().out == f"{second}\n" and Image.open(second).width == 2 * 128
    assert sheet.read_bytes() == b"somebody's own"


def test_a_sheet_besides_overwrites_nothing_and_its_path_is_printed_last(
    drawing: Path, pix2pix_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, sheet = tmp_path / "made", tmp_path / "made" / "griffin-0-1.png"
    options = ("--weights", pix2pix_weights, "--out", out, "--count", 2, "--sheet", sheet)
    assert run_main("generate", "pix2pix", drawing, *options) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.name for path in paths] == ["griffin-0-0.png", "griffin-0-1.png", "griffin-0-1_2.png"]
    assert [Image.open(path).size for path in paths] == [(64, 64), (64, 64), (2 * 3 * 128, 128)]


def test_of_several_files_the_good_ones_are_made_and_each_bad_one_is_named(
    drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, last = tmp_path / "2-cut.jpg", tmp_path / "3-good.png"
    cut.write_bytes(drawing.read_bytes()[:300])
    drawing.rename(tmp_path / "1-good.png")
    noisy_picture(5, 64, 64).save(last)
    files = [tmp_path / "1-good.png", cut, tmp_path / "none.png", last]
    assert run_main("generate", "colorize", *files, "--out", tmp_path / "out") == 1
    told = capsys.readouterr()
    assert [Path(line).name for line in told.out.splitlines()] == ["1-good-color.png", "3-good-color.png"]
    bad = told.err.splitlines()
    assert len(bad) == 3 and "2-cut.jpg" in bad[0] and "none.png" in bad[1] and "2 of 4 files" in bad[2]


def test_one_bad_file_alone_is_named_too(drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(drawing.read_bytes()[:300])
    assert run_main("generate", "colorize", cut, "--out", tmp_path / "out") == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("pipelines: cut.jpg: the picture is damaged")
    assert len(told.err.splitlines()) == 1


def test_two_runs_never_overwrite_each_other_and_the_same_run_repeats_itself(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "cat.jpg", tmp_path / "b" / "cat.png"
    for number, path in enumerate((first, second)):
        path.parent.mkdir()
        noisy_picture(number, 64, 64).save(path)
    for system in ("lines", "colorize"):
        out = tmp_path / system
        for path in (first, second, first):
            assert run_main("generate", system, path, "--out", out) == 0
        suffix = {"lines": "lines", "colorize": "color"}[system]
        assert sorted(path.name for path in out.iterdir()) == [f"cat-{suffix}.png", f"cat-{suffix}_2.png"]
