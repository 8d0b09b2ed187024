"""Creatures drawn by code: classes that differ in shape, texture and colour."""

from __future__ import annotations

import functools
import io
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

CLASSES = ("beetle", "fish", "bird", "cow")
SIZE = 256
MOST = 100_000  # drawings of one source
# Base colours a class, so that colour says something about shape, as it does in animals.
COLORS = {"beetle": (40, 110, 60), "fish": (220, 130, 40), "bird": (70, 110, 200), "cow": (150, 100, 70)}


def class_of(number: int) -> str:
    """Return the class of drawing ``number``: the classes take turns."""
    return CLASSES[number % len(CLASSES)]


def draw(number: int) -> Image.Image:
    """Return drawing ``number``, 256 x 256 RGBA, cut out to transparency; the same number gives the same drawing."""
    rng = np.random.default_rng([112, number])
    label = class_of(number)
    shape = Image.new("L", (SIZE, SIZE), 0)
    marks = Image.new("L", (SIZE, SIZE), 0)
    SHAPES[label](ImageDraw.Draw(shape), ImageDraw.Draw(marks), rng)
    angle = float(rng.uniform(-15, 15))
    shape, marks = shape.rotate(angle, Image.Resampling.BICUBIC), marks.rotate(angle, Image.Resampling.BICUBIC)
    return paint(shape, marks, COLORS[label], rng)


@functools.lru_cache(maxsize=512)
def png(number: int) -> bytes:
    """Return drawing ``number`` as PNG; kept, since it takes longer to draw than to read."""
    buffer = io.BytesIO()
    draw(number).save(buffer, format="PNG")
    return buffer.getvalue()


def paint(shape: Image.Image, marks: Image.Image, color: tuple[int, int, int], rng: np.random.Generator) -> Image.Image:
    """Fill a silhouette: base colour with a little variation, light from above, grain, dark marks."""
    base = np.array(color, np.float32) + rng.normal(0, 18, 3)
    light = np.linspace(1.2, 0.75, SIZE, dtype=np.float32)[:, None, None]
    grain = rng.normal(0, 10, (SIZE, SIZE, 1)).astype(np.float32)
    ink = np.asarray(marks.filter(ImageFilter.GaussianBlur(0.6)), np.float32)[..., None] / 255
    rgb = (base * light + grain) * (1 - ink) + 25.0 * ink
    alpha = np.asarray(shape.point(lambda value: 255 if value > 127 else 0))
    return Image.fromarray(np.dstack([rgb.clip(0, 255).astype(np.uint8), alpha]), "RGBA")


def beetle(shape: ImageDraw.ImageDraw, marks: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Draw an oval back with a seam and spots, a head, six legs."""
    w, h = integer(rng, 45, 75), integer(rng, 70, 95)
    for side in (-1, 1):
        for row in (-0.5, 0.0, 0.5):
            joint = 138 + row * h
            shape.line([(128, joint), (128 + side * (w + 30), joint + row * 40)], fill=255, width=7)
    shape.ellipse([128 - w, 138 - h, 128 + w, 138 + h], fill=255)
    shape.ellipse([104, 138 - h - 26, 152, 138 - h + 22], fill=255)
    marks.line([(128, 138 - h + 10), (128, 138 + h)], fill=255, width=4)
    for _ in range(integer(rng, 3, 7)):
        x, y, r = (
            128 + float(rng.uniform(-w, w)) * 0.6,
            138 + float(rng.uniform(-h, h)) * 0.6,
            float(rng.uniform(5, 12)),
        )
        marks.ellipse([x - r, y - r, x + r, y + r], fill=255)


def fish(shape: ImageDraw.ImageDraw, marks: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Draw a spindle with a tail fin, an eye and stripes."""
    w, h = integer(rng, 80, 100), integer(rng, 35, 60)
    shape.ellipse([118 - w, 128 - h, 118 + w, 128 + h], fill=255)
    shape.polygon([(118 + w - 18, 128), (238, 128 - h), (228, 128), (238, 128 + h)], fill=255)
    marks.ellipse([118 - w + 18, 110, 118 - w + 32, 124], fill=255)
    for stripe in range(integer(rng, 2, 5)):
        x = 100 + stripe * 24
        marks.arc([x - 30, 128 - h, x + 10, 128 + h], -70, 70, fill=255, width=4)


def bird(shape: ImageDraw.ImageDraw, marks: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Draw a round body with a head, a beak, a wing and two legs."""
    r = integer(rng, 48, 66)
    shape.ellipse([118 - r, 140 - r, 118 + r + 18, 140 + r * 0.8], fill=255)
    shape.ellipse([60, 50, 122, 112], fill=255)
    shape.polygon([(66, 74), (30, 86), (66, 94)], fill=255)
    shape.polygon([(118 + r, 130), (236, 100 + integer(rng, 0, 60)), (118 + r, 160)], fill=255)
    for x in (110, 140):
        shape.line([(x, 140), (x, 228)], fill=255, width=6)
    marks.ellipse([80, 70, 92, 82], fill=255)
    marks.arc([108 - r * 0.5, 110, 118 + r, 170], 10, 200, fill=255, width=4)


def cow(shape: ImageDraw.ImageDraw, marks: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Draw a barrel on four legs with a head, horns and patches."""
    h = integer(rng, 34, 48)
    shape.rounded_rectangle([70, 120 - h, 220, 120 + h], radius=30, fill=255)
    for x in (82, 104, 184, 206):
        shape.line([(x, 130), (x, 226)], fill=255, width=15)
    shape.ellipse([22, 62, 88, 120], fill=255)
    for x, lean in ((40, -8), (70, 8)):
        shape.line([(x, 68), (x + lean, 42)], fill=255, width=7)
    marks.ellipse([42, 80, 52, 90], fill=255)
    for _ in range(integer(rng, 2, 5)):
        left, top = float(rng.uniform(95, 200)), 120 + float(rng.uniform(-h, h)) * 0.5
        turns = [0.75 * number for number in range(9)]
        blob = [(left + 15 * math.cos(t) * float(rng.uniform(0.6, 1.3)), top + 12 * math.sin(t)) for t in turns]
        marks.polygon(blob, fill=255)


def integer(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a whole number from ``low`` up to, but not, ``high``."""
    return int(rng.integers(low, high))


SHAPES = {"beetle": beetle, "fish": fish, "bird": bird, "cow": cow}
