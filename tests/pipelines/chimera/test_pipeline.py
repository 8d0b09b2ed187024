from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipelines.chimera.arguments import Style
from pipelines.chimera.inputs import read_drawing
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.common.provenance import image_sha256
from tests.pipelines.chimera.shared import no_lines, portrait
from tests.pipelines.edges.shared import DRAWING, EdgesPipelineTests, refused
from tests.tools import noisy_picture, png


@pytest.fixture(scope="module")
def weights(chimera_weights: Path) -> Path:
    return chimera_weights


@pytest.fixture(scope="module")
def pipe(weights: Path) -> ChimeraPipeline:
    return ChimeraPipeline.from_pretrained(weights, "cpu")


class TestChimera(EdgesPipelineTests):
    """Chimera is a pipeline over edges."""

    fills_with = ("silhouette",)


def legs() -> Image.Image:
    """A body on two legs that stand apart, as somebody would draw it."""
    image = Image.new("L", (512, 512), 255)
    draw = ImageDraw.Draw(image)
    outline = [(120, 120), (400, 120), (400, 420), (340, 420), (330, 260), (210, 260), (200, 420), (130, 420)]
    draw.line([*outline, outline[0]], fill=0, width=6, joint="curve")
    return image


def fur(color: tuple[int, int, int]) -> Image.Image:
    """A crop of fur: streaks about a colour."""
    rng = np.random.default_rng(5)
    streaks = rng.normal(0, 22, (160, 40)).repeat(4, axis=1)[..., None] * np.ones(3)
    return Image.fromarray((np.array(color) + streaks).clip(0, 255).astype(np.uint8))


def colors(image: Image.Image) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mean colour of what is opaque."""
    pixels = np.asarray(image.convert("RGBA"), np.float64)
    return np.asarray(pixels[pixels[..., 3] > 200][:, :3].mean(axis=0))


def test_cutouts_lie_beside_the_pictures(pipe: ChimeraPipeline) -> None:
    result = pipe(DRAWING, seed=7, count=2)
    assert [(image.mode, image.size) for image in result.cutouts] == [("RGBA", (64, 64))] * 2
    assert result.edges.size == (256, 256)


def test_a_picture_is_looked_at_once_for_all_that_is_made_of_it(
    pipe: ChimeraPipeline, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def counted(image: Image.Image, **how: Any) -> Any:
        looks.append(how["kind"])
        return read_drawing(image, **how)

    monkeypatch.setattr("pipelines.chimera.pipeline.read_drawing", counted)
    drawing, streaks = legs(), fur((200, 120, 60))
    for seed in (1, 2):
        together = pipe(drawing, seed=seed, count=2, style=Style(fur=streaks)).images
        apart = [pipe(drawing, seed=seed, first=first, style=Style(fur=streaks)).images[0] for first in (0, 1)]
        assert [png(one) for one in together] == [png(one) for one in apart]
    assert sorted(looks) == ["auto", "photo"], "once the drawing, once the fur"
    fresh = ChimeraPipeline.from_pretrained(weights, "cpu")
    assert png(fresh(drawing, seed=2, style=Style(fur=streaks)).images[0]) == png(together[0])
    looks.clear()
    pipe(drawing.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    pipe(drawing, kind="drawing")
    assert looks == ["auto", "drawing"], "another picture, and another way to look at it"
    with pytest.raises(ValueError, match="read-only"):
        pipe.read(drawing).lines[:] = 0


def test_pictures_that_differ_in_their_palettes_alone_are_two(pipe: ChimeraPipeline) -> None:
    red = Image.new("P", (256, 256), 0)
    red.putpalette([255, 255, 255, 220, 30, 20])
    ImageDraw.Draw(red).ellipse([50, 50, 206, 206], outline=1, width=6)
    blue = red.copy()
    blue.putpalette([255, 255, 255, 20, 30, 220])
    inks = [pipe.read(one, kind="drawing").picture[128, 50:56].mean(axis=0) for one in (red, blue)]
    assert inks[0][0] > 150 > inks[0][2] and inks[1][2] > 150 > inks[1][0]


def test_on_white_on_paper_on_a_photograph_on_nothing(pipe: ChimeraPipeline) -> None:
    photo = noisy_picture(3, 90, 60)
    laid = {name: pipe(DRAWING, seed=7, background=name) for name in ("#ffffff", "#0000ff", "paper", "transparent")}
    alone = laid["transparent"].images[0]
    assert alone.mode == "RGBA" and png(alone) == png(laid["paper"].cutouts[0])
    alpha = np.asarray(alone.getchannel("A"), np.float64)[..., None] / 255
    straight = np.asarray(alone.convert("RGB"), np.float64)
    for name, ground in (("#ffffff", [255, 255, 255]), ("#0000ff", [0, 0, 255])):
        wanted = straight * alpha + np.array(ground) * (1 - alpha)
        assert np.abs(np.asarray(laid[name].images[0], float) - wanted).max() < 3
    on_photo = pipe(DRAWING, seed=7, behind=photo)
    assert on_photo.provenance[0].other_inputs == {"behind": image_sha256(photo)}
    assert not np.array_equal(np.asarray(on_photo.images[0]), np.asarray(laid["#ffffff"].images[0]))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"ink": 1.5}, "argument_out_of_range"),
        ({"style": Style(look="gaudy")}, "argument_unknown"),
        ({"style": Style(toward=-3)}, "argument_out_of_range"),
        ({"style": Style(share=1.2)}, "argument_out_of_range"),
        ({"style": Style(other_seed=2**40)}, "argument_out_of_range"),
        ({"style": Style(reach=0)}, "argument_out_of_range"),
        ({"style": Style(place=(0.5, 7.0))}, "argument_out_of_range"),
    ],
)
def test_a_style_out_of_range_is_refused(pipe: ChimeraPipeline, arguments: dict[str, Any], code: str) -> None:
    assert refused(pipe, **arguments) == code


def test_provenance_makes_it_again(pipe: ChimeraPipeline) -> None:
    style = Style(look="wild", toward=3, share=0.25, other_seed=5, place=(0.2, 0.7), reach=0.4)
    made = pipe(DRAWING, seed=7, count=2, ink=0.5, background="paper", kind="drawing", style=style)
    arguments = dict(made.provenance[1].arguments)
    own = {name: arguments.pop(name) for name in ("look", "toward", "share", "other_seed", "reach")}
    own["place"] = tuple(arguments.pop("place"))
    again = pipe(DRAWING, seed=7, first=1, style=Style(**own), **arguments)
    assert png(again.images[0]) == png(made.images[1])


def test_an_illustration_keeps_its_detail_and_its_silhouette() -> None:
    """Flat colours on white with small inner marks: Canny's lines are taken, and all of the body is inside."""
    picture = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse([60, 80, 240, 220], fill=(200, 140, 60))
    for x in range(90, 220, 26):
        draw.ellipse([x, 140, x + 8, 148], fill=(90, 50, 10))
    calls: list[int] = []

    def learned(rgb: Any) -> Any:
        calls.append(1)
        return np.zeros(rgb.shape[:2], np.float32)

    found = read_drawing(picture, kind="photo", sensitivity=0.5, detector="auto", learned=learned)
    assert found.detector == "canny" and found.cut_out and not calls
    assert not found.regions.wide[128, 128] and found.regions.wide[10, 10]
    assert (found.lines[115:135, 80:180] > 0).sum() > 60, "the marks are there"


def test_line_art_on_plain_paper_is_a_drawing_and_grass_is_for_the_detector() -> None:
    outline = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(outline)
    draw.ellipse([50, 50, 206, 206], outline="black", width=3)
    draw.ellipse([90, 190, 130, 230], fill=(120, 80, 40))  # a filled hoof: the whole is no silhouette all the same
    found = read_drawing(outline, kind="auto", sensitivity=0.5, detector="auto", learned=no_lines)
    assert found.kind == "drawing" and not found.cut_out and not found.regions.wide[128, 128]
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    grass = Image.fromarray(noise).resize((256, 256))
    assert read_drawing(grass, kind="photo", sensitivity=0.5, detector="auto", learned=no_lines).detector == "learned"
    calm = Image.fromarray(noise).resize((256, 256)).filter(ImageFilter.GaussianBlur(24))
    assert read_drawing(calm, kind="photo", sensitivity=0.5, detector="auto", learned=no_lines).detector == "canny"


def test_a_cartoon_in_colours_keeps_them_and_an_outline_on_paper_does_not() -> None:
    """Both have even colours and black outlines; paper that shows inside tells them apart. A shadow is no cartoon."""
    how: dict[str, Any] = {"kind": "auto", "sensitivity": 0.5, "detector": "auto", "learned": no_lines}
    for inside, painted in (((230, 180, 60), True), ("white", False), ("black", False)):
        cartoon = Image.new("RGB", (256, 256), "white")
        draw = ImageDraw.Draw(cartoon)
        draw.ellipse([40, 80, 200, 190], fill=inside, outline="black", width=4)
        draw.ellipse([150, 50, 230, 120], fill=inside, outline="black", width=4)
        draw.ellipse([195, 70, 205, 80], fill="black")
        found = read_drawing(cartoon, **how)
        assert (found.kind, found.cut_out) == (("photo", True) if painted else ("drawing", False))
        own = found.own_colors()
        assert (own is not None) == painted
        if own is not None:
            assert own[0, 0, 140, 100] > 0.8 > 0.4 > own[0, 2, 140, 100]


def test_coloured_strokes_colour_what_they_enclose(pipe: ChimeraPipeline) -> None:
    drawing = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(drawing)
    draw.ellipse([50, 50, 206, 206], outline=(210, 40, 30), width=5)
    found = pipe.read(drawing, kind="drawing")
    own = found.own_colors()
    assert own is not None and own[0, 0, 128, 128] > 0.7 > 0.4 > own[0, 2, 128, 128] and own[0, 3, 128, 128] == 1
    black = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(black).ellipse([50, 50, 206, 206], outline="black", width=5)
    assert pipe.read(black, kind="drawing").own_colors() is None


def test_a_red_tongue_colours_no_animal_filled_with_black(pipe: ChimeraPipeline) -> None:
    filled = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(filled)
    draw.ellipse([50, 50, 206, 206], fill="black")
    draw.ellipse([60, 120, 80, 130], fill="red")
    assert pipe.read(filled, kind="drawing").own_colors() is None


def test_a_frame_around_an_edge_map_is_no_animal() -> None:
    edges = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(edges)
    draw.ellipse([70, 90, 180, 170], outline="black")
    draw.rectangle([10, 20, 245, 230], outline="black")
    found = read_drawing(edges, kind="drawing", sensitivity=0.5, detector="auto", learned=no_lines)
    assert found.regions.wide[30, 30] and not found.regions.wide[130, 128]


def test_an_edge_map_as_dense_as_wool_is_an_edge_map_and_no_picture_in_white() -> None:
    wool = np.asarray(Image.new("L", (256, 256))).copy()
    cv2.ellipse(wool, (128, 128), (80, 50), 0, 0, 360, 255, -1)
    wool[1::2] = 0
    found = read_drawing(Image.fromarray(wool), kind="auto", sensitivity=0.5, detector="auto", learned=no_lines)
    assert found.kind == "drawing" and not found.cut_out and np.array_equal(found.lines, wool)


# What the bundled weights have learnt.


def test_a_pictures_own_colours_count_unless_natural_ones_are_wanted(bundled: ChimeraPipeline) -> None:
    made = {
        look: colors(bundled(portrait(), seed=7, style=Style(look=look)).cutouts[0]) for look in ("auto", "natural")
    }
    greenness = {look: color[1] - color[0] for look, color in made.items()}
    assert greenness["auto"] > greenness["natural"] + 20
    variants = [colors(one) for one in bundled(portrait(), seed=7, count=4).cutouts]
    assert abs(variants[3] - variants[0]).max() > 20, "those to choose from differ"


def test_between_two_closed_legs_nothing_is_painted(bundled: ChimeraPipeline) -> None:
    alpha = np.asarray(bundled(legs(), seed=7, background="transparent").images[0].getchannel("A"), float) / 255
    assert alpha[95, 128] > 0.9 and alpha[180, 80] > 0.8, "body and leg are there"
    assert alpha[170:200, 125:142].mean() < 0.05, "a veil between the legs"
    assert alpha[:40].max() < 0.05


def test_the_hole_under_a_tail_stays_open(bundled: ChimeraPipeline) -> None:
    drawing = Image.new("L", (256, 256), 255)
    draw = ImageDraw.Draw(drawing)
    for ring in ([150, 40, 240, 160], [164, 54, 226, 146]):
        draw.ellipse(ring, outline=0, width=2)
    draw.ellipse([30, 80, 190, 200], fill=255, outline=0, width=2)
    alpha = np.asarray(bundled(drawing, seed=7, background="transparent").images[0].getchannel("A"), float) / 255
    assert alpha[140, 100] > 0.9 and alpha[100, 232] > 0.6, "body and tail are there"
    assert alpha[85:105, 200:212].mean() < 0.1, "what the tail encloses"


def test_a_style_is_a_fur(bundled: ChimeraPipeline) -> None:
    """The fur of a photograph: a dark one is darker, a red one redder."""
    made = {}
    for name, color in (("light", (225, 215, 200)), ("dark", (60, 45, 35)), ("red", (180, 80, 30))):
        made[name] = colors(bundled(legs(), seed=7, ink=0, style=Style(fur=fur(color))).cutouts[0])
    assert made["light"].mean() > made["dark"].mean() + 40
    redness = {name: color[0] - color[2] for name, color in made.items()}
    assert redness["red"] > max(redness["light"], redness["dark"]) + 20


def test_two_furs_on_one_animal(bundled: ChimeraPipeline) -> None:
    light, dark = fur((225, 215, 200)), fur((60, 45, 35))
    style = Style(fur=light, other_fur=dark, place=(0.8, 0.5), reach=0.4)
    made = np.asarray(bundled(legs(), seed=7, ink=0, style=style).images[0].convert("L"), float)
    assert made[70:110, 70:90].mean() > made[70:110, 170:190].mean() + 30


def test_halfway_between_two_seeds(bundled: ChimeraPipeline) -> None:
    ends = [bundled(legs(), seed=seed, ink=0).images[0] for seed in (3, 4)]
    way = [bundled(legs(), seed=3, ink=0, style=Style(toward=4, share=share)).images[0] for share in (0.0, 0.5, 1.0)]
    assert png(way[0]) == png(ends[0]) and png(way[2]) == png(ends[1])
    apart = [np.abs(np.asarray(way[1], float) - np.asarray(end, float)).mean() for end in ends]
    assert max(apart) < np.abs(np.asarray(ends[0], float) - np.asarray(ends[1], float)).mean()
