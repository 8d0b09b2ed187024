from __future__ import annotations

import re
from typing import get_args

import pytest

from pipelines import systems
from tests.pipelines.test_command_line import run_main

OPTION = re.compile(r"^  (--[a-z-]+)", re.MULTILINE)


def helped(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What help says on a verb and a system."""
    assert run_main(*arguments, "--help") == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("system", systems.SYSTEMS)
def test_help_on_a_system_lists_each_of_its_own_arguments_with_default_and_range(
    system: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = helped(capsys, "generate", system)
    own = systems.find(system).load_pipeline().arguments_class.model_fields
    for name, field in own.items():
        default = {(): "[]", None: "none", (0.5, 0.5): "[0.5, 0.5]"}.get(field.default, field.default)
        (line,) = [line for line in told.splitlines() if line.startswith(f"  {name}=")]
        assert line.startswith(f"  {name}={default} ")
        span = line.removeprefix(f"  {name}={default}").partition(";")[0]
        bounds = [
            getattr(part, bound)
            for part in field.metadata
            for bound in ("ge", "gt", "le", "lt")
            if hasattr(part, bound)
        ]
        choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
        assert all(re.search(rf"(^| ){re.escape(str(one))}( |$)", span) for one in bounds + choices), line
        assert bounds or field.annotation not in (int, float, int | None, float | None), f"{name} has no range"
    first = next(iter(own))
    assert f"--KEY VALUE or --set KEY=VALUE, such as --{first} VALUE" in told


@pytest.mark.parametrize("system", systems.SYSTEMS)
def test_help_on_a_system_lists_the_options_that_it_takes_and_no_other(
    system: str, capsys: pytest.CaptureFixture[str]
) -> None:
    every = set(OPTION.findall(helped(capsys, "generate")))
    assert {"--seed", "--count", "--transparent", "--sheet", "--out", "--export"} <= every
    told = helped(capsys, "generate", system)
    seeded = systems.find(system).load_pipeline().seeded
    left_out = {"--set"} | (set() if seeded else {"--seed", "--count"})
    left_out |= set() if system == "chimera" else {"--transparent"}
    assert set(OPTION.findall(told)) == every - left_out
    assert ("--sheet COLUMNSxROWS" in told) == (system == "biggan")
    assert re.search(r"--out FOLDER +.*\(default: made\b", told)
    if seeded:
        assert re.search(r"--seed N +0 to 2147483647;.*\(default: 0\)", told)
        assert re.search(r"--count K +1 to 10000,.*\(default: 1\)", told)


@pytest.mark.parametrize("system", systems.SYSTEMS)
def test_help_on_training_lists_presets_and_settings(system: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = helped(capsys, "train", system)
    assert re.search(r"  batch_size=\d+ ", told) and "1 to 4096" in told and "smoke" in told and "--recipe" in told
