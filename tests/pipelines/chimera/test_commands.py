from __future__ import annotations

from pathlib import Path

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
    settings = {"kind": "drawing", "background": "transparent", "fur": str(fur), "place": [0.2, 0.3], "other_seed": 4}
    options = {"weights": str(chimera_weights), "seed": 7, "count": 2, "settings": settings}
    one, other = (
        list(commands.generate(SYSTEM, [drawing], tmp_path / out, **options))  # type: ignore[arg-type]
        for out in ("out", "more")
    )
    paths = [path for path in one if isinstance(path, Path)]
    assert [path.name for path in paths] == ["griffin-7-0.png", "griffin-7-1.png"]
    assert Image.open(paths[0]).mode == "RGBA"
    origin = provenance.read(paths[1])
    assert (origin.seed, origin.index, origin.arguments["place"]) == (7, 1, [0.2, 0.3])
    assert set(origin.other_inputs) == {"fur"} and str(tmp_path) not in origin.to_json()
    assert [path.read_bytes() for path in other if isinstance(path, Path)] == [path.read_bytes() for path in paths]


@pytest.mark.parametrize("settings", [{"colour": "#fff"}, {"fur": "/no/such/picture.png"}, {"place": 3}])
def test_bad_arguments_are_refused(drawing: Path, tmp_path: Path, settings: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        list(commands.generate(SYSTEM, [drawing], tmp_path / "out", settings=settings))
    assert not (tmp_path / "out").exists()


def test_evaluation_is_of_pictures_that_trained_nothing(chimera_weights: Path) -> None:
    metrics = commands.evaluate(SYSTEM, "synthetic:24", weights=str(chimera_weights))
    assert metrics["n"] == 4 and isinstance(metrics["n"], int)
    own = {"l1", "ssim", "alpha_iou", "alpha_l1", "edge_f1", "edge_f1_real", "diversity"}
    own |= {"kid_scattering", "kid_efficientnet_lite0_floor", "kid_scattering_lines", "sha256_efficientnet_lite0"}
    assert own | {"size", "seed", "weights_sha256"} <= metrics.keys()
    reserved = chimera_weights / "held_out.txt"
    reserved.write_text("beetle/00000.png\n")
    listed = commands.evaluate(SYSTEM, "synthetic:24", weights=str(chimera_weights))
    reserved.unlink()
    assert listed["n"] == 1
