from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines import commands, systems
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from tests.tools import noisy_picture

SYSTEM = systems.find("chimera")


def test_generated_files_say_how_they_were_made(drawing: Path, chimera_weights: Path, tmp_path: Path) -> None:
    fur = tmp_path / "fur.png"
    noisy_picture(2, 64, 64).save(fur)
    options = {"kind": "drawing", "background": "transparent", "fur": str(fur), "place": [0.2, 0.3], "other_seed": 4}
    paths = list(
        commands.generate(
            SYSTEM, [drawing], tmp_path / "out", weights=str(chimera_weights), seed=7, count=2, settings=options
        )
    )
    assert [path.name for path in paths] == ["griffin-7-0.png", "griffin-7-1.png"]
    assert Image.open(paths[0]).mode == "RGBA"
    origin = provenance.read(paths[1])
    assert (origin.seed, origin.index, origin.arguments["place"]) == (7, 1, [0.2, 0.3])
    assert set(origin.other_inputs) == {"fur"} and str(tmp_path) not in origin.to_json()
    again = list(
        commands.generate(
            SYSTEM, [drawing], tmp_path / "more", weights=str(chimera_weights), seed=7, count=2, settings=options
        )
    )
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


def test_without_provenance_nothing_is_said(drawing: Path, chimera_weights: Path, tmp_path: Path) -> None:
    (path,) = commands.generate(
        SYSTEM, [drawing], tmp_path, weights=str(chimera_weights), settings={}, provenance=False
    )
    assert b"chimera" not in path.read_bytes() and b"tEXt" not in path.read_bytes()


def test_bad_arguments_are_refused(drawing: Path, tmp_path: Path) -> None:
    for files, arguments in (
        ([drawing], {"colour": "#fff"}),
        ([], {}),
        ([drawing], {"fur": str(tmp_path / "none.png")}),
        ([drawing], {"place": 3}),
    ):
        with pytest.raises(Misuse):
            list(commands.generate(SYSTEM, files, tmp_path / "out", settings=arguments))
    assert not (tmp_path / "out").exists()


def test_a_sheet_shows_each_input_beside_what_was_made_of_it(
    drawing: Path, chimera_weights: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    list(
        commands.generate(
            SYSTEM, [drawing], tmp_path / "out", weights=str(chimera_weights), count=2, settings={}, sheet=sheet
        )
    )
    cells = np.asarray(Image.open(sheet))
    assert cells.shape[0] == 128 and cells.shape[1] >= 3 * 128 and (cells[:, :128] > 200).mean() > 0.8


def test_evaluation_is_of_pictures_that_trained_nothing(chimera_weights: Path) -> None:
    metrics = commands.evaluate(SYSTEM, "synthetic:24", weights=str(chimera_weights))
    assert metrics["n"] == 4 and isinstance(metrics["n"], int)
    wanted = {
        "l1",
        "ssim",
        "alpha_iou",
        "edge_f1",
        "edge_f1_real",
        "diversity",
        "kid_scattering",
        "fd_efficientnet_lite0",
    }
    assert wanted | {"size", "seed", "weights_sha256"} <= metrics.keys()
    (chimera_weights / "held_out.txt").write_text("beetle/00000.png\nfish/00001.png\n")
    listed = commands.evaluate(SYSTEM, "synthetic:24", weights=str(chimera_weights))
    (chimera_weights / "held_out.txt").unlink()
    assert listed["n"] == 2
