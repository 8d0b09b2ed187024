"""Draw every creature: ``python -m demos.chimera.examples.draw`` writes ``<name>.png`` beside this file.

And some in colours, as an illustrator would: ``painted/<name>.png``.
"""

from __future__ import annotations

from pathlib import Path

from demos.chimera.examples import parts as p
from demos.chimera.examples.pen import Strokes, circle, ink, line, paint, place, shape

SNAKE: Strokes = (
    line("30,30 36,38 30,47 22,55 22,66 32,72 44,66 54,56 66,54 76,62 74,74 64,82 60,84"),
    line("38,26 46,37 40,50 32,58 32,62 38,60 48,52 60,44 76,46 86,60 84,76 74,88 58,92 50,90 60,84"),
    *place(p.SNAKE_HEAD, around=(22, 28), by=(14, 0), scale=1.25),
    line("35,33 42,33"),
    line("34,44 42,44"),
    line("26,54 33,59"),
    line("34,71 36,61"),
    line("46,65 45,56"),
    line("58,55 57,47"),
    line("70,56 74,47"),
    line("76,64 85,60"),
    line("72,76 80,81"),
)
TURTLE: Strokes = (
    line("30,60 24,68 20,76 27,77 36,68", cover=True),
    line("66,64 70,74 78,78 80,72 74,62", cover=True),
    line("82,58 90,60 94,63 84,64"),
    line("24,50 16,44 8,46 6,52 9,58 17,58 26,58", cover=True),
    circle(11.5, 50, 1.3),
    line("6.5,54 11,54.5"),
    line("22,60 24,46 34,35 50,30 66,34 78,45 84,58 84,63! 70,67 50,69 32,67 22,63", cover=True),
    line("22,60 36,62 52,63 70,62 84,58"),
    shape("42,38 54,37 60,46 54,55 42,55 36,46"),
    line("36,46 27,46"),
    line("60,46 74,45"),
    line("42,55 38,62"),
    line("54,55 58,62"),
    line("42,38 38,34"),
    line("54,37 60,33"),
)
BUTTERFLY: Strokes = (
    *(
        stroke
        for mirror in (False, True)
        for stroke in place(
            (
                shape("48,46 40,30 28,18 14,14 7,22 8,36 16,46 30,50"),
                shape("48,50 34,52 22,56 17,66 20,78 30,84 40,76 47,62"),
                circle(20, 30, 4.5),
                circle(30, 66, 4),
                line("46,46 34,38 26,36"),
            ),
            mirror=mirror,
        )
    ),
    shape("50,38 53,44 53,58 52,74 50,82 48,74 47,58 47,44"),
    circle(50, 34, 4),
    line("48,30 44,22 38,18"),
    line("52,30 56,22 62,18"),
    line("47,52 53,52"),
    line("47,60 53,60"),
    line("48,68 52,68"),
)
CROCODILE: Strokes = (
    line("60,62 66,70 62,76 70,78 74,70", cover=True),
    line("34,62 30,70 24,74 34,76 40,68", cover=True),
    line(
        "3,56! 12,52 20,51 24,46 30,47 34,51! 37,47 41,50! 44,46 48,49! 52,46 56,50! 60,47 64,52! 68,50 72,55! 77,54 "
        "82,58! 88,57 97,62! 84,66 70,68 52,69 36,68 24,64 12,64 4,62! 12,60! 5,59! 3,56",
        cover=True,
    ),
    circle(26, 50, 1.6),
    line("12,60 20,60 25,57"),
    line("8,59.5 9,57.5 10.5,60 12,57.5 13.5,60 15,57.5 16.5,60"),
    line("50,62 54,70 50,76 58,78 62,70 60,63", cover=True),
)
DOLPHIN: Strokes = (
    line(
        "4,54! 12,48 20,42 32,36 44,34! 50,24 58,20! 56,30 58,38 70,46 80,58 84,62! 94,58! 90,66 92,76! 84,70 78,68 "
        "66,62 52,60 36,60! 34,70 40,78! 28,72 24,60 14,58 4,54",
        cover=True,
    ),
    circle(19, 49, 1.4),
    line("5,55 12,54 16,55"),
    line("24,56 36,56 52,55 66,58"),
)

# The first ten are offered on the page; all of them are on the sheets.
CREATURES: dict[str, Strokes] = {
    "chimera": (
        *p.SNAKE_TAIL,
        *p.LION_BODY,
        *place(p.GOAT_HEAD, by=(33, 3), scale=0.86, around=(30, 42)),
        *p.LION_HEAD,
    ),
    "griffin": (*p.LION_TAIL, *p.LION_BODY, *place(p.EAGLE_HEAD, by=(-2, 3)), *p.WING),
    "pegasus": (*p.HORSE_TAIL, *p.HORSE_BODY, *p.HORSE_HEAD, *place(p.WING, by=(3, 3), scale=0.95, around=(44, 46))),
    "kirin": (
        *p.LION_TAIL,
        *p.HORSE_BODY,
        *p.MANY_SCALES,
        *place(p.ANTLERS, by=(0, -3), scale=0.8, around=(28, 20)),
        *p.HORSE_HEAD,
    ),
    "merhorse": (
        *place((*p.FISH_TAIL, line("36,62 30,70 24,70! 22,76 30,78 40,72", cover=True)), by=(0, 2)),
        *place(p.HORSE_HEAD, by=(2, 3)),
        line("27.8,48 27,53 27.8,58"),
    ),
    "cerberus": (
        *p.DOG_TAIL,
        *p.DOG_BODY,
        *place(p.DOG_HEAD, by=(17, 0), scale=0.95, around=(32, 44), turn=-14, mirror=True),
        *place(p.DOG_HEAD, by=(9, -9), scale=0.95, around=(32, 44), turn=24),
        *place(p.DOG_HEAD, by=(-1, 3), scale=1.0, around=(32, 44), turn=-12),
    ),
    "jackalope": (*p.HARE_BODY, *p.HARE_HEAD, *place(p.ANTLERS, by=(-5, 8), scale=0.85, around=(27, 20))),
    "winged_cat": (*p.CAT_TAIL, *p.LION_BODY, *p.WING, *place(p.CAT_HEAD, by=(3, 8))),
    "elephant_fish": (
        *place(p.FISH_TAIL, by=(4, 0), scale=1.0),
        *place(p.ELEPHANT_HEAD, by=(2, 10), scale=0.78, around=(32, 40)),
    ),
    "giraffe_bird": (
        *place(p.BIRD_BODY, by=(6, 4)),
        *place(p.GIRAFFE_HEAD, by=(0, 2), scale=0.95, around=(40, 50)),
    ),
    "lion": (*p.LION_TAIL, *p.LION_BODY, *p.LION_HEAD),
    "horse": (*p.HORSE_TAIL, *p.HORSE_BODY, *p.HORSE_HEAD),
    "goat": (line("75,43 80,38 83,39 80,46"), *p.HORSE_BODY, *p.GOAT_HEAD),
    "dog": (*p.DOG_TAIL, *p.DOG_BODY, *p.DOG_HEAD),
    "cat": (*p.CAT_TAIL, *p.DOG_BODY, *place(p.CAT_HEAD, by=(4, 8))),
    "elephant": (*p.ELEPHANT_TAIL, *p.ELEPHANT_BODY, *p.ELEPHANT_HEAD),
    "hare": (*p.HARE_BODY, *p.HARE_HEAD),
    "fish": (*p.FISH_TAIL, *p.FISH_HEAD),
    "bird": (*p.BIRD_BODY, *p.BIRD_HEAD),
    "snake": SNAKE,
    "turtle": TURTLE,
    "butterfly": BUTTERFLY,
    "crocodile": CROCODILE,
    "dolphin": DOLPHIN,
    "unicorn": (*p.HORSE_TAIL, *p.HORSE_BODY, line("19,15 12,2 23,11"), *p.HORSE_HEAD),
    "spotted_eagle_dog": (*p.DOG_TAIL, *p.DOG_BODY, *p.GILLS_AND_SPOTS, *place(p.EAGLE_HEAD, by=(-2, 3))),
}


PAINTED: dict[str, tuple[tuple[Strokes, str], ...]] = {
    "griffin": (
        (p.LION_TAIL, "#a8743a"),
        (p.LION_BODY, "#cf9a52"),
        (place(p.EAGLE_HEAD, by=(-2, 3)), "#f0e3c4"),
        (p.WING, "#8a5a34"),
    ),
    "pegasus": (
        (p.HORSE_TAIL, "#d8c8a0"),
        (p.HORSE_BODY, "#eee8e2"),
        (p.HORSE_HEAD, "#e4dcd4"),
        (place(p.WING, by=(3, 3), scale=0.95, around=(44, 46)), "#8fb4d8"),
    ),
    "merhorse": ((place(p.FISH_TAIL, by=(0, 2)), "#3f8f8a"), (place(p.HORSE_HEAD, by=(2, 3)), "#7a4f36")),
    "cat": ((p.CAT_TAIL, "#3a3a40"), (p.DOG_BODY, "#55555e"), (place(p.CAT_HEAD, by=(4, 8)), "#6a6a72")),
    "turtle": ((TURTLE, "#6f8f4a"),),
}


def main() -> None:
    """Write every drawing as a one-channel PNG, and every painting."""
    folder = Path(__file__).parent
    for name, strokes in CREATURES.items():
        ink(strokes).save(folder / f"{name}.png", optimize=True)
    (folder / "painted").mkdir(exist_ok=True)
    for name, parts in PAINTED.items():
        paint(parts).save(folder / "painted" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
