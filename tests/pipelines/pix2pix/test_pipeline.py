from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.common import device
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.provenance import image_sha256
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.pix2pix.pipeline import Pix2PixPipeline, parse_color
from pipelines.weights import hub
from tests.tools import noisy_picture, png, sketch

DRAWING = sketch(200)


@pytest.fixture(scope="module")
def pipe(pix2pix_weights: Path) -> Pix2PixPipeline:
    return Pix2PixPipeline.from_pretrained(pix2pix_weights, "cpu")


def bytes_of(images: list[Image.Image]) -> list[bytes]:
    return [png(image) for image in images]


def test_it_paints_square_pictures(pipe: Pix2PixPipeline) -> None:
    result = pipe(DRAWING, seed=7, count=2)
    assert [(image.mode, image.size) for image in result.images] == [("RGB", (64, 64))] * 2
    assert result.kind == "drawing" and result.edges.size == (64, 64)


def test_the_same_seed_gives_the_same_bytes(pipe: Pix2PixPipeline, pix2pix_weights: Path) -> None:
    first = bytes_of(pipe(DRAWING, seed=7, count=2).images)
    assert bytes_of(pipe(DRAWING, seed=7, count=2).images) == first
    fresh = Pix2PixPipeline.from_pretrained(pix2pix_weights, "cpu")
    assert bytes_of(fresh(DRAWING, seed=7, count=2).images) == first


def test_alone_or_in_company_a_picture_is_the_same(pipe: Pix2PixPipeline) -> None:
    four = bytes_of(pipe(DRAWING, seed=7, count=4).images)
    assert bytes_of(pipe(DRAWING, seed=7).images) == four[:1]
    assert [bytes_of(pipe(DRAWING, seed=7, first=number).images)[0] for number in range(4)] == four
    assert len(set(four)) == 4


def test_other_seeds_differ(pipe: Pix2PixPipeline) -> None:
    assert len({png(pipe(DRAWING, seed=seed).images[0]) for seed in (0, 1, 2, 2**31 - 1)}) == 4


def test_a_dark_background_is_darker(pipe: Pix2PixPipeline) -> None:
    white, black = (pipe(DRAWING, seed=7, background=color).images[0] for color in ("#ffffff", "#000000"))
    corners = [np.asarray(image, np.float32)[[0, 0, -1, -1], [0, -1, 0, -1]].mean() for image in (white, black)]
    assert corners[0] > 150 and corners[1] < corners[0] - 60


def test_colours_are_read_as_they_are_written() -> None:
    torch.testing.assert_close(parse_color("#Ff8000"), torch.tensor([[1.0, 128 / 127.5 - 1, -1.0]]))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"count": 0}, "argument_out_of_range"),
        ({"count": 17}, "argument_out_of_range"),
        ({"seed": -1}, "argument_out_of_range"),
        ({"seed": 2**31}, "argument_out_of_range"),
        ({"sensitivity": 2.0}, "argument_out_of_range"),
        ({"kind": "painting"}, "argument_unknown"),
        ({"detector": "eye"}, "argument_unknown"),
        ({"background": "red"}, "color_unknown"),
        ({"background": "#fff"}, "color_unknown"),
        ({"background": "#12345g"}, "color_unknown"),
        ({"background": "#ffffff\n"}, "color_unknown"),
    ],
)
def test_bad_arguments(pipe: Pix2PixPipeline, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(Misuse) as error:
        pipe(DRAWING, **arguments)
    assert error.value.code == code


def test_empty_paper(pipe: Pix2PixPipeline) -> None:
    for kind, code in (("drawing", "drawing_empty"), ("photo", "edges_empty")):
        with pytest.raises(Misuse) as error:
            pipe(Image.new("RGB", (200, 200), "white"), kind=kind)
        assert error.value.code == code


def test_cancelled_it_stops_early(pipe: Pix2PixPipeline) -> None:
    done: list[int] = []
    result = pipe(
        DRAWING, seed=7, count=8, on_picture=lambda number, _: done.append(number), cancelled=lambda: len(done) == 3
    )
    assert done == [0, 1, 2] and bytes_of(result.images) == bytes_of(pipe(DRAWING, seed=7, count=3).images)
    assert len(result.provenance) == 3


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "CMYK"])
def test_the_input_is_left_alone(pipe: Pix2PixPipeline, mode: str) -> None:
    given = DRAWING.convert(mode)
    given.info["note"] = "mine"
    before = (given.mode, given.size, given.tobytes(), dict(given.info))
    pipe(given, seed=1)
    assert (given.mode, given.size, given.tobytes(), dict(given.info)) == before


def test_provenance_says_how_to_make_it_again(pipe: Pix2PixPipeline, pix2pix_weights: Path) -> None:
    result = pipe(DRAWING, seed=7, count=2, sensitivity=0.4, background="#00ff00", kind="drawing")
    origin = result.provenance[1]
    assert (origin.system, origin.seed, origin.index) == ("pix2pix", 7, 1)
    assert origin.weights_sha256 == hub.weights_sha256(pix2pix_weights)
    assert origin.input_sha256 == image_sha256(DRAWING)
    again = pipe(DRAWING, seed=origin.seed, count=origin.index + 1, **origin.arguments)
    assert png(again.images[origin.index]) == png(result.images[1])


def test_a_photograph_s_lines_come_from_either_detector(pipe: Pix2PixPipeline) -> None:
    photo = noisy_picture(4, 200, 160)
    learned, canny = (pipe(photo, seed=7, kind="photo", detector=name) for name in ("learned", "canny"))
    assert not np.array_equal(np.asarray(learned.edges), np.asarray(canny.edges))
    assert learned.provenance[0].other_weights == {"lines": hub.weights_sha256(hub.resolve("lines"))}
    assert canny.provenance[0].other_weights == {}
    again = pipe(photo, seed=7, **learned.provenance[0].arguments)
    assert png(again.images[0]) == png(learned.images[0])


def test_threads_do_not_disturb_each_other(pipe: Pix2PixPipeline) -> None:
    pictures = [DRAWING, sketch(300, "white", "black", 0.02), noisy_picture(1, 128, 128), sketch(120)]
    alone = [bytes_of(pipe(picture, seed=3, count=3).images) for picture in pictures]
    together: dict[int, list[bytes]] = {}

    def work(number: int) -> None:
        together[number] = bytes_of(pipe(pictures[number], seed=3, count=3).images)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(pictures))] == alone


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"levels": 3}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(Misuse) as error:
        Pix2PixPipeline.from_pretrained(tmp_path)
    assert error.value.code == "weights_mismatch"


def test_weights_of_the_way_back_are_refused() -> None:
    torch.manual_seed(0)
    backwards = Pix2PixGenerator(3, 1, base_channels=4, levels=6, size=64)
    with pytest.raises(StudioError) as error:
        Pix2PixPipeline(backwards, device.choose("cpu"))(DRAWING)
    assert error.value.code == "weights_mismatch"
