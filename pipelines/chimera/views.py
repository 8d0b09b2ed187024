"""What the style encoder is shown of an animal, and how codes are mixed, while training."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.chimera.networks.encoder import SIDE
from pipelines.chimera.styles import COARSE, GRID, SOFTNESS

FUR_SHARE = 0.33  # of the views that show nothing but a patch of fur


def random_views(rgb: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    """Turn, mirror and enlarge animals at random about their middle, so that a code tells of fur and not of place.

    Args:
        rgb: (B, 3, H, W) in [-1, 1].
        alpha: (B, 1, H, W) in [0, 1].

    Returns:
        The same at 128 px.
    """
    with torch.autocast(rgb.device.type, enabled=False):  # affine_grid rounds its coordinates to bfloat16 otherwise
        count, device = len(rgb), rgb.device
        angle = (torch.rand(count, device=device) - 0.5) * 1.2
        scale = torch.rand(count, device=device) * 0.5 + 0.6
        scale = torch.where(torch.rand(count, device=device) < FUR_SHARE, scale * 0.35, scale)
        mirror = (torch.rand(count, device=device) < 0.5).float() * 2 - 1
        x, y = centers(alpha)
        rows = (
            torch.stack([scale * angle.cos() * mirror, -scale * angle.sin(), x], dim=1),
            torch.stack([scale * angle.sin() * mirror, scale * angle.cos(), y], dim=1),
        )
        grid = F.affine_grid(torch.stack(rows, dim=1), [count, 4, SIDE, SIDE], align_corners=False)
        seen = F.grid_sample(torch.cat([(rgb + 1) / 2, alpha], dim=1), grid, align_corners=False)
    return seen[:, :3] * 2 - 1, seen[:, 3:]


def centers(alpha: Tensor) -> tuple[Tensor, Tensor]:
    """Return the middle of each mask, x and y in [-1, 1], (B,) each."""
    mass = alpha.sum(dim=(1, 2, 3)) + 1e-3
    xs, ys = (torch.linspace(-1, 1, side, device=alpha.device) for side in (alpha.shape[-1], alpha.shape[-2]))
    return (alpha[:, 0] * xs).sum(dim=(1, 2)) / mass, (alpha[:, 0] * ys[:, None]).sum(dim=(1, 2)) / mass


def boxes_of(masks: Tensor) -> Tensor:
    """Return left, top, right and bottom of each mask (B, 1, H, W), (B, 4) in [0, 1]; everything where it is empty."""
    sides = []
    for axes in ((1, 2), (1, 3)):
        there = (masks.amax(dim=axes) > 0.5).float()
        sides.append((there.argmax(dim=1) / there.shape[1], 1 - there.flip(1).argmax(dim=1) / there.shape[1]))
    (left, right), (top, bottom) = sides
    return torch.stack([left, top, right, bottom], dim=1)


def laid_over(codes: Tensor, lenders: Tensor, borrowers: Tensor, side: int) -> Tensor:
    """Lay the codes of one animal's places over another's: those of its head where the other's head may be.

    Args:
        codes: (B, D, h, w), of the lenders' places.
        lenders: (B, 4), the lenders' boxes, as ``boxes_of`` gives them.
        borrowers: (B, 4).
        side: of the map that is returned.

    Returns:
        (B, D, side, side).
    """
    with torch.autocast(codes.device.type, enabled=False):  # coordinates are rounded to bfloat16 otherwise
        at = (torch.arange(side, device=codes.device) + 0.5) / side
        sides = []
        for low, high in ((0, 2), (1, 3)):
            scale = (lenders[:, high] - lenders[:, low]) / (borrowers[:, high] - borrowers[:, low])
            sides.append(2 * (lenders[:, low, None] + (at - borrowers[:, low, None]) * scale[:, None]) - 1)
        xs, ys = sides
        grid = torch.stack([xs[:, None].expand(-1, side, -1), ys[..., None].expand(-1, -1, side)], dim=-1)
        return F.grid_sample(codes.float(), grid, padding_mode="border", align_corners=False)


def random_maps(codes: Tensor) -> Tensor:
    """Lay several codes over a picture, softly, as wild looks do: (B, F, D) to (B, D, 8, 8)."""
    count, furs, _ = codes.shape
    fields = torch.randn(count, furs, COARSE, COARSE, device=codes.device)
    fields = F.interpolate(fields, size=(GRID, GRID), mode="bicubic", align_corners=False)
    weights = (2 * SOFTNESS * fields).softmax(dim=1)
    return torch.einsum("bfd,bfhw->bdhw", codes, weights)


def whole_or_part(picture: Tensor, whole: Tensor, corner: Tensor) -> Tensor:
    """Return pictures at half their side: all of them scaled down, or the same quarter cut out of each.

    Args:
        picture: (B, C, H, W).
        whole: (), whether to scale.
        corner: (2,), top and left of the quarter as shares of the room there is, in [0, 1].
    """
    side = picture.shape[-1] // 2
    rows, columns = (corner * side).long()[:, None] + torch.arange(side, device=picture.device)
    part = picture.index_select(2, rows).index_select(3, columns)
    return torch.where(whole, F.avg_pool2d(picture, 2), part)
