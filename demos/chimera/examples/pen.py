"""A pen: smooth strokes through points, on paper, where what is in front covers what is behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
SIDE = 512  # pixels of a drawing; points are in hundredths of it
PEN = 4.5  # pixels
FINER = 4  # drawn this many times larger, then averaged
WHITE = 250  # of 255: paper


@dataclass(frozen=True)
class Stroke:
    """One line of the pen.

    Attributes:
        runs: the points, in hundredths of the side, broken into runs at corners.
        cover: the area inside hides what was drawn before; the gap of an open line is closed in a straight line.
    """

    runs: tuple[tuple[Point, ...], ...]
    cover: bool = False

    def moved(self, change: Callable[[Point], Point]) -> Stroke:
        """Return the stroke with every point changed."""
        return replace(self, runs=tuple(tuple(change(point) for point in run) for run in self.runs))


Strokes = tuple[Stroke, ...]


def line(text: str, *, cover: bool = False) -> Stroke:
    """Read a stroke: ``x,y`` points; one with ``!`` behind is a corner, where the line may turn sharply."""
    runs: list[list[Point]] = [[]]
    for word in text.split():
        x, y = (float(part) for part in word.rstrip("!").split(","))
        runs[-1].append((x, y))
        if word.endswith("!") and len(runs[-1]) > 1:
            runs.append([(x, y)])
    return Stroke(tuple(tuple(run) for run in runs if len(run) > 1), cover)


def shape(text: str) -> Stroke:
    """Read a closed stroke that covers what is behind it."""
    first = text.split()[0].rstrip("!")
    return line(f"{text} {first}", cover=True)


def circle(x: float, y: float, radius: float, *, cover: bool = True) -> Stroke:
    """Return a circle."""
    turns = [2 * math.pi * number / 16 for number in range(17)]
    return Stroke((tuple((x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns),), cover)


def place(
    strokes: Iterable[Stroke],
    *,
    by: Point = (0, 0),
    scale: float = 1.0,
    turn: float = 0.0,
    mirror: bool = False,
    around: Point = (50, 50),
) -> Strokes:
    """Mirror, scale, turn (degrees, clockwise) around a point, then move."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

    def change(point: Point) -> Point:
        x, y = point[0] - around[0], point[1] - around[1]
        x = -x if mirror else x
        x, y = scale * (x * cos - y * sin), scale * (x * sin + y * cos)
        return x + around[0] + by[0], y + around[1] + by[1]

    return tuple(stroke.moved(change) for stroke in strokes)


def ink(strokes: Iterable[Stroke], colors: Sequence[str] = ()) -> Image.Image:
    """Draw the strokes in order, black on white, ``SIDE`` pixels square, mode L; RGB with colours.

    Args:
        strokes: what is behind first.
        colors: of the area inside each stroke that covers, one for each stroke; white by default.
    """
    paper = Image.new("RGB" if colors else "L", (SIDE * FINER, SIDE * FINER), "white")
    draw = ImageDraw.Draw(paper)
    width = PEN * FINER
    for number, stroke in enumerate(strokes):
        path = [(x * SIDE * FINER / 100, y * SIDE * FINER / 100) for run in stroke.runs for x, y in smooth(run)]
        if stroke.cover:
            draw.polygon(path, fill=colors[number] if colors else "white")
        draw.line(path, fill="black", width=round(width), joint="curve")
        for x, y in (path[0], path[-1]):
            draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill="black")
    return paper.resize((SIDE, SIDE), Image.Resampling.BOX)


def paint(parts: Iterable[tuple[Strokes, str]]) -> Image.Image:
    """Paint parts in their colours, lit from the upper left, with their lines on top: an illustration.

    Args:
        parts: strokes and the colour of what they cover, what is behind first.
    """
    listed = [(stroke, color) for strokes, color in parts for stroke in strokes]
    flat = ink((stroke for stroke, _ in listed), [color for _, color in listed])
    inside = flat.convert("L").point(lambda grey: 255 if grey < WHITE else 0)
    soft = inside.filter(ImageFilter.GaussianBlur(SIDE / 25))
    away = ImageChops.offset(soft, SIDE // 40, SIDE // 30)
    shade = ImageChops.subtract(soft, away, 1, 128)
    lit = ImageChops.overlay(flat, Image.merge("RGB", [shade] * 3))
    return Image.composite(lit, flat, inside)


def smooth(run: tuple[Point, ...], steps: int = 12) -> list[Point]:
    """Return points along the Catmull-Rom spline through a run (Catmull and Rom, 1974)."""
    if len(run) == 2:
        return list(run)
    closed = run[0] == run[-1]
    before = run[-2] if closed else run[0]
    after = run[1] if closed else run[-1]
    points = [before, *run, after]
    path = [run[0]]
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
        for step in range(1, steps + 1):
            t = step / steps
            path.append((spline(a[0], b[0], c[0], d[0], t), spline(a[1], b[1], c[1], d[1], t)))
    return path


def spline(a: float, b: float, c: float, d: float, t: float) -> float:
    """Return the value at ``t`` of the Catmull-Rom segment from ``b`` to ``c``."""
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
