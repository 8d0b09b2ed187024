"""Oil painting: layers of brush strokes along the picture's directions, in relief, on a woven canvas."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.stylemini.teachers.canvas import (
    SIDE,
    Floats,
    Pixels,
    blur,
    close_canvas,
    feature_scale,
    latents_abreast,
    luminance,
    open_canvas,
    pixel_grid,
    saturate,
    smoothstep,
    stretch_contrast,
)
from pipelines.stylemini.teachers.orientation import bristles, edge_directions
from pipelines.stylemini.teachers.textures import lit_relief

# Width of the brush on the canvas in pixels, and the error of colour above which it paints.
BRUSHES = ((32.0, 0.0), (18.0, 0.05), (11.0, 0.08), (7.0, 0.12))
WEAVE = 0.07  # how much lighter and darker the canvas's threads are
STEPS = 5  # of a stroke, each of half a brush's width or more


def oil_painting(pixels: Pixels, seed: int) -> Pixels:
    """Return (S, S, 3) painted with four brushes, coarse to fine, after Hertzmann 1998, with thick lit paint."""
    rng = np.random.default_rng(seed)
    scale = feature_scale(pixels)
    target = saturate(stretch_contrast(open_canvas(pixels)), 1.5)
    angles = edge_directions(luminance(target), 7 * scale, rng)
    # The fourth channel is the height of the paint.
    painted = np.zeros((SIDE, SIDE, 4), np.uint8)
    painted[..., :3] = (blur(target, 12) * 255).astype(np.uint8)
    painted[..., 3] = 128
    for width, tolerance in BRUSHES:
        paint_layer(painted, target, angles, width * scale, tolerance, rng)
    color = painted[..., :3].astype(np.float32) / 255
    hairs = bristles(rng, angles, round(14 * scale), 2.2 * scale)
    height = blur(painted[..., 3].astype(np.float32) / 255, 0.8) * 5 * scale + 0.42 * scale * hairs
    light = lit_relief(height)[..., None]
    shine = smoothstep(light, 0.25, 0.7)
    threads = WEAVE * weave(SIDE / latents_abreast(pixels) / 2)[..., None]
    return close_canvas(color * (1 + 0.42 * light + threads) + 0.14 * shine + 0.3 * threads, pixels.shape[0])


def weave(pitch: float) -> Floats:
    """Return the light (256, 256), -1 or 1, on threads that go over and under each other twice in ``pitch`` pixels."""
    y, x = ((ticks + 0.5) % pitch < pitch / 2 for ticks in pixel_grid())
    return np.where(x == y, 1.0, -1.0).astype(np.float32)


def paint_layer(
    painted: Pixels, target: Floats, angles: Floats, width: float, tolerance: float, rng: np.random.Generator
) -> None:
    """Paint strokes of one brush where the painting differs from the target.

    Args:
        painted: (256, 256, 4), colour and height, changed in place.
        target: (256, 256, 3) in [0, 1].
        angles: (256, 256), the directions of strokes in radians.
        width: of the brush in pixels.
        tolerance: the mean error of colour, in [0, 1], above which a stroke is laid.
        rng: of places, colours and order.
    """
    wanted = blur(target, width / 5)
    error = blur(np.abs(wanted - painted[..., :3].astype(np.float32) / 255).mean(axis=-1), width / 3)
    starts = jittered_grid(width * 0.6, rng)
    columns, rows = starts.T.astype(int)
    starts = starts[error[rows, columns] >= tolerance]
    starts = starts[rng.permutation(len(starts))]
    paths, lengths = follow(starts, wanted, angles, width, rng)
    columns, rows = starts.T.astype(int)
    jitter = rng.normal(0, 0.035, (len(starts), 1)) + rng.normal(0, 0.02, (len(starts), 3))
    colors = ((wanted[rows, columns] + jitter).clip(0, 1) * 255).round()
    heights = rng.uniform(40, 215, len(starts))
    widths = np.maximum(1, width * rng.uniform(0.7, 1.1, len(starts))).round().astype(int)
    fixed = (paths * 8).round().astype(np.int32)  # three binary digits behind the point
    for path, length, color, height, thickness in zip(fixed, lengths, colors, heights, widths, strict=True):
        paint = (*color.tolist(), float(height))
        cv2.polylines(painted, [path[:length]], False, paint, int(thickness), cv2.LINE_AA, shift=3)


def jittered_grid(spacing: float, rng: np.random.Generator) -> Floats:
    """Return points (N, 2), x and y, one in each cell of a grid over the canvas."""
    ticks = np.arange(spacing / 2, SIDE, spacing)
    x, y = np.meshgrid(ticks, ticks)
    points = np.stack([x.ravel(), y.ravel()], axis=-1) + rng.uniform(-spacing / 2, spacing / 2, (x.size, 2))
    return points.clip(0, SIDE - 1).astype(np.float32)


def follow(
    starts: Floats, wanted: Floats, angles: Floats, width: float, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    """Trace strokes along directions until the colour under them leaves that of their start.

    Args:
        starts: (N, 2), x and y.
        wanted: (256, 256, 3), the colours.
        angles: (256, 256), in radians.
        width: of the brush in pixels.
        rng: of the strokes' lengths.

    Returns:
        Points (N, 6, 2), and how many of them each stroke has, 2 to 6.
    """
    columns, rows = starts.T.astype(int)
    first = wanted[rows, columns]
    heading = angles[rows, columns]
    alive = np.ones(len(starts), bool)
    lengths = np.full(len(starts), 2)
    points = [starts]
    stride = width * rng.uniform(0.45, 0.8, (len(starts), 1))
    for step in range(STEPS):
        ahead = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
        points.append((points[-1] + stride * ahead).astype(np.float32))
        columns, rows = points[-1].clip(0, SIDE - 1).T.astype(int)
        alive &= np.abs(wanted[rows, columns] - first).mean(axis=-1) < 0.1
        lengths += alive & (step > 0)
        turned = angles[rows, columns]
        # A direction has no sign: take the one that goes on.
        heading = np.where(np.cos(turned - heading) < 0, turned + np.pi, turned)
    return np.stack(points, axis=1), lengths
