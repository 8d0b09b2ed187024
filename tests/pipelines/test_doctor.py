from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import doctor
from pipelines.weights import hub


def test_every_finding_begins_with_its_verdict() -> None:
    findings = list(doctor.examine())
    assert {finding.split()[0] for finding in findings} <= {"ok", "note", "MISSING"}
    assert any("device cpu" in finding for finding in findings)
    assert all(len(finding.splitlines()) == 1 for finding in findings)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED", ("torch", "no-such-package"))
    missing = [finding for finding in doctor.examine() if finding.startswith("MISSING")]
    assert any("no-such-package" in finding for finding in missing)
    assert not any("torch" in finding for finding in missing)


def test_missing_weights_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "BUNDLED", tmp_path / "none")
    assert any(finding.startswith("MISSING  bundled weights") for finding in doctor.examine())


def test_the_home_is_named_and_not_made(studio_home: Path) -> None:
    assert any(str(studio_home) in finding for finding in doctor.examine())
    assert not studio_home.exists()
