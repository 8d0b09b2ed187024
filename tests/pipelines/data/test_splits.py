from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.data.entries import Entry, Source
from pipelines.data.sources import open_source
from pipelines.data.splits import fingerprint, is_held_out, near_duplicates, reserve, spaced, split_source
from tests.tools import encoded, noisy_picture, png


class Contents:
    """A source of given files, in the order given."""

    paired = False

    def __init__(self, files: dict[str, bytes], name: str = "contents") -> None:
        self.name, self.files = name, files
        self.entries: Sequence[Entry] = [Entry(key, key.partition("/")[0]) for key in files]

    def read(self, entry: Entry) -> bytes:
        return self.files[entry.key]

    def load(self, entry: Entry) -> Image.Image:
        try:
            return Image.open(io.BytesIO(self.files[entry.key])).convert("RGB")
        except OSError as error:
            raise Misuse("image_unreadable") from error


def unlike(count: int, first: int = 0) -> dict[str, bytes]:
    numbers = range(first, first + count)
    return {f"{'ab'[number % 2]}/{number:03d}.png": png(noisy_picture(number, 64, 64)) for number in numbers}


def smooth(number: int) -> Image.Image:
    return noisy_picture(number, 8, 6).resize((256, 256), Image.Resampling.BICUBIC)


def keys(source: Source) -> tuple[set[str], set[str]]:
    split = split_source(source)
    return {entry.key for entry in split.train}, {entry.key for entry in split.held_out}


def test_every_picture_is_on_one_side() -> None:
    split = split_source(Contents(unlike(80)))
    seen = sorted(entry.key for entry in (*split.train, *split.held_out))
    assert seen == sorted(unlike(80)) and not split.skipped


def test_the_order_of_the_files_does_not_matter() -> None:
    files = {
        **unlike(60),
        **{f"c/{number}.jpg": encoded(noisy_picture(number, 64, 64), "JPEG") for number in range(20)},
    }
    expected = keys(Contents(files))
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(files))
        names = list(files)
        assert keys(Contents({names[index]: files[names[index]] for index in order})) == expected


def test_names_do_not_matter() -> None:
    train, held_out = keys(Contents(unlike(60)))
    renamed = keys(Contents({f"z/{key[::-1]}": data for key, data in unlike(60).items()}))
    assert renamed == tuple({f"z/{key[::-1]}" for key in side} for side in (train, held_out))


def test_near_duplicates_stay_together() -> None:
    files = {}
    for number in range(40):
        picture = smooth(number)
        lighter = picture.point(lambda value: 255 - (255 - value) * 9 // 10)
        files |= {f"{number}/png": png(picture), f"{number}/jpg": encoded(picture, "JPEG", quality=80)}
        files |= {f"{number}/small": png(picture.resize((120, 120))), f"{number}/lighter": png(lighter)}
    train, held_out = keys(Contents(files))
    assert held_out and {key.split("/")[0] for key in train} & {key.split("/")[0] for key in held_out} == set()


def test_groups_are_connected_and_the_rest_is_apart() -> None:
    codes = [0b0, 0b11, 0b1111, 0xFF00, 0xFFFF_0000_0000]
    one, two, three, four, five = near_duplicates(codes)
    assert one == two == three and len({one, four, five}) == 3


def test_a_fingerprint_is_of_the_picture_and_not_of_its_size() -> None:
    picture = noisy_picture(3, 640, 480)
    assert (fingerprint(picture) ^ fingerprint(picture.resize((160, 120)))).bit_count() <= 2
    assert (fingerprint(picture) ^ fingerprint(noisy_picture(4, 640, 480))).bit_count() > 10


def test_about_a_tenth_is_held_out() -> None:
    held = [is_held_out(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(20_000)]
    assert 0.09 < sum(held) / len(held) < 0.11


def test_bad_pictures_are_named_with_why(tmp_path: Path) -> None:
    for key, data in {**unlike(40), "a/text.png": b"text", "b/empty.jpg": b""}.items():
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(data)
    split = split_source(open_source(f"folder:{tmp_path}"))
    assert set(split.skipped) == {"a/text.png", "b/empty.jpg"}
    assert "empty" in split.skipped["b/empty.jpg"] and "not a picture" in split.skipped["a/text.png"]
    assert len(split.train) + len(split.held_out) == 40
    assert "skipped 2" in split.report() and "a/text.png" in split.report()


def test_nothing_usable_is_said_with_how_many() -> None:
    with pytest.raises(Misuse) as error:
        split_source(Contents({"a/1.png": b"text", "a/2.png": b"text"}))
    assert (error.value.code, error.value.values["skipped"]) == ("data_no_images", 2)


ALIKE = dict.fromkeys(["a/1", "a/2", "a/3"], png(noisy_picture(1)))


@pytest.mark.parametrize(("files", "code", "said"), [(unlike(1), "data_too_few", "1"), (ALIKE, "data_alike", "3")])
def test_too_few_to_hold_any_out(files: dict[str, bytes], code: str, said: str) -> None:
    with pytest.raises(Misuse) as error:
        split_source(Contents(files))
    assert error.value.code == code
    assert said in str(error.value) and "at least 2" in str(error.value)


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_few_pictures_are_divided_too(count: int) -> None:
    for start in range(0, 60, 20):
        split = split_source(Contents(unlike(count, start)))
        assert split.train and split.held_out and len(split.train) + len(split.held_out) == count
        again = split_source(Contents(unlike(count, start)))
        assert split.held_out == again.held_out


@pytest.mark.parametrize(("count", "most"), [(2530, 2000), (3999, 2000), (10, 4), (7, 6)])
def test_a_sample_reaches_through_to_the_last_entries(count: int, most: int) -> None:
    rows = [Entry(f"{number:04d}", "") for number in range(count)]
    places = [int(entry.key) for entry in spaced(rows, most)]
    gaps = np.diff([*places, count])
    assert places[0] == 0 and len(set(places)) == most and gaps.max() - gaps.min() <= 1


def test_few_entries_are_all_in_the_sample() -> None:
    rows = [Entry(f"{number}", "") for number in range(5)]
    assert list(spaced(rows, 5)) == rows and list(spaced(rows, 2000)) == rows


def test_a_class_of_which_all_would_be_held_out_is_taught() -> None:
    files = unlike(60)
    out = [key for key, data in files.items() if is_held_out(hashlib.sha256(data).hexdigest())]
    assert len(out) > 2
    renamed = {f"rare/{key[2:]}" if key == out[0] else key: data for key, data in files.items()}
    split = split_source(Contents(renamed))
    assert f"rare/{out[0][2:]}" in {entry.key for entry in split.train}, "who tells classes could not be asked of it"
    assert {entry.key for entry in split.held_out} == {*out[1:]}, "the others stay where they are"


def test_reserved_pictures_are_named_by_lines_and_take_their_near_duplicates_along(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = unlike(12)
    files |= {
        f"a/twin of {number}.png": png(noisy_picture(number, 64, 64).point(lambda x: x * 0.98)) for number in (0, 2)
    }
    keys = tmp_path / "keys.txt"
    keys.write_text("a/twin of 0.png\na/002.png\na/nothing.png\n")
    split = reserve(split_source(Contents(files)), str(keys))
    assert {entry.key for entry in split.held_out} == {"a/twin of 0.png", "a/002.png"}
    assert not {"a/000.png", "a/twin of 2.png"} & {entry.key for entry in split.train}, "they are nearly the same"
    assert "a/nothing.png" in caplog.text
    keys.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misuse):
        reserve(split, str(keys))
