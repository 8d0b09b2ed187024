from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from torch import nn

from pipelines.biggan.losses import LeCam, consistency, guidance, init_weights, orthogonality
from pipelines.biggan.networks import (
    AuxiliaryClassifier,
    BigGANDiscriminator,
    BigGANGenerator,
    ProjectedClassDiscriminator,
)
from pipelines.biggan.networks.attention import SelfAttention
from pipelines.biggan.networks.conditioning import ConditionalBatchNorm2d
from pipelines.biggan.networks.quantization import FeatureQuantizer
from pipelines.nn.spectral import fold_spectral_norms

CLASSES = ("fish", "trees", "people")


def count(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


def test_parameters_of_the_usual_configuration() -> None:
    """Counted by hand: width 64, noise 128, 100 classes, no shared embedding, spectral norm leaves the weights."""
    wide, classes = 4 * 64, 100
    conv, pointwise = 9 * wide * wide + wide, wide * wide + wide
    block = 2 * conv + pointwise + 4 * classes * wide  # two norms of gain and shift
    generator = 128 * 16 * wide + 16 * wide + 3 * block + 2 * wide + 9 * wide * 3 + 3
    assert count(BigGANGenerator([str(n) for n in range(classes)])) == generator
    first = 9 * 3 * wide + wide + conv + 3 * wide + wide
    discriminator = first + (2 * conv + pointwise) + 2 * (2 * conv) + wide + 1 + classes * wide
    assert count(BigGANDiscriminator(classes)) == discriminator


def test_shapes_of_the_published_configuration() -> None:
    """After each block, by the table for 32 x 32: multipliers of the width 64, and where the side changes."""
    width, side = 64, 4
    expected = [(4 * width, side, side)]
    for multiplier in (4, 4, 4):  # each block doubles
        side *= 2
        expected.append((multiplier * width, side, side))
    generator = BigGANGenerator([str(n) for n in range(20)])
    assert shapes_of(generator, torch.randn(1, 128), generator.blocks) == expected
    side, expected = 32, [(3, 32, 32)]
    for multiplier, halves in ((4, True), (4, True), (4, False), (4, False)):
        side //= 2 if halves else 1
        expected.append((multiplier * width, side, side))
    discriminator = BigGANDiscriminator(20)
    assert shapes_of(discriminator, torch.randn(1, 3, 32, 32), discriminator.blocks) == expected


def shapes_of(network: nn.Module, x: torch.Tensor, blocks: nn.ModuleList) -> list[tuple[int, ...]]:
    """Return the shape (C, H, W) before the first block and after each."""
    found: list[tuple[int, ...]] = []
    blocks[0].register_forward_pre_hook(lambda module, given: found.append(tuple(given[0].shape[1:])))
    for block in blocks:
        block.register_forward_hook(lambda module, given, made: found.append(tuple(made.shape[1:])))
    with torch.no_grad():
        network.eval()(x, torch.tensor([0]))
    return found


@pytest.mark.parametrize(
    "options", [{}, {"shared_dim": 8}, {"shared_dim": 8, "hierarchical": True}, {"attention": True}]
)
def test_a_generator_makes_pictures_that_depend_on_noise_and_class(options: dict[str, Any]) -> None:
    torch.manual_seed(1)
    network = BigGANGenerator(CLASSES, base_channels=8, noise_dim=16, **options)
    init_weights(network, "orthogonal")
    network.eval()
    noise = torch.randn(2, 16)
    one = network(noise, torch.tensor([0, 0]))
    assert one.shape == (2, 3, 32, 32) and one.abs().max() <= 1
    assert not torch.allclose(one[0], one[1], atol=1e-3)
    assert not torch.allclose(one, network(noise, torch.tensor([1, 1])), atol=1e-3)
    with torch.no_grad():
        torch.testing.assert_close(network(noise, torch.tensor([0, 0])), one)  # which adds otherwise


def test_gain_and_shift_are_the_classes_own() -> None:
    norm = ConditionalBatchNorm2d(2, 3, embedded=False)
    with torch.no_grad():
        norm.gain.weight.copy_(torch.tensor([[0.0, 0], [1, 1], [0, 0]]))  # type: ignore[union-attr]
        norm.shift.weight.copy_(torch.tensor([[0.0, 0], [0, 0], [5, 5]]))  # type: ignore[union-attr]
    made = norm(torch.randn(600, 2, 4, 4), torch.arange(3).repeat(200)).detach()
    deviations, means = made.view(200, 3, -1).transpose(0, 1).flatten(1).std(dim=1), made[2::3].mean()
    assert deviations.tolist() == pytest.approx([1, 2, 1], abs=0.1) and float(means) == pytest.approx(5, abs=0.1)


def test_a_share_of_one_is_the_class_to_the_bit_in_half_precision_too() -> None:
    torch.manual_seed(1)
    norm, x = ConditionalBatchNorm2d(8, 20, embedded=False).eval(), torch.randn(2, 8, 3, 3)
    share = nn.functional.one_hot(torch.tensor([3, 7]), 20).float()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(norm(x, share), norm(x, torch.tensor([3, 7])))


def test_a_used_norm_is_its_equation_with_the_statistics_it_has_seen() -> None:
    torch.manual_seed(9)
    norm = ConditionalBatchNorm2d(3, 4, embedded=True)
    norm.train()
    for _ in range(50):
        norm(torch.randn(64, 3, 4, 4) * 3 + 2, torch.randn(64, 4))
    norm.eval()
    x, vectors = torch.randn(5, 3, 4, 4), torch.randn(5, 4)
    gain, shift = (part(vectors)[:, :, None, None] for part in (norm.gain, norm.shift))
    seen = [part[None, :, None, None] for part in (norm.norm.running_mean, norm.norm.running_var)]  # type: ignore[index]
    expected = (1 + gain) * (x - seen[0]) / (seen[1] + norm.norm.eps).sqrt() + shift
    assert torch.allclose(norm(x, vectors), expected, atol=1e-5) and 1.5 < float(seen[0].mean()) < 2.5


def test_attention_is_what_its_equation_says_and_begins_as_nothing() -> None:
    torch.manual_seed(2)
    attention, x = SelfAttention(16).eval(), torch.randn(1, 16, 4, 4)
    assert torch.equal(attention(x), x)
    with torch.no_grad():
        attention.gamma.fill_(1.0)
        query, key, value = attention.query(x), attention.key(x), attention.value(x)
        by_hand = torch.zeros(1, 8, 4, 4)
        for i in range(4):
            for j in range(4):
                scores, values = [], []
                for a in range(2):
                    for b in range(2):
                        window = (..., slice(2 * a, 2 * a + 2), slice(2 * b, 2 * b + 2))
                        scores.append((query[0, :, i, j] * key[window].amax(dim=(2, 3))[0]).sum())
                        values.append(value[window].amax(dim=(2, 3))[0])
                weights = torch.stack(scores).softmax(dim=0)
                by_hand[0, :, i, j] = (weights[:, None] * torch.stack(values)).sum(dim=0)
        assert torch.allclose(attention(x), x + attention.out(by_hand), atol=1e-5)


def test_logits_differ_between_classes_by_the_embeddings_projection() -> None:
    torch.manual_seed(3)
    network, x = BigGANDiscriminator(3, 8).eval(), torch.randn(4, 3, 32, 32)
    logits = torch.stack([network(x, torch.full((4,), label)) for label in range(3)])
    assert logits.shape == (3, 4, 1) and not torch.allclose(logits[0], logits[1], atol=1e-4)
    with torch.no_grad():
        network.embedding.table.parametrizations.weight.original[1] = (
            network.embedding.table.parametrizations.weight.original[0]
        )
    assert torch.allclose(network(x, torch.zeros(4, dtype=torch.long)), network(x, torch.ones(4, dtype=torch.long)))


class Backbone(nn.Module):
    """Two scales, by averaging."""

    def features(self, x: torch.Tensor) -> list[torch.Tensor]:
        pooled = [nn.functional.avg_pool2d(x, size) for size in (4, 8, 16)]
        return [pooled[0], pooled[1].repeat(1, 2, 1, 1), pooled[2]]


def test_features_become_the_nearest_codes_and_gradients_pass() -> None:
    torch.manual_seed(6)
    quantizer = FeatureQuantizer(3).eval()
    x = torch.randn(2, 3, 4, 4, requires_grad=True)
    made = quantizer(x)
    for b, i, j in ((0, 0, 0), (1, 3, 2)):
        distances = (quantizer.codes - x[b, :, i, j]).square().sum(dim=1)
        assert torch.allclose(made[b, :, i, j], quantizer.codes[distances.argmin()])
    expected = (made - x).detach().square().mean()
    assert quantizer.commitment.item() == pytest.approx(expected.item(), rel=1e-5)
    made.sum().backward()
    assert torch.equal(x.grad, torch.ones_like(x))  # type: ignore[arg-type]


def test_codes_move_to_the_features_they_stand_for() -> None:
    torch.manual_seed(7)
    quantizer, centres = FeatureQuantizer(2), torch.tensor([[5.0, 0.0], [0.0, -5.0]])
    for _ in range(80):
        x = centres[torch.randint(0, 2, (64,))] + 0.01 * torch.randn(64, 2)
        quantizer(x.view(64, 2, 1, 1))
    with torch.no_grad():
        made = quantizer.eval()(centres.view(2, 2, 1, 1)).view(2, 2)
    assert torch.allclose(made, centres, atol=0.1) and quantizer.codes.isfinite().all()


def test_half_precision_mistakes_no_code() -> None:
    torch.manual_seed(1)
    quantizer, x = FeatureQuantizer(8), torch.randn(16, 8, 4, 4)
    quantizer.codes.copy_(quantizer.codes[0] + 0.01 * torch.randn_like(quantizer.codes))  # near to each other
    exact, moved = quantizer.eval()(x), copy.deepcopy(quantizer).train()
    moved(x)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(quantizer(x), exact)
        quantizer.train()(x)
    assert torch.equal(quantizer.codes, moved.codes)


def test_the_projected_one_asks_for_the_class_at_every_scale() -> None:
    torch.manual_seed(4)
    network = ProjectedClassDiscriminator(3, Backbone(), (6, 3), side=128, channels=16).eval()
    x = torch.rand(2, 3, 32, 32) * 2 - 1
    one, other = (network(x, torch.tensor([label] * 2)) for label in (0, 1))
    assert one.shape == other.shape and one.shape[0] == 2
    assert ((one - other).abs() > 1e-6).all(), "not one place that is the same for both"
    assert not any(weight.requires_grad for weight in network.across_scales.parameters())
    assert one.shape[1] == 2 * 4 * 4, "each scale has as many places"
    shown = network.project(x)
    fainter = network([level / 20 for level in shown], torch.tensor([0, 0]))
    assert (fainter[0] - fainter[1]).std() > (one[0] - one[1]).std() / 2, "what is shown may be faint"


def test_orthogonal_rows_cost_nothing() -> None:
    layer = nn.Linear(6, 4, bias=False)
    nn.init.orthogonal_(layer.weight)
    assert orthogonality(nn.Sequential(layer)).item() == pytest.approx(0, abs=1e-8)
    with torch.no_grad():
        layer.weight[1] = layer.weight[0]
    assert orthogonality(nn.Sequential(layer)).item() == pytest.approx(2, abs=1e-5)


def test_guidance_ends_where_made_pictures_are_told_as_well_as_real_ones() -> None:
    made, real = torch.tensor(1.5, requires_grad=True), torch.tensor(1.2, requires_grad=True)
    guidance(made, real).backward()  # type: ignore[no-untyped-call]
    assert made.grad == 1 and real.grad is None
    assert guidance(torch.tensor(1.1), real) == 0


def test_an_auxiliary_classifier_tells_from_maps_of_any_size() -> None:
    torch.manual_seed(1)
    network = AuxiliaryClassifier(3, (4, 6), channels=8)
    labels = torch.arange(64) % 3
    maps = [torch.randn(64, 4, 8, 8), torch.randn(64, 6, 2, 2)]
    maps[1][:, 0] += labels[:, None, None] * 2
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        loss = nn.functional.cross_entropy(network(maps), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert (network.eval()(maps).argmax(dim=1) == labels).float().mean() > 0.9


def test_lecam_keeps_logits_near_their_averages() -> None:
    penalty = LeCam()
    for _ in range(600):
        value = penalty(torch.full((4,), 1.0), torch.full((4,), -1.0))
    assert float(penalty.real) == pytest.approx(1, abs=0.01) and float(penalty.fake) == pytest.approx(-1, abs=0.01)
    assert float(value) == pytest.approx((1 + 1) ** 2 + (1 + 1) ** 2, rel=0.05)
    assert float(penalty(torch.full((4,), -1.0), torch.full((4,), 1.0))) < 0.1


def test_consistency_is_of_what_changes() -> None:
    x = torch.ones(2, 3, 4, 4)
    total = consistency(lambda x: x.mean(dim=(1, 2, 3)), [(torch.ones(2), x), (torch.ones(2), 3 * x)])
    assert float(total) == pytest.approx(4)


@pytest.mark.parametrize(("kind", "deviation"), [("normal", 0.02), ("orthogonal", 1 / math.sqrt(1024))])
def test_weights_are_drawn_as_asked_for(kind: str, deviation: float) -> None:
    torch.manual_seed(5)
    network = BigGANGenerator(CLASSES, base_channels=16, noise_dim=64)
    init_weights(network, kind)
    original = network.first.linear.parametrizations.weight.original
    assert original.std().item() == pytest.approx(deviation, rel=0.05)
    assert network.blocks[0].conv1.conv.bias.abs().max().item() == 0  # type: ignore[union-attr]


def test_folded_norms_change_no_picture() -> None:
    torch.manual_seed(8)
    network = BigGANGenerator(CLASSES, base_channels=8, noise_dim=16, shared_dim=8).eval()
    init_weights(network, "orthogonal")
    noise, labels = torch.randn(3, 16), torch.tensor([0, 1, 2])
    before = network(noise, labels)
    fold_spectral_norms(network)
    assert torch.allclose(network(noise, labels), before, atol=1e-6)
    assert not [name for name in network.state_dict() if "parametrizations" in name]
