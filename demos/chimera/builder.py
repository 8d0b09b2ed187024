"""The creature builder: heads, bodies, tails and wings of our drawings, put together by dragging."""

from __future__ import annotations

import functools
import html
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from demos.chimera import names
from demos.chimera.examples import parts as p
from demos.chimera.examples.pen import Point, Strokes, ink, line, place, smooth
from demos.chimera.words import say
from pipelines.common.errors import Misuse

SCRIPT = Path(__file__).parent / "builder.js"
MOST = 12  # parts of one creature
FIRST = ("snake_tail", "lion_body", "goat_head")  # what stands there at first
HORN: Strokes = (line("19,15 12,2 23,11"),)

# In the order of the page; what comes later in a creature lies in front, so each kind has a rank.
BEHIND, BODY, BACK, CROWN, HEAD = range(5)
PARTS: dict[str, tuple[int, Strokes]] = {
    "lion_head": (HEAD, p.LION_HEAD),
    "goat_head": (HEAD, p.GOAT_HEAD),
    "eagle_head": (HEAD, p.EAGLE_HEAD),
    "horse_head": (HEAD, p.HORSE_HEAD),
    "cat_head": (HEAD, p.CAT_HEAD),
    "dog_head": (HEAD, p.DOG_HEAD),
    "elephant_head": (HEAD, p.ELEPHANT_HEAD),
    "giraffe_head": (HEAD, p.GIRAFFE_HEAD),
    "hare_head": (HEAD, p.HARE_HEAD),
    "bird_head": (HEAD, p.BIRD_HEAD),
    "fish_head": (HEAD, p.FISH_HEAD),
    "lion_body": (BODY, p.LION_BODY),
    "horse_body": (BODY, p.HORSE_BODY),
    "dog_body": (BODY, p.DOG_BODY),
    "elephant_body": (BODY, p.ELEPHANT_BODY),
    "hare_body": (BODY, p.HARE_BODY),
    "bird_body": (BODY, p.BIRD_BODY),
    "fish_body": (BODY, p.FISH_TAIL),
    "snake_tail": (BEHIND, p.SNAKE_TAIL),
    "lion_tail": (BEHIND, p.LION_TAIL),
    "horse_tail": (BEHIND, p.HORSE_TAIL),
    "dog_tail": (BEHIND, p.DOG_TAIL),
    "cat_tail": (BEHIND, p.CAT_TAIL),
    "elephant_tail": (BEHIND, p.ELEPHANT_TAIL),
    "wing": (BACK, p.WING),
    "antlers": (CROWN, p.ANTLERS),
    "horn": (CROWN, HORN),
}


@dataclass(frozen=True)
class Placed:
    """One part where the visitor has put it.

    Attributes:
        part: key of ``PARTS``.
        x: move to the right, hundredths of the side.
        y: move down, likewise.
        scale: times its own size.
        turn: degrees, clockwise.
        mirror: whether it looks to the right.
    """

    part: str
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0
    mirror: bool = False


def create(language: str = "en") -> gr.HTML:
    """Return the component; its value is the creature as the visitor has built it, which the browser remembers."""
    return gr.HTML(
        [asdict(Placed(part)) for part in FIRST],
        html_template='<div class="builder"></div>',
        js_on_load=SCRIPT.read_text(),
        kit=kit(language),
        elem_id="chi-builder",
    )


@functools.cache
def kit(language: str) -> dict[str, Any]:
    """Return what the browser needs, in one: Gradio replaces all properties when one is changed."""
    return {"parts": [sprite(name) for name in PARTS], "words": words(language)}


def words(language: str) -> dict[str, str]:
    """Return the builder's words: those of its buttons and the names of the parts."""
    return {**say.starting("builder_", language), **{name: names.parts(name, language) for name in PARTS}}


def sprite(name: str) -> dict[str, Any]:
    """Return a part for the browser: name, rank, the point it turns around, and its outline as SVG."""
    rank, strokes = PARTS[name]
    paths = []
    for stroke in strokes:
        points = [point for run in stroke.runs for point in smooth(run, steps=5)]
        data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        paths.append(f'<path d="{html.escape(data)}" fill="{"white" if stroke.cover else "none"}"/>')
    x, y = center(strokes)
    left, top, right, bottom = bounds(strokes)
    box = [left - 2, top - 2, right - left + 4, bottom - top + 4]
    return {"name": name, "rank": rank, "x": x, "y": y, "box": box, "svg": "".join(paths)}


def bounds(strokes: Strokes) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of all points."""
    xs, ys = zip(*(point for stroke in strokes for run in stroke.runs for point in run), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def center(strokes: Strokes) -> Point:
    """Return the middle of the bounds, rounded as the browser gets it."""
    left, top, right, bottom = bounds(strokes)
    return round((left + right) / 2, 2), round((top + bottom) / 2, 2)


def draw(placed: list[Placed]) -> Image.Image | None:
    """Return the creature as a drawing, black on white; None where nothing is placed."""
    if not placed:
        return None
    strokes: list[Any] = []
    for one in placed:
        own = PARTS[one.part][1]
        strokes += place(own, by=(one.x, one.y), scale=one.scale, turn=one.turn, mirror=one.mirror, around=center(own))
    return ink(strokes)


def read(given: Any) -> list[Placed]:
    """Return what the browser says was placed, checked.

    Raises:
        Misuse: not what the builder sends.
    """
    if given is None or given in ("", ()):
        return []
    if not isinstance(given, list) or len(given) > MOST:
        count = len(given) if isinstance(given, list) else str(given)[:40]
        raise Misuse("argument_out_of_range", name="parts", given=count, low=0, high=MOST)
    return [read_one(item) for item in given]


def read_one(item: Any) -> Placed:
    """Return one placed part, checked."""
    part = item.get("part") if isinstance(item, dict) else None
    if not isinstance(part, str) or part not in PARTS:
        raise Misuse("argument_unknown", name="part", given=str(part)[:40], allowed=", ".join(PARTS))
    limits = {"x": (-100.0, 100.0), "y": (-100.0, 100.0), "scale": (0.2, 4.0), "turn": (-360.0, 360.0)}
    numbers = {}
    for name, (low, high) in limits.items():
        value = item.get(name, 1.0 if name == "scale" else 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Misuse("argument_out_of_range", name=name, given=str(value)[:40], low=low, high=high)
        numbers[name] = min(high, max(low, float(value)))
    return Placed(part, **numbers, mirror=item.get("mirror") is True)
