from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.__main__ import main
from pipelines.data import synthetic
from pipelines.edges.cutouts import WHITE, compose, cutout, to_bytes
from pipelines.edges.finding import auto_canny, black_on_white


def test_animals_are_nearer_to_animals_than_noise_and_keep_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    for name in ("lines", "animals", "noise"):
        (tmp_path / name).mkdir()
    for number in range(6):
        animal = to_bytes(compose(cutout(synthetic.draw(100 + number)), WHITE))
        black_on_white(auto_canny(animal)).save(tmp_path / "lines" / f"{number}.png")
        Image.fromarray(animal).save(tmp_path / "animals" / f"{number}-7-0.png")
        Image.fromarray(rng.integers(0, 255, (256, 256, 3), dtype=np.uint8)).save(tmp_path / "noise" / f"{number}.png")
    folders = [str(tmp_path / name) for name in ("lines", "animals", "noise")]
    assert main(["compare", *folders, "--real", "synthetic:12"]) == 0
    figures = json.loads(capsys.readouterr().out)
    animals, noise = figures["animals"], figures["noise"]
    assert animals["n"] == noise["n"] == 6 and animals["edge_f1"] > 0.95
    for name in ("kid_efficientnet_lite0", "kid_scattering", "fd_efficientnet_lite0", "fd_scattering"):
        assert animals[name] < noise[name] / 2, name

    (tmp_path / "later").mkdir()
    again = (tmp_path / "animals").rename(tmp_path / "later" / "noise")
    assert main(["compare", folders[0], folders[2], str(again), "--real", "synthetic:12"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures == {folders[2]: noise, str(again): animals}, "folders of one name are told by their paths"

    (tmp_path / "one").mkdir()
    (tmp_path / "lines" / "0.png").rename(tmp_path / "one" / "0.png")
    assert main(["compare", str(tmp_path / "one"), folders[2], "--real", "synthetic:12"]) == 2
    assert "at least 2" in capsys.readouterr().err

    (tmp_path / "noise" / "3.png").unlink()
    assert main(["compare", folders[0], folders[2], "--real", "synthetic:12"]) == 2
    assert "noise/3.png" in capsys.readouterr().err
