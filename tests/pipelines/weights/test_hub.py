from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx2
import huggingface_hub.constants
import pytest
import torch
from huggingface_hub.utils import filter_repo_objects
from safetensors.torch import save_file
from torch import nn

from pipelines.common.errors import Misuse, StudioError
from pipelines.weights import hub


class Scale(nn.Module):
    def __init__(self, width: int = 2) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width)


def write_weights(folder: Path, width: int = 2) -> Path:
    folder.mkdir(parents=True)
    save_file(Scale(width).half().state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"width": width}))
    return folder


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hub, "BUNDLED", tmp_path / "weights")
    return write_weights(tmp_path / "weights" / "scale")


def promote(home: Path, content: str) -> None:
    (home / "live").mkdir(parents=True)
    (home / "live" / "scale.json").write_text(content)


def test_a_bundled_model_is_found_by_name(bundled: Path) -> None:
    assert hub.resolve("scale") == bundled
    assert hub.bundled_names() == ["scale"]


def test_a_promoted_model_comes_first(bundled: Path, studio_home: Path, tmp_path: Path) -> None:
    live = write_weights(tmp_path / "live-scale", width=3)
    promote(studio_home, json.dumps({"folder": str(live)}))
    assert hub.resolve("scale") == live


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"folder": null}', '{"folder": "/gone/for/good"}'])
def test_a_broken_pointer_falls_back_to_the_bundled_model(bundled: Path, studio_home: Path, content: str) -> None:
    promote(studio_home, content)
    assert hub.resolve("scale") == bundled


def test_a_folder(tmp_path: Path) -> None:
    folder = write_weights(tmp_path / "own")
    assert hub.resolve(folder) == hub.resolve(str(folder)) == folder


@pytest.mark.parametrize("name", ["nothing-of-that-name", "../up", "/no/such/folder", "UPPER", "a b", "", "a/b/c"])
def test_an_unknown_name_lists_what_there_is(bundled: Path, name: str) -> None:
    with pytest.raises(Misuse) as error:
        hub.resolve(name)
    assert (error.value.code, error.value.values["allowed"]) == ("weights_not_found", "scale")


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_an_incomplete_folder_is_refused(tmp_path: Path, missing: str) -> None:
    folder = write_weights(tmp_path / "own")
    (folder / missing).unlink()
    with pytest.raises(Misuse) as error:
        hub.resolve(folder)
    assert error.value.code == "weights_incomplete"


def test_a_pickle_is_no_weights(tmp_path: Path) -> None:
    folder = write_weights(tmp_path / "own")
    torch.save(Scale().state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(Misuse):
        hub.resolve(folder)


def test_the_hub_out_of_reach_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(StudioError) as error:
        hub.resolve("nobody/nothing-of-that-name")
    assert error.value.code == "hub_unreachable"


@pytest.mark.parametrize("error", [httpx2.ReadError("reset"), httpx2.ProxyError(""), TimeoutError(), RuntimeError("x")])
def test_a_connection_that_breaks_is_said(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(hub, "snapshot_download", fail)
    with pytest.raises(StudioError) as said:
        hub.resolve("somebody/model")
    assert said.value.code == "hub_unreachable" and said.value.values["detail"]


def test_half_precision_is_read_into_full(tmp_path: Path) -> None:
    model = hub.load_model(Scale, write_weights(tmp_path / "own"))
    assert model.layer.weight.dtype == torch.float32 and not model.training


@pytest.mark.parametrize("config", ['{"width": 5}', '{"height": 2}', "[1]", "no json", '{"width": "x"}'])
def test_weights_of_another_network_are_refused(tmp_path: Path, config: str) -> None:
    folder = write_weights(tmp_path / "own")
    (folder / "config.json").write_text(config)
    with pytest.raises(Misuse) as error:
        hub.load_model(Scale, folder)
    assert error.value.code == "weights_mismatch" and "\n" not in str(error.value)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    folder = write_weights(tmp_path / "own")
    (folder / "model.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(Misuse) as error:
        hub.load_model(Scale, folder)
    assert error.value.code == "weights_mismatch"


def test_the_digest_follows_the_contents_and_not_the_place(tmp_path: Path) -> None:
    first = write_weights(tmp_path / "first")
    shutil.copytree(first, tmp_path / "copy")
    before = hub.weights_sha256(first)
    assert hub.weights_sha256(tmp_path / "copy") == before
    save_file({"layer.weight": torch.ones(9)}, first / "model.safetensors")
    assert hub.weights_sha256(first) != before


def test_a_file_of_weights_is_found_by_its_path_or_on_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    monkeypatch.setattr(hub, "fetch", lambda repository: tmp_path)
    assert hub.weights_file(str(file)) == file == hub.weights_file("owner/inception")
    (tmp_path / "other.safetensors").write_bytes(b"")
    for wrong in ("owner/inception", "inception.pth", "./nowhere/inception"):
        with pytest.raises(Misuse):
            hub.weights_file(wrong)


@pytest.mark.parametrize("layered", [True, False])
def test_of_a_model_of_parts_the_parts_alone_come(
    layered: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = ["v1-5-pruned.safetensors", "unet/diffusion_pytorch_model.safetensors", "unet/config.json"]
    there += ["unet/diffusion_pytorch_model.fp16.safetensors", "tokenizer/merges.txt", "model_index.json"]
    there += ["unet/diffusion_pytorch_model.bin"]
    taken: set[str] = set()

    def download(repository: str, allow_patterns: list[str], ignore_patterns: list[str] | None = None) -> str:
        files = [name for name in there if layered or name != "model_index.json"]
        chosen = set(filter_repo_objects(files, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns))
        for name in chosen:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("{}")
        taken.update(chosen)
        return str(tmp_path)

    monkeypatch.setattr(hub, "snapshot_download", download)
    assert hub.fetch("owner/model") == tmp_path
    whole = {"unet/diffusion_pytorch_model.safetensors", "unet/config.json", "tokenizer/merges.txt"}
    others = {"v1-5-pruned.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors"}
    assert taken == (whole | {"model_index.json"} if layered else whole | others)


def test_what_comes_with_the_project_stays_within_a_hosts_limits() -> None:
    sizes = [file.stat().st_size for file in hub.BUNDLED.rglob("*") if file.is_file()]
    assert max(sizes) < 24e6 and sum(sizes) < 100e6
