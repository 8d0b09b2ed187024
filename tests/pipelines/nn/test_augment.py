from __future__ import annotations

import torch

from pipelines.nn.augment import augment, cutout, flip, translate


def picture(batch: int = 1, side: int = 16) -> torch.Tensor:
    return torch.rand(batch, 3, side, side, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_a_move_repeats_the_border_and_keeps_the_rest() -> None:
    x = picture()
    moves = [translate(x, 0.25) for _ in range(60)]
    found = set()
    for moved in moves:
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                rows, columns = (torch.arange(16) + d for d in (dy, dx))
                wanted = x[:, :, rows.clamp(0, 15)][..., columns.clamp(0, 15)]
                if torch.equal(moved, wanted):
                    found.add((dy, dx))
    assert len(found) > 20, "moves are of many kinds, and each is a move"


def test_pictures_of_a_batch_are_changed_apart() -> None:
    x = picture().expand(6, -1, -1, -1)
    changed = augment(x)
    assert len({changed[index].sum().item() for index in range(6)}) == 6


def test_contrast_keeps_the_mean_and_brightness_moves_it_alone() -> None:
    x = picture(6)
    for options, kept, moved in (({"brightness": 0.0}, "mean", "std"), ({"contrast": 0.0}, "std", "mean")):
        changed = augment(x, shift=0, **options)  # type: ignore[arg-type]
        figures = {name: [getattr(one, name)((1, 2, 3)) for one in (x, changed)] for name in (kept, moved)}
        torch.testing.assert_close(*figures[kept])
        assert ((figures[moved][0] - figures[moved][1]).abs() > 1e-4).all()


def test_nothing_is_changed_when_nothing_is_asked() -> None:
    torch.testing.assert_close(augment(picture(), shift=0, brightness=0, contrast=0), picture())


def test_gradients_come_through() -> None:
    x = picture(2).requires_grad_()
    augment(x).square().sum().backward()
    assert x.grad is not None and (x.grad != 0).float().mean() > 0.7


def test_cutout_hides_a_square_and_flip_mirrors_half() -> None:
    torch.manual_seed(1)
    hidden = cutout(torch.ones(200, 3, 32, 32), 0.25) == 0
    assert hidden.any(dim=1).flatten(1).sum(dim=1).max() == 64
    assert (hidden[:, :1] == hidden).all()
    ramp = torch.arange(32.0).expand(400, 3, 32, 32)
    assert 0.4 < (flip(ramp)[:, 0, 0, 0] > 0).float().mean() < 0.6
