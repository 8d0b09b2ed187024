"""What is said of training pictures: their class and their style, in the words of a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from pipelines.stylemini.teachers import STYLES

# How a style may be asked for; the first is its name with the words of the published work.
PHRASES: dict[str, tuple[str, ...]] = {
    "photo": ("photo", "photograph", "photo style", "realistic photo"),
    "oil painting": ("oil painting style", "oil painting", "painted in oil", "oil on canvas"),
    "watercolor": ("watercolor style", "watercolor", "watercolour", "watercolor painting", "aquarelle"),
    "pixel art": ("pixel art style", "pixel art", "pixels", "8 bit game"),
    "metallic texture": ("metallic texture", "metallic", "made of metal", "steel", "metal relief"),
    "wood texture": ("wood texture", "wooden", "made of wood", "carved in wood"),
    "stained glass": ("stained glass style", "stained glass", "church window"),
    "mosaic": ("mosaic style", "mosaic", "mosaic of tiles", "made of tiles"),
    "pencil sketch": ("pencil sketch style", "pencil sketch", "pencil drawing", "drawn with a pencil", "sketch"),
    "comic": ("comic style", "comic", "comic book", "cartoon"),
    "ukiyo-e print": ("ukiyo-e print style", "ukiyo-e print", "ukiyo-e", "japanese woodblock print"),
}
assert set(PHRASES) == set(STYLES)
# Who restyles a picture seldom says what is on it.
TEMPLATES = ("{phrase}", "{phrase}", "{phrase} of {thing}", "{thing}, {phrase}", "{thing} in {phrase}")
TEMPLATE_FIELD = re.compile(r"\{\w+\}")
ARTICLES = ("a ", "the ", "one ", "")


def thing(label: str) -> str:
    """Return a class's name as words."""
    return label.replace("_", " ").replace("-", " ").lower().strip()


def caption(label: str, style: str, rng: np.random.Generator) -> str:
    """Return one of the things that may be said of a picture of a class, drawn in a style."""
    phrases = PHRASES[style]
    named = ARTICLES[rng.integers(len(ARTICLES))] + thing(label)
    template = TEMPLATES[rng.integers(len(TEMPLATES))]
    return template.format(phrase=phrases[rng.integers(len(phrases))], thing=named)


def all_words(labels: Iterable[str]) -> str:
    """Return a text with every word that captions of these classes may hold."""
    between = TEMPLATE_FIELD.sub(" ", " ".join(TEMPLATES))
    phrases = [phrase for said in PHRASES.values() for phrase in said]
    return " ".join(" ".join([between, *ARTICLES, *phrases, *sorted({thing(label) for label in labels})]).split())
