from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from demos.shared import models
from pipelines.common.errors import Misuse
from pipelines.weights import hub, live
from tests.tools import png, sketch


@pytest.fixture
def exports(pix2pix_weights: Path, tmp_path: Path) -> list[Path]:
    """Two exports that differ."""
    import torch
    from safetensors.torch import load_file, save_file

    made = []
    for number in range(2):
        folder = tmp_path / f"export-{number}"
        shutil.copytree(pix2pix_weights, folder)
        tensors = load_file(folder / "model.safetensors")
        tensors["head.bias"] = tensors["head.bias"] + torch.tensor(0.3 * number)
        save_file(tensors, folder / "model.safetensors")
        made.append(folder)
    return made


def test_promoted_weights_are_live_at_once_and_can_be_taken_back(exports: list[Path]) -> None:
    bundled = hub.resolve("pix2pix")
    first, second = (live.promote("pix2pix", export, export.name) for export in exports)
    assert hub.resolve("pix2pix") == Path(second.folder) and Path(second.folder) not in exports
    assert hub.weights_sha256(hub.resolve("pix2pix")) == second.weights_sha256 == hub.weights_sha256(exports[1])
    assert [one.source for one in live.history("pix2pix")] == ["export-1", "export-0"]
    assert live.undo("pix2pix") == first and hub.resolve("pix2pix") == Path(first.folder)
    assert live.undo("pix2pix") is None and hub.resolve("pix2pix") == bundled
    with pytest.raises(Misuse) as error:
        live.undo("pix2pix")
    assert error.value.code == "nothing_promoted"


def test_the_page_paints_with_them_without_a_restart(exports: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_opened", {})
    live.promote("pix2pix", exports[0], "one")
    before = models.live("pix2pix")(sketch(100), seed=1).images[0]
    assert models.live("pix2pix") is models.live("pix2pix"), "opened once"
    live.promote("pix2pix", exports[1], "two")
    after = models.live("pix2pix")(sketch(100), seed=1)
    assert png(after.images[0]) != png(before)
    assert after.provenance[0].weights_sha256 == hub.weights_sha256(exports[1])
    live.undo("pix2pix")
    assert png(models.live("pix2pix")(sketch(100), seed=1).images[0]) == png(before)


def test_what_is_live_outlives_its_run(exports: list[Path]) -> None:
    live.promote("pix2pix", exports[0], "one")
    shutil.rmtree(exports[0])
    assert hub.weights_sha256(hub.resolve("pix2pix"))


def test_what_cannot_be_opened_is_not_promoted(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misuse):
        live.promote("pix2pix", tmp_path / "empty", "nothing")
    assert live.history("pix2pix") == []


def test_a_damaged_pointer_means_the_bundled_weights() -> None:
    bundled = hub.resolve("pix2pix")
    pointer = hub.live_pointer("pix2pix")
    pointer.parent.mkdir(parents=True)
    for content in ("", "{", "[]", '{"folder": 3}'):
        pointer.write_text(content)
        assert hub.resolve("pix2pix") == bundled and live.history("pix2pix") == []


def test_old_copies_go(exports: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REMEMBERED", 1)
    first = live.promote("pix2pix", exports[0], "one")
    long_ago = time.time() - 7200
    os.utime(first.folder, (long_ago, long_ago))
    second = live.promote("pix2pix", exports[1], "two")
    assert Path(first.folder).exists(), "it was live a moment ago, and somebody may be opening it"
    os.utime(first.folder, (long_ago, long_ago))
    live.promote("pix2pix", exports[1], "two again")
    assert not Path(first.folder).exists() and Path(second.folder).exists()


def test_what_is_taken_back_stays_for_whoever_is_opening_it(exports: list[Path]) -> None:
    long_ago = time.time() - 7200
    for export in exports:
        os.utime(export, (long_ago, long_ago))  # which the copy has of it
    _, second = (live.promote("pix2pix", export, export.name) for export in exports)
    live.undo("pix2pix")
    assert Path(second.folder).exists()


def test_where_the_promoted_folder_is_gone_the_bundled_weights_are_live(exports: list[Path]) -> None:
    bundled = hub.resolve("pix2pix")
    shutil.rmtree(live.promote("pix2pix", exports[0], "one").folder)
    assert hub.live_folder("pix2pix") is None and hub.resolve("pix2pix") == bundled
