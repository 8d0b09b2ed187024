from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.chimera.networks import ChimeraGenerator, ChimeraModel, PairDiscriminator, StyleEncoder
from pipelines.chimera.networks.discriminators import feature_distance
from pipelines.chimera.networks.encoder import filled
from pipelines.weights import hub

WIDTHS = (8, 8, 16, 16, 16, 16)


@pytest.fixture
def generator() -> ChimeraGenerator:
    torch.manual_seed(0)
    return ChimeraGenerator(WIDTHS, 8, 5).eval()


def inputs(batch: int = 2, side: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.rand(batch, 3, side, side), torch.randn(batch, 5, 8, 8)


def test_colours_and_alpha_have_their_ranges(generator: ChimeraGenerator) -> None:
    colors, alpha = generator(*inputs())
    assert colors.shape == (2, 3, 64, 64) and alpha.shape == (2, 1, 64, 64)
    assert -1 <= colors.min() < colors.max() <= 1 and 0 <= alpha.min() < alpha.max() <= 1


def test_one_code_for_all_is_the_map_that_is_everywhere_the_same(generator: ChimeraGenerator) -> None:
    source, style = inputs()
    code = style[:, :, :1, :1]
    one, everywhere = generator(source, code), generator(source, code.expand(-1, -1, 8, 8))
    for a, b in zip(one, everywhere, strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)


def test_a_code_changes_its_own_half_most(generator: ChimeraGenerator) -> None:
    source, style = inputs(1)
    other = style.clone()
    other[..., 4:] += 1.5
    change = (generator(source, other)[0] - generator(source, style)[0]).abs().mean(dim=(0, 1, 2))
    assert change[40:].mean() > 2 * change[:24].mean() > 0


def test_every_weight_learns(generator: ChimeraGenerator) -> None:
    generator.train()
    colors, alpha = generator(*inputs())
    (colors.mean() + alpha.mean()).backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in generator.parameters())


def test_a_picture_is_the_same_alone_and_in_company(generator: ChimeraGenerator) -> None:
    source, style = inputs()
    torch.testing.assert_close(generator(source, style)[0][:1], generator(source[:1], style[:1])[0], atol=1e-5, rtol=0)


def test_folded_norms_change_no_picture(generator: ChimeraGenerator) -> None:
    generator.double().train()  # in any number format, as on any device
    generator(*[x.double() for x in inputs(batch=4)])  # the norms have seen something
    generator.eval()
    for norm in generator.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(norm.weight, 0.5, 2)
            torch.nn.init.uniform_(norm.bias, -0.5, 0.5)
    with torch.no_grad():
        given = [x.double() for x in inputs()]
        before = generator(*given)
        generator.fold()
        after = generator(*given)
        apart = generator.decode(generator.encode(given[0]), given[1])
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in generator.modules())
    for one, other, third in zip(before, after, apart, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-6)
        assert torch.equal(other, third)


def test_the_code_of_the_whole_is_the_mean_of_its_places_codes() -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(8, 5).eval()
    rgb, alpha = torch.rand(2, 3, 128, 128) * 2 - 1, torch.zeros(2, 1, 128, 128)
    alpha[:, :, 40:90, 30:100] = 1
    whole = encoder(rgb, alpha).mean
    local, presence = encoder.local(rgb, alpha)
    mean = (local.mean * presence).sum(dim=(2, 3)) / presence.sum(dim=(2, 3))
    torch.testing.assert_close(mean, whole, atol=1e-5, rtol=1e-4)


def test_what_lies_outside_the_animal_does_not_matter() -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(8, 5).eval()
    rgb, alpha = torch.rand(1, 3, 128, 128) * 2 - 1, torch.zeros(1, 1, 128, 128)
    alpha[:, :, 40:90, 30:100] = 1
    other = torch.where(alpha > 0, rgb, -rgb)
    torch.testing.assert_close(encoder(rgb, alpha).mean, encoder(other, alpha).mean)


def test_empty_places_get_the_mean_code() -> None:
    codes = torch.tensor([[[[1.0, 3.0], [100.0, 100.0]]]])
    presence = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    torch.testing.assert_close(filled(codes, presence), torch.tensor([[[[1.0, 3.0], [2.0, 2.0]]]]))


def test_the_discriminator_sees_the_lines_and_both_scales() -> None:
    torch.manual_seed(0)
    pair = PairDiscriminator(4).eval()
    lines, picture = torch.zeros(1, 1, 128, 128), torch.rand(1, 3, 128, 128)
    logits, features = pair(lines, picture)
    assert [tuple(scale.shape[-2:]) for scale in logits] == [(14, 14), (6, 6)] and len(features) == 8
    crossed, _ = pair(torch.ones_like(lines), picture)
    assert all((a - b).abs().max() > 1e-4 for a, b in zip(logits, crossed, strict=True))
    assert feature_distance(features, features) == 0


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = ChimeraModel(WIDTHS, 8, 5, 8, 64, 3, ("cat", "dog")).half()
    hub.save_model(model, tmp_path)
    again = hub.load_model(ChimeraModel, tmp_path)
    assert again.classes == ("cat", "dog") and again.size == 64
    for name, value in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name].to(value.dtype), value)
