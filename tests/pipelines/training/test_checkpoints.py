from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import SafetensorError

from pipelines.common.errors import StudioError
from pipelines.training import checkpoints
from pipelines.training.checkpoints import Checkpoint, CheckpointStore, pack, restore_optimizer, unpack


def test_a_tree_comes_back_as_it_was(tmp_path: Path) -> None:
    state: dict[str, Any] = {
        "weights": {"a": torch.randn(2, 3), "b": torch.tensor(3), "h": torch.ones(2, dtype=torch.bfloat16)},
        "optimizer": {"state": {0: {"step": torch.tensor(1.0)}, 1: {}}, "groups": [{"lr": 1e-3, "params": [0, 1]}]},
        "none": None,
        "flag": True,
        "words": "läuft",
        "large": 2**60,
    }
    store = CheckpointStore(tmp_path, keep=1)
    store.save(Checkpoint(3, state))
    loaded = store.load_last()
    assert loaded is not None and loaded.step == 3
    assert str(loaded.state) == str(state)
    assert torch.equal(loaded.state["weights"]["a"], state["weights"]["a"])
    assert list(loaded.state["optimizer"]["state"]) == [0, 1]


def test_tensors_that_share_memory_are_kept_apart(tmp_path: Path) -> None:
    base = torch.arange(6.0)
    store = CheckpointStore(tmp_path, keep=1)
    store.save(Checkpoint(1, {"whole": base, "part": base[2:4], "turned": base.view(2, 3).t()}))
    state = store.load(1).state
    assert torch.equal(state["part"], base[2:4]) and torch.equal(state["turned"], base.view(2, 3).t())


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="complex at /a/0"):
        pack({"a": [1j]}, {})


def test_pack_and_unpack_are_inverse() -> None:
    tensors: dict[str, torch.Tensor] = {}
    value = {"a": [1, 2.5, {"b": torch.ones(2)}], 7: None}
    assert str(unpack(pack(value, tensors), tensors)) == str(value)


def test_the_last_ones_and_the_best_stay(tmp_path: Path) -> None:
    store = CheckpointStore(tmp_path, keep=2)
    for step in range(1, 7):
        store.save(Checkpoint(step, {}))
        if step == 2:
            store.mark_best(2, 0.5)
    assert store.steps() == [2, 5, 6]
    assert store.best() == (2, 0.5)


def test_a_reader_leaves_what_another_is_writing_and_the_writer_sweeps_it_away(tmp_path: Path) -> None:
    store = CheckpointStore(tmp_path, keep=2)
    store.save(Checkpoint(1, {"a": torch.ones(1)}))
    (tmp_path / ".writing-1").mkdir()
    (tmp_path / ".writing-1" / "tensors.safetensors").write_bytes(b"half")
    loaded = store.load_last()
    assert loaded is not None and loaded.step == 1
    assert (tmp_path / ".writing-1").exists()
    store.sweep()
    assert not (tmp_path / ".writing-1").exists()


def test_the_best_by_one_metric_is_not_the_best_by_another(tmp_path: Path) -> None:
    store = CheckpointStore(tmp_path, keep=2)
    store.mark_best(3, 0.1, "l1")
    assert store.best("l1") == store.best() == (3, 0.1) and store.best("kid") is None


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    store = CheckpointStore(tmp_path / "not made yet", keep=2)
    assert store.load_last() is None and store.best() is None and store.steps() == []


def test_a_full_disk_as_safetensors_reports_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(checkpoints, "save_file", full)
    with pytest.raises(StudioError) as error:
        CheckpointStore(tmp_path, keep=1).save(Checkpoint(1, {"a": torch.ones(1)}))
    assert error.value.code == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CheckpointStore(tmp_path, keep=1)
    store.save(Checkpoint(1, {"a": torch.ones(1)}))

    def fail(*_: object) -> None:
        raise PermissionError("read only")

    monkeypatch.setattr(checkpoints, "save_file", fail)
    with pytest.raises(PermissionError):
        store.save(Checkpoint(2, {"a": torch.zeros(1)}))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]


def test_an_optimizer_goes_on_in_the_layout_of_its_weights() -> None:
    weight = torch.nn.Parameter(torch.randn(4, 3, 2, 2).to(memory_format=torch.channels_last))
    optimizer = torch.optim.Adam([weight])
    weight.grad = torch.randn_like(weight)
    optimizer.step()
    tensors: dict[str, torch.Tensor] = {}
    state = unpack(pack(optimizer.state_dict(), tensors), tensors)
    fresh = torch.optim.Adam([weight])
    restore_optimizer(fresh, state)
    assert fresh.state[weight]["exp_avg"].stride() == weight.stride()
    assert torch.equal(fresh.state[weight]["exp_avg"], optimizer.state[weight]["exp_avg"])
