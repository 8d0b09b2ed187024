from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from demos.admin import devices
from demos.admin.auth import Gate
from demos.admin.devices import Devices, kept_key


def test_only_our_own_cookies_name_a_device() -> None:
    ours = Devices(b"key")
    cookie, other = ours.cookie(), ours.cookie()
    assert ours.name_in(cookie) not in (None, ours.name_in(other)) and ours.name_in(cookie) == ours.name_in(cookie)
    name, made, signature = cookie.split(".")
    later = f"{name}.{int(made) + 9}.{signature}"
    for forged in ("", ".", "..", "a.b.c", "\xff.1.\xff", cookie[:-1], cookie + "0", later, Devices(b"x").cookie()):
        assert ours.name_in(forged) is None


def test_a_device_is_forgotten_after_half_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Devices(b"key")
    cookie = ours.cookie()
    later = time.time() + devices.SECONDS + 1
    monkeypatch.setattr(devices, "time", SimpleNamespace(time=lambda: later))
    assert ours.name_in(cookie) is None


def test_a_studio_that_is_started_anew_knows_its_administrators_browsers(studio_home: Path) -> None:
    first, _ = Gate.from_environment({"ADMIN_PASSWORD": "a"})
    again, _ = Gate.from_environment({"ADMIN_PASSWORD": "b"})
    assert again.devices.name_in(first.devices.cookie()) is not None
    (file,) = studio_home.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_where_no_key_can_be_kept_there_is_one_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "short").write_bytes(b"x")
    for path in (tmp_path / "file" / "key", tmp_path / "short"):
        assert len(kept_key(path)) == devices.KEY_BYTES and kept_key(path) != kept_key(path)
