from __future__ import annotations

import pytest
import torch

from pipelines.common import device
from pipelines.common.device import Placement, choose
from pipelines.common.errors import Misuse


def test_the_processor_is_always_there_and_last() -> None:
    assert device.available_devices()[-1] == "cpu"
    assert choose("cpu").device.type == "cpu"


def test_auto_takes_the_best() -> None:
    assert choose("auto").device.type == device.available_devices()[0]


@pytest.mark.parametrize("name", ["", "gpu", "CPU", "tpu", "cpu:1", "cuda:99", "cuda:x", "cuda:-1"])
def test_an_unknown_device_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(Misuse) as error:
        choose(name)
    assert error.value.code == "device_unknown" and "cpu" in error.value.values["allowed"]


@pytest.mark.parametrize("capability", ["amx_bf16", "avx512_bf16", "bf16"])
def test_bf16_where_the_processor_multiplies_it(capability: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {capability: True}, raising=False)
    assert choose("cpu").dtype == torch.bfloat16
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {capability: False, "avx2": True}, raising=False)
    assert choose("cpu").dtype == torch.float32


def test_float32_means_no_autocast() -> None:
    product = {}
    for dtype in (torch.float32, torch.bfloat16):
        with Placement(torch.device("cpu"), dtype).autocast():
            product[dtype] = (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
    assert product == {torch.float32: torch.float32, torch.bfloat16: torch.bfloat16}
