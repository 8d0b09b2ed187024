"""Whatever number comes in, from the command line, a settings file or a form: it is bounded, or one sentence."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipelines import commands, systems
from pipelines.common.describe import limits, without_none
from pipelines.common.errors import Misuse, StudioError, check_range, check_whole, quoted
from pipelines.data import synthetic
from pipelines.data.sources import open_source
from pipelines.jobs.installation import executors_from_environment
from pipelines.jobs.service import open_store
from pipelines.jobs.verbs import run_of
from pipelines.pipeline import check_seeds
from pipelines.training.config import settings_from_pairs

HUGE = (10**400, -(10**400), 99_999_999_999, -1e300, math.inf, -math.inf, math.nan)


def models() -> list[type[Any]]:
    found: list[type[Any]] = []
    for system in systems.SYSTEMS.values():
        found += [system.load_config(), system.load_pipeline().arguments_class]
    return found


def numbers(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    fields = model.model_fields.items()
    return [(name, field) for name, field in fields if without_none(field.annotation) in (int, float)]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_number_of_every_system_has_a_range(model: type[Any]) -> None:
    for name, field in numbers(model):
        assert None not in limits(field), f"{name} has no bounds"
        for value in HUGE:
            with pytest.raises(Misuse) as error:
                model.parse({name: value})
            assert len(str(error.value)) < 300 and name in str(error.value)
    for wrong in ([1], {"a": 1}, None, "many", [[[[[[[[]]]]]]]] * 50):
        for name, field in model.model_fields.items():
            try:
                model.parse({name: wrong})
            except Misuse as error:
                assert len(str(error)) < 700 and "\n" not in str(error), (name, field)


def test_the_channels_of_a_network_are_bounded() -> None:
    config = systems.find("chimera").load_config()
    for widths in ([8] * 5 + [10**6], [0] * 6, [8] * 100):
        with pytest.raises(Misuse, match="widths"):
            config.parse({"widths": widths})


@pytest.mark.parametrize("count", ["99999999999", "9" * 5000, "²", "-1", "1e3", str(synthetic.MOST + 1), "0"])
def test_so_many_drawings_nobody_needs(count: str) -> None:
    with pytest.raises(Misuse) as error:
        open_source(f"synthetic:{count}")
    assert error.value.code in ("argument_out_of_range", "data_source_unknown", "data_no_images")
    assert len(open_source("synthetic:24").entries) == 24


@pytest.mark.parametrize("wrong", [*HUGE, "7", None, True, [7], {"a": 7}, 0.5])
def test_a_range_holds_for_whatever_is_given(wrong: Any) -> None:
    with pytest.raises(Misuse) as error:
        check_whole("size", wrong, 1, 1024)
    assert len(str(error.value)) < 150
    for seed, count in ((wrong, 1), (1, wrong)):
        with pytest.raises(Misuse):
            check_seeds(seed, count)
    check_range("size", 0.5, 0, 1)


def test_what_was_given_is_quoted_shortly() -> None:
    assert (quoted(7), quoted("seven"), quoted(0.5)) == ("7", "'seven'", "0.5")
    assert all(len(quoted(value)) < 200 for value in (10**5000, "x" * 9999, [[[[1] * 99] * 99] * 99] * 99))


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000, "{", "2026-99-99"])
def test_a_setting_that_is_no_yaml_is_a_sentence(value: str) -> None:
    with pytest.raises(Misuse, match="steps"):
        settings_from_pairs([f"steps={value}"])


@pytest.mark.parametrize("name", ["colorize", "pix2pix", "lines"])
@pytest.mark.parametrize("wrong", [10**30, -1, math.nan, "all", 33.5])
def test_what_is_prepared_is_bounded(name: str, wrong: Any, tmp_path: Path) -> None:
    prepare: Any = systems.find(name).load_prepare()
    key = "most" if name == "lines" else "size"
    with pytest.raises(Misuse, match=key):
        prepare("synthetic:8", tmp_path / "out", **{key: wrong})
    assert not (tmp_path / "out").exists()


def test_a_job_of_any_number_is_there_or_not() -> None:
    store = open_store()
    for number in (0, -1, 2**63, 10**40):
        with pytest.raises(Misuse, match="no job"):
            store.get(number)
    for what in ("9" * 40, "²"):
        assert run_of(what) == Path(what)


@pytest.mark.parametrize("count", ["0", "-2", "9" * 5000, "²", "two", "1000"])
def test_processes_are_bounded(count: str) -> None:
    with pytest.raises(Misuse, match="STUDIO_PROCESSES"):
        executors_from_environment({"STUDIO_PROCESSES": count})


def test_the_seed_of_an_evaluation_is_bounded() -> None:
    for seed in (-1, 10**30):
        with pytest.raises(StudioError, match="seed"):
            commands.evaluate(systems.find("pix2pix"), "synthetic:24", seed=seed)
