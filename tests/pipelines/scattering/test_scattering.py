from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.__main__ import main
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.scattering import encoding
from pipelines.scattering.config import ScatteringConfig
from pipelines.scattering.evaluation import gaussianity
from pipelines.scattering.objective import ScatteringObjective, export_weights
from pipelines.scattering.pipeline import ScatteringPipeline
from pipelines.scattering.views import random_view
from pipelines.training.averaging import averaged_of, settings_and_checkpoint
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from pipelines.weights import hub
from tests.pipelines.accelerators import in_float32
from tests.pipelines.scattering.shared import QUICK, SMALL
from tests.tools import as_pairs, noisy_picture


def objective(codes: Path, **settings: Any) -> ScatteringObjective:
    return ScatteringObjective(ScatteringConfig.parse({**QUICK, "codes": str(codes), **settings}))


def test_a_training_charts_both_losses_each_epoch_and_learns(run: Run) -> None:
    lines = list(run.metrics())
    last = [line for line in lines if line["kind"] == "train"][-1]
    assert {"l1", "l1_epoch", "l1_validation"} <= last.keys() and last["l1_epoch"] < 0.8 * lines[0]["l1"]
    assert run.log_file.read_text().count("validation") >= 40 // 6
    evaluated = lines[-1]
    assert {"l1", "psnr", "ssim", "psnr_train", "ssim_train", "n"} <= evaluated.keys()
    assert {"kid_efficientnet_lite0", "kid_efficientnet_lite0_floor"} <= evaluated.keys()
    sheets = sorted(run.previews.iterdir())
    assert Image.open(sheets[-1]).size == (320, 6 * 32)


def test_a_reconstruction_is_nearer_than_an_untrained_one(run: Run, pipe: ScatteringPipeline, codes: Path) -> None:
    trained = [line for line in run.metrics() if line["kind"] == "evaluate"][-1]
    untrained = objective(codes, noise=0.2)
    for module in untrained.modules.values():
        module.eval()
    with torch.no_grad():
        assert trained["psnr_train"] > untrained.evaluate()["psnr_train"] + 3


def test_export_and_reopen(run: Run, pipe: ScatteringPipeline, tmp_path: Path) -> None:
    network = pipe.network
    assert (network.code.noise, network.code.dim, network.code.size) == (0.2, 8, 32)
    settings, checkpoint = settings_and_checkpoint(run.path)
    weights = averaged_of(checkpoint)
    export_weights(ScatteringConfig.parse(settings), weights, tmp_path / "again")
    again = ScatteringPipeline.from_pretrained(tmp_path / "again", "cpu")
    assert again.weights_sha256 == pipe.weights_sha256
    assert again(seed=1).images[0].tobytes() == pipe(seed=1).images[0].tobytes()
    assert all(file.stat().st_size < 24e6 for file in (tmp_path / "again").iterdir())


def test_sgm_and_ssgm_read_the_same_codes(codes: Path) -> None:
    first, again = (next(iter(objective(codes, noise=noise).batches(0))) for noise in (0.0, 0.3))
    assert torch.equal(again["code"], first["code"])


def test_codes_are_made_once_for_data_and_settings(codes: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = sorted(codes.rglob("*.npy"))
    calls: list[int] = []
    scatter = encoding.scatter
    monkeypatch.setattr(encoding, "scatter", lambda *given: calls.append(1) or scatter(*given))
    list(zip(objective(codes).batches(0), range(2), strict=False))
    assert calls == [] and sorted(codes.rglob("*.npy")) == made
    objective(codes, data="synthetic:40")
    objective(codes, angles=2)
    assert len({file.parent for file in codes.rglob("train-pictures.npy")}) == 3 and calls


def test_a_batch_is_a_function_of_its_number(codes: Path) -> None:
    first, later = objective(codes).batches(0), objective(codes).batches(4)
    batches = [batch for batch, _ in zip(first, range(5), strict=False)]
    assert torch.equal(batches[4]["code"], next(iter(later))["code"])


def test_another_runs_code_goes_with_its_weights(run: Run, codes: Path, tmp_path: Path) -> None:
    """Codes are of the code that the checkpoint brings, not of the one fitted to these pictures."""
    settings = {**QUICK, "codes": str(codes), "noise": 0.2, "steps": 1, "start_from": str(run.path)}
    config = ScatteringConfig.parse({**settings, "data": "synthetic:40"})
    other = Run(tmp_path / "other")
    other.prepare("scattering", config)
    taught = ScatteringObjective(config)
    own = taught.code.mean.clone()
    Trainer(taught, config, other).fit()
    assert not torch.equal(taught.code.mean, own)
    kept = taught.split.whitened(taught.code, "train")
    given = torch.from_numpy(np.array(taught.split.coefficients("train")))
    assert np.allclose(kept, taught.code.whiten(given).numpy(), atol=1e-5)


def test_settings_that_do_not_go_together_are_refused(codes: Path) -> None:
    for name, settings in (("scales", {"scales": 5}), ("components", {"size": 32, "scales": 4, "components": 4000})):
        with pytest.raises(Misuse, match=name):
            objective(codes, **settings)


def test_a_step_teaches_the_discriminator_and_the_decoder_by_all_terms(codes: Path) -> None:
    weights = {"l1_weight": 10.0, "perceptual_weight": 3.0, "adversarial_weight": 1.0, "discriminator_channels": 8}
    taught = objective(codes, **weights)
    batch = next(iter(taught.batches(0)))
    frozen = {name: value.clone() for name, value in taught.modules["discriminator"].state_dict().items()}
    decoder = [weight.clone() for weight in taught.modules["decoder"].parameters()]
    for module in taught.modules.values():
        module.train()
    scalars = taught.step(batch, in_float32())
    assert {"l1", "perceptual", "adversarial", "discriminator"} <= scalars.keys()
    after = taught.modules["discriminator"].state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, frozen[name])}
    assert changed and all(name.startswith("heads.") for name in changed), "nothing pretrained is updated"
    assert all(not torch.equal(*pair) for pair in zip(decoder, taught.modules["decoder"].parameters(), strict=True))
    assert all(weight.grad is None for weight in taught.trained)


def test_views_are_of_the_same_place() -> None:
    given = torch.rand(2, 1, 32, 32)
    torch.manual_seed(0)
    for _ in range(8):
        one, other = random_view(given, given + 1)
        assert one.shape == (2, 3, 16, 16) and torch.allclose(one + 1, other)


def test_colour(codes: Path) -> None:
    taught = objective(codes, channels=3)
    assert next(iter(taught.batches(0)))["picture"].shape == (8, 3, 32, 32)
    assert taught.code.mean.numel() == 3 * objective(codes).code.mean.numel()


def test_gaussian_codes_pass_and_others_fail() -> None:
    rng = np.random.default_rng(0)
    gaussian = gaussianity(rng.normal(0, 1, (3000, 16)).astype(np.float32))
    assert gaussian["code_ks_rejected"] <= 0.1 and gaussian["code_norm_ks"] < 0.03
    assert gaussian["code_norm_dispersion"] == pytest.approx(1, abs=0.1)
    codes = rng.normal(0, 1, (3000, 16)).astype(np.float32)
    codes[:, 15] = 0  # a component that has nothing to tell is whitened to nothing
    assert gaussianity(codes) == gaussianity(codes[:, :15])
    assert gaussianity(codes[:1]) == {}, "one code does not vary"
    skewed = gaussianity((rng.exponential(1, (3000, 16)) - 1).astype(np.float32))
    assert skewed["code_skewness"] > 1.5 and skewed["code_excess_kurtosis"] > 3 and skewed["code_ks_rejected"] == 1
    assert skewed["code_norm_dispersion"] > 2


def test_on_the_command_line(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights, out = ["--weights", str(run.exports / "last")], ["--out", str(tmp_path / "out")]
    assert main(["generate", "scattering", *weights, *out, "--seed", "5", "--count", "2"]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["scattering-5-0.png", "scattering-5-1.png"]
    assert provenance.read(paths[1]).index == 1
    folder = tmp_path / "given"
    folder.mkdir()
    files = [folder / name for name in ("one.png", "two.png")]
    for number, file in enumerate(files):
        noisy_picture(number).save(file)
    sheet = tmp_path / "sheet.png"
    given = [str(file) for file in files]
    assert main(["generate", "scattering", *given, *weights, *out, "--sheet", str(sheet)]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["one-0-0.png", "two-0-0.png", "sheet.png"]
    assert Image.open(sheet).size == (2 * 2 * 64, 64)
    assert main(["evaluate", "scattering", "--data", SMALL["data"], *weights, "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert {"l1", "psnr", "ssim", "psnr_train", "kid_efficientnet_lite0", "code_norm_ks", "code_ks"} <= metrics.keys()
    assert metrics["n"] > 2 and 0.3 < metrics["code_variance"] < 3


def test_prepared_codes_are_those_that_a_training_uses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared = {name: value for name, value in SMALL.items() if name != "data"} | {"pca_batch": 16}
    asked = ["prepare", "scattering", "--data", SMALL["data"], "--out", str(tmp_path), *as_pairs(prepared)]
    assert main(asked) == 0
    assert str(tmp_path) in capsys.readouterr().out
    before = sorted(tmp_path.rglob("*.*"))
    objective(tmp_path)
    assert sorted(tmp_path.rglob("*.*")) == before
    assert main([*asked, "--set", "size=33"]) == 2 and "size" in capsys.readouterr().err


def test_promoted_weights_come_before_the_bundled_ones(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(hub, "resolve", lambda name: asked.append(str(name)) or run.exports / "last")
    ScatteringPipeline.from_pretrained(device_name="cpu")
    monkeypatch.setattr(hub, "live_folder", lambda name: run.exports / "last")
    ScatteringPipeline.from_pretrained(device_name="cpu")
    assert asked == ["scattering-adversarial", "scattering"]
