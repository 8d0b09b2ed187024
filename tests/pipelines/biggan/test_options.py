from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import Tensor

from pipelines.biggan import objective as objective_module
from pipelines.biggan.config import BigGANConfig
from pipelines.biggan.objective import BigGANObjective
from pipelines.common.errors import Misuse
from pipelines.data.resident import to_unit
from pipelines.training.run import Run
from tests.pipelines.accelerators import in_float32
from tests.pipelines.biggan.shared import QUICK

ONCE = {"discriminator_steps": 1}
QUARTER = QUICK["noise_dim"] // 4


def taught(**settings: Any) -> tuple[BigGANObjective, dict[str, float]]:
    """Return an objective after one step, and what that charts."""
    objective = BigGANObjective(BigGANConfig.parse({**QUICK, **ONCE, "generator_rate": 5e-3, **settings}))
    torch.manual_seed(1)
    charted = objective.step(next(iter(objective.batches(0))), in_float32())
    return objective, {name: float(value) for name, value in charted.items()}


def drawn(objective: BigGANObjective, mirrored: slice = slice(0)) -> Tensor:
    """Draw a picture of each of two classes, a part of their noise negated before."""
    noise = torch.randn(2, QUICK["noise_dim"], generator=torch.Generator().manual_seed(1))
    noise[:, mirrored] *= -1
    objective.modules["generator"].eval()
    with torch.no_grad():
        return objective.generate(noise, torch.tensor([0, 1]))


def check_consistency(objective: BigGANObjective, charted: dict[str, float]) -> None:
    assert charted["consistency"] > 0
    networks: list[Any] = [one.modules["discriminator"] for one in (objective, taught()[0])]
    assert not torch.equal(*(network.blocks[0].conv1.conv.bias for network in networks)), "it is in the loss"


def check_attention(objective: BigGANObjective, _: object) -> None:
    networks: list[Any] = [objective.modules[name] for name in ("generator", "discriminator")]
    assert all(network.attention.gamma != 0 for network in networks), "it began as 0, and has learnt"
    before = drawn(objective)
    networks[0].attention.gamma.data.zero_()
    assert not torch.equal(before, drawn(objective))


def check_shared(objective: BigGANObjective, _: object) -> None:
    untaught: Any = BigGANObjective(objective.config).modules["generator"]
    generator: Any = objective.modules["generator"]
    assert not torch.equal(generator.shared.weight, untaught.shared.weight), "it has learnt"
    before = drawn(objective)
    generator.shared.weight.data.copy_(generator.shared.weight.flip(0))
    assert not torch.allclose(before, drawn(objective), atol=1e-4), "another class's row draws another picture"


def check_hierarchical(objective: BigGANObjective, _: object) -> None:
    begun: list[Tensor] = []
    generator: Any = objective.modules["generator"]
    generator.first.register_forward_hook(lambda module, given, made: begun.append(made))
    before = drawn(objective)
    changed = [drawn(objective, slice(start, start + QUARTER)) for start in range(0, 4 * QUARTER, QUARTER)]
    assert not any(torch.allclose(before, one, atol=1e-4) for one in changed), "each part counts"
    assert [torch.equal(begun[0], one) for one in begun[1:]] == [False, True, True, True], "the first layer has one"


def check_orthogonal(objective: BigGANObjective, _: object) -> None:
    generator: Any = objective.modules["generator"]
    rows = generator.blocks[0].shortcut.conv.parametrizations.weight.original.flatten(1)
    assert torch.allclose(rows @ rows.T, torch.eye(len(rows)), atol=0.05), "still nearly so, a step later"


Check = Callable[[BigGANObjective, dict[str, float]], None]
OPTIONS: list[tuple[dict[str, Any], Check]] = [
    ({"consistency": 10.0}, check_consistency),
    ({"attention": True}, check_attention),
    ({"shared_dim": 8}, check_shared),
    ({"shared_dim": 8, "hierarchical": True}, check_hierarchical),
    ({"init": "orthogonal"}, check_orthogonal),
]


@pytest.mark.parametrize(("settings", "check"), OPTIONS)
def test_each_option_takes_part_in_a_step_whose_losses_are_finite(settings: dict[str, Any], check: Check) -> None:
    objective, charted = taught(**settings)
    assert {"generator", "discriminator"} <= charted.keys()
    assert all(math.isfinite(value) for value in charted.values())
    check(objective, charted)


def shown_pictures(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> tuple[Tensor, list[Tensor]]:
    """Return a batch's pictures, and what the discriminator is shown of them: as they are, and to be consistent."""
    monkeypatch.setattr(objective_module, "augment", lambda x: x)
    objective = BigGANObjective(BigGANConfig.parse({**QUICK, **ONCE, "consistency": 1.0, **settings}))
    shown: list[Tensor] = []
    objective.modules["discriminator"].register_forward_pre_hook(lambda module, given: shown.append(given[0].detach()))
    batch = next(iter(objective.batches(0)))
    objective.step(batch, in_float32())
    return to_unit(batch["picture"]), [shown[0], shown[2]]


def test_without_flips_pictures_are_shown_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, shown = shown_pictures(monkeypatch, flips=False)
    assert all(torch.equal(one, pictures) for one in shown)


def test_flips_mirror_some_pictures_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    pictures, (plain, changed) = shown_pictures(monkeypatch)
    for before, after in ((pictures, plain), (plain, changed)):
        mirrored = [torch.equal(two, one.flip(2)) for one, two in zip(before, after, strict=True)]
        assert 0 < sum(mirrored) < len(mirrored)
        assert all(flipped or torch.equal(*pair) for flipped, *pair in zip(mirrored, before, after, strict=True))


def test_a_run_from_before_flips_were_a_setting_goes_on(tmp_path: Path) -> None:
    run, config = Run(tmp_path / "run"), BigGANConfig.parse(QUICK)
    run.prepare("biggan", config)
    old = run.settings()
    assert old.pop("flips") is True and old.pop("system") == "biggan"
    run.config_file.write_text(yaml.safe_dump({"system": "biggan", **old}))
    assert BigGANConfig.parse(old) == config
    with pytest.raises(Misuse, match="flips was True, now False"):
        run.prepare("biggan", BigGANConfig.parse({**QUICK, "flips": False}))
    run.prepare("biggan", BigGANConfig.parse(old))
    assert run.settings()["flips"] is True
    with pytest.raises(Misuse, match="jitter"):
        run.prepare("biggan", BigGANConfig.parse({**QUICK, "jitter": True}))
