from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipelines import commands, systems
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.data.sources import open_source
from pipelines.pix2pix.config import Pix2PixConfig
from pipelines.pix2pix.objective import Pix2PixObjective
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.pix2pix.prepare import prepare
from pipelines.training.run import Run
from tests.tools import TINY, encoded, noisy_picture, png, sketch

SYSTEM = systems.find("pix2pix")


def made(files: list[Path], out: Path, *, weights: Path, **options: Any) -> list[Path]:
    return [
        one for one in commands.generate(SYSTEM, files, out, weights=str(weights), **options) if isinstance(one, Path)
    ]


def test_prepared_pairs_can_be_trained_on_but_not_be_prepared_again(tmp_path: Path) -> None:
    line = prepare("synthetic:24", tmp_path / "pairs", size=64)
    said = line.removeprefix(str(tmp_path))
    assert "24 pictures" not in said and "held out" in said
    train, held_out = (open_source(f"pairs:{tmp_path / 'pairs' / part}") for part in ("train", "held_out"))
    assert len(train.entries) + len(held_out.entries) == 24 and train.paired
    assert {entry.label for entry in train.entries} == {"beetle", "fish", "bird", "cow"}
    assert all(train.load(entry).size == (128, 64) for entry in train.entries)
    settings = {**TINY, "data": train.name, "direction": "picture_to_edges"}
    batch = next(iter(Pix2PixObjective(Pix2PixConfig.parse(settings)).batches(0)))
    assert (batch["source"].shape[1], batch["target"].shape[1]) == (3, 1)
    with pytest.raises(Misuse) as error:
        prepare(train.name, tmp_path / "again")
    assert error.value.code == "setting_invalid"


def test_pictures_that_differ_in_their_suffix_alone_are_both_kept(tmp_path: Path) -> None:
    (tmp_path / "in" / "a").mkdir(parents=True)
    for number in range(24):
        for kind, suffix in (("PNG", "png"), ("JPEG", "jpg")):
            picture = noisy_picture(2 * number + (kind == "PNG"), 64, 64)
            (tmp_path / "in" / "a" / f"{number}.{suffix}").write_bytes(encoded(picture, kind))
    prepare(f"folder:{tmp_path / 'in'}", tmp_path / "out", size=32)
    assert len(list((tmp_path / "out").rglob("*.png"))) == 48


@pytest.mark.parametrize("arguments", [{"size": 16}, {"size": 4096}, {"direction": "sideways"}])
def test_prepare_refuses_bad_arguments(tmp_path: Path, arguments: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        prepare("synthetic:24", tmp_path, **arguments)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_generated_files_say_how_they_were_made(drawing: Path, pix2pix_weights: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"settings": {"kind": "drawing", "background": "#00ff00"}, "seed": 7, "count": 2}
    paths = made([drawing], tmp_path / "out", weights=pix2pix_weights, **options)
    assert [path.name for path in paths] == ["griffin-7-0.png", "griffin-7-1.png"]
    origin = provenance.read(paths[1])
    assert (origin.seed, origin.index, origin.arguments["background"]) == (7, 1, "#00ff00")
    pipe = Pix2PixPipeline.from_pretrained(pix2pix_weights)
    again = pipe(Image.open(drawing), seed=7, count=2, **origin.arguments).images[1]
    assert np.array_equal(np.asarray(again), np.asarray(Image.open(paths[1])))


def test_without_provenance_nothing_is_said(drawing: Path, pix2pix_weights: Path, tmp_path: Path) -> None:
    (path,) = made([drawing], tmp_path, weights=pix2pix_weights, settings={}, provenance=False)
    assert b"pix2pix" not in path.read_bytes() and b"tEXt" not in path.read_bytes()


def test_files_of_the_same_name_do_not_overwrite_each_other(pix2pix_weights: Path, tmp_path: Path) -> None:
    files = []
    for folder, side in (("a", 200), ("b", 300)):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "cat.png")
        files[-1].write_bytes(png(sketch(side, width=0.01 * side / 200)))
    paths = made(files, tmp_path / "out", weights=pix2pix_weights, settings={})
    assert len(set(paths)) == 2


def test_unknown_arguments_are_refused(drawing: Path, tmp_path: Path) -> None:
    for files, arguments in (([drawing], {"colour": "#fff"}), ([], {})):
        with pytest.raises(Misuse):
            list(commands.generate(SYSTEM, files, tmp_path / "out", settings=arguments))
    assert not (tmp_path / "out").exists()


def test_evaluation_is_of_the_held_out_tenth(pix2pix_weights: Path) -> None:
    metrics = commands.evaluate(SYSTEM, "synthetic:24", weights=str(pix2pix_weights))
    assert metrics["n"] == 4 and isinstance(metrics["n"], int)
    assert {"l1", "ssim", "edge_f1", "edge_f1_real", "diversity", "size", "seed", "weights_sha256"} <= metrics.keys()
    assert commands.evaluate(SYSTEM, "synthetic:24", weights=str(pix2pix_weights)) == metrics


def test_an_export_is_what_the_run_exported_and_leaves_the_card(pix2pix_run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("by hand")
    last = pix2pix_run.settings()["steps"]
    assert commands.export(SYSTEM, pix2pix_run.path, tmp_path) == last
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / name).read_bytes() == (pix2pix_run.exports / "last" / name).read_bytes()
    assert (tmp_path / "README.md").read_text() == "by hand"
    assert commands.export(SYSTEM, pix2pix_run.path, tmp_path / "earlier", step=last // 2) == last // 2
    assert Pix2PixPipeline.from_pretrained(tmp_path / "earlier").size == 64
    for run, step in ((tmp_path / "none", None), (pix2pix_run.path, last - 1)):
        with pytest.raises(Misuse) as error:
            commands.export(SYSTEM, run, tmp_path / "out", step=step)
        assert error.value.code == "run_not_found"


def test_a_sheet_shows_each_input_beside_what_was_made_of_it(
    drawing: Path, pix2pix_weights: Path, tmp_path: Path
) -> None:
    other, sheet = tmp_path / "other.png", tmp_path / "sheet.png"
    sketch(200, width=0.02).rotate(90).save(other)
    options: dict[str, Any] = {"count": 2, "settings": {}, "sheet": sheet}
    paths = made([drawing, other], tmp_path / "out", weights=pix2pix_weights, **options)
    shown = Image.open(sheet)
    assert shown.size == (2 * 3 * 128, 128) and len(paths) == 4
    cells = [np.asarray(shown.crop((128 * n, 0, 128 * (n + 1), 128)), int) for n in range(6)]
    alone = [np.asarray(Image.open(path).resize((128, 128), Image.Resampling.LANCZOS), int) for path in paths]
    assert all(np.abs(cells[n] - picture).max() <= 1 for n, picture in zip((1, 2, 4, 5), alone, strict=True))
    assert all((cells[n] > 200).mean() > 0.8 for n in (0, 3)), "lines are black on white"


def test_a_large_file_is_seen_as_what_the_page_keeps_of_it(pix2pix_weights: Path, tmp_path: Path) -> None:
    large, kept = tmp_path / "large.png", tmp_path / "kept.png"
    sketch(1600).save(large)
    decode(large, max_side=1024).save(kept)
    one, other = made([large, kept], tmp_path / "out", weights=pix2pix_weights, settings={})
    assert np.array_equal(np.asarray(Image.open(one)), np.asarray(Image.open(other)))
    assert provenance.read(one).input_sha256 == provenance.read(other).input_sha256
    assert str(tmp_path) not in provenance.read(one).to_json()
