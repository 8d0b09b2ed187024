"""What every pipeline over lines does: a system's tests inherit these and give ``pipe`` and ``weights``."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.provenance import image_sha256
from pipelines.weights import hub
from tests.tools import noisy_picture, png, sketch

DRAWING = sketch(200)
Pipe = Any  # of either system: they are called alike


def bytes_of(images: Iterable[Image.Image]) -> list[bytes]:
    return [png(image) for image in images]


def refused(pipe: Pipe, **arguments: Any) -> str:
    """Return the code of the error that a call ends in."""
    with pytest.raises(Misuse) as error:
        pipe(arguments.pop("image", DRAWING), **arguments)
    return error.value.code


class EdgesPipelineTests:
    fills_with: ClassVar[tuple[str, ...]] = ()  # names of weights besides its own that tell what lies inside

    @classmethod
    def others(cls, *names: str) -> dict[str, str]:
        """What provenance says of weights that had a part."""
        return {name: hub.weights_sha256(hub.resolve(name)) for name in (*names, *cls.fills_with)}

    def test_it_makes_squares(self, pipe: Pipe) -> None:
        result = pipe(DRAWING, seed=7, count=2)
        assert [(image.mode, image.size) for image in result.images] == [("RGB", (64, 64))] * 2
        assert result.kind == "drawing" and len(result.provenance) == 2

    def test_a_picture_is_a_function_of_seed_and_number(self, pipe: Pipe, weights: Path) -> None:
        four = bytes_of(pipe(DRAWING, seed=7, count=4).images)
        fresh = type(pipe).from_pretrained(weights, "cpu")
        assert bytes_of(fresh(DRAWING, seed=7, count=4).images) == four
        assert [bytes_of(pipe(DRAWING, seed=7, first=number).images)[0] for number in range(4)] == four
        others = bytes_of(pipe(DRAWING, seed=seed).images[0] for seed in (0, 8, 2**31 - 1))
        assert len({*four, *others}) == 7

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ({"count": 0}, "argument_out_of_range"),
            ({"count": 17}, "argument_out_of_range"),
            ({"seed": -1}, "argument_out_of_range"),
            ({"seed": 2**31}, "argument_out_of_range"),
            ({"first": -1}, "argument_out_of_range"),
            ({"sensitivity": 2.0}, "argument_out_of_range"),
            ({"kind": "painting"}, "argument_unknown"),
            ({"detector": "eye"}, "argument_unknown"),
            ({"background": "red"}, "color_unknown"),
            ({"background": "#ffffff\n"}, "color_unknown"),
            ({"image": Image.new("RGB", (200, 200), "white"), "kind": "drawing"}, "drawing_empty"),
            ({"image": Image.new("RGB", (200, 200), "white"), "kind": "photo"}, "edges_empty"),
        ],
    )
    def test_what_cannot_be_made_is_refused(self, pipe: Pipe, arguments: dict[str, Any], code: str) -> None:
        assert refused(pipe, **arguments) == code

    def test_cancelled_it_stops_early(self, pipe: Pipe) -> None:
        done: list[int] = []
        watch: dict[str, Any] = {"on_picture": lambda number, _: done.append(number)}
        result = pipe(DRAWING, seed=7, count=8, cancelled=lambda: len(done) == 3, **watch)
        assert done == [0, 1, 2] and [origin.index for origin in result.provenance] == done
        assert bytes_of(result.images) == bytes_of(pipe(DRAWING, seed=7, count=3).images)

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "CMYK"])
    def test_the_input_is_left_alone(self, pipe: Pipe, mode: str) -> None:
        given = DRAWING.convert(mode)
        given.info["note"] = "mine"
        before = (given.mode, given.size, given.tobytes(), dict(given.info))
        pipe(given, seed=1)
        assert (given.mode, given.size, given.tobytes(), dict(given.info)) == before

    def test_provenance_says_what_it_was_made_of(self, pipe: Pipe, weights: Path) -> None:
        origin = pipe(DRAWING, seed=7, first=1, sensitivity=0.4).provenance[0]
        assert (origin.system, origin.seed, origin.index) == (pipe.system, 7, 1)
        assert (origin.weights_sha256, origin.input_sha256) == (hub.weights_sha256(weights), image_sha256(DRAWING))
        assert origin.arguments["sensitivity"] == 0.4 and origin.other_weights == self.others()

    def test_a_photograph_s_lines_come_from_either_detector(self, pipe: Pipe) -> None:
        photo = noisy_picture(4, 200, 160)
        learned, canny = (pipe(photo, seed=7, kind="photo", detector=name) for name in ("learned", "canny"))
        assert not np.array_equal(np.asarray(learned.edges), np.asarray(canny.edges))
        assert learned.provenance[0].other_weights == self.others("lines")
        assert canny.provenance[0].other_weights == self.others()

    def test_threads_do_not_disturb_each_other(self, pipe: Pipe, weights: Path) -> None:
        pictures = [DRAWING, sketch(300, "white", "black", 0.02), noisy_picture(1, 128, 128)]
        alone = [bytes_of(pipe(picture, seed=3, count=2).images) for picture in pictures]
        fresh: Pipe = type(pipe).from_pretrained(weights, "cpu")  # that has seen none of them
        together: dict[int, list[bytes]] = {}

        def work(number: int) -> None:
            together[number] = bytes_of(fresh(pictures[number], seed=3, count=2).images)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(pictures))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [together[number] for number in range(len(pictures))] == alone

    def test_weights_of_another_network_are_refused(self, pipe: Pipe, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text('{"encoder": 3, "levels": 3}')
        (tmp_path / "model.safetensors").write_bytes(b"")
        with pytest.raises(Misuse) as error:
            type(pipe).from_pretrained(tmp_path)
        assert error.value.code == "weights_mismatch"
