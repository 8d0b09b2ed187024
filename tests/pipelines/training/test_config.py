from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.common.errors import Misuse
from pipelines.pix2pix.config import Pix2PixConfig
from pipelines.training.config import FREE_ON_RESUME, TrainingConfig, load_yaml, settings_from_pairs


@pytest.mark.parametrize(
    ("setting", "value"),
    [("steps", 0), ("batch_size", "many"), ("ema_decay", 1.0), ("precision", "int8"), ("stepz", 3), ("seed", -1)],
)
def test_a_bad_setting_is_named_with_its_value(setting: str, value: Any) -> None:
    with pytest.raises(Misuse) as error:
        TrainingConfig.parse({setting: value})
    assert (error.value.code, error.value.values["name"]) == ("setting_invalid", setting)
    assert repr(value) in str(error.value)


def test_yaml_round_trip() -> None:
    config = Pix2PixConfig.parse({"size": 64, "levels": 6, "trackers": ["tensorboard"], "start_from": "runs/a"})
    assert Pix2PixConfig.parse(yaml.safe_load(config.to_yaml())) == config


def test_what_may_change_on_resume_exists() -> None:
    assert set(TrainingConfig.model_fields) >= FREE_ON_RESUME


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("a=3", 3),
        ("a=2.5e-4", 2.5e-4),
        ("a=2e-4", "2e-4"),  # a string to YAML; pydantic makes it a number
        ("a=[x, y]", ["x", "y"]),
        ("a=null", None),
        ("a=folder:/x=y", "folder:/x=y"),
        ("a=#ff0000", "#ff0000"),
    ],
)
def test_pairs_are_read(pair: str, value: Any) -> None:
    assert settings_from_pairs([pair]) == {"a": value}


def test_a_rate_may_be_written_short() -> None:
    settings = settings_from_pairs(["learning_rate=2e-4"])
    assert Pix2PixConfig.parse(settings).learning_rate == 2e-4


@pytest.mark.parametrize("pair", ["steps", "a=[1", "a={"])
def test_a_broken_pair_is_refused(pair: str) -> None:
    with pytest.raises(Misuse) as error:
        settings_from_pairs([pair])
    assert error.value.code == "setting_invalid"


@pytest.mark.parametrize(
    ("text", "code"), [("- a\n- b\n", "setting_invalid"), ("a: [", "setting_invalid"), (None, "file_not_found")]
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str | None, code: str) -> None:
    path = tmp_path / "settings.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Misuse) as error:
        load_yaml(path)
    assert error.value.code == code


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(Misuse):
        load_yaml(path)
