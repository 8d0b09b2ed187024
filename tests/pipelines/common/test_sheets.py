from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.sheets import CAPTION, compare_folders, contact_sheet, write_sheet


def plain(folder: Path, name: str, color: str) -> None:
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (40, 40), color).save(folder / name)


def test_rows_lie_side_by_side_and_the_rest_is_white() -> None:
    colors = ["red", "lime", "blue"]
    sheet = contact_sheet([[Image.new("RGB", (9, 9), color)] for color in colors], cell=10, abreast=2)
    assert sheet.size == (20, 20)
    assert [sheet.getpixel(where) for where in ((5, 5), (15, 5), (5, 15), (15, 15))] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
    ]


def test_each_folder_is_a_column_under_its_name(tmp_path: Path) -> None:
    lines, made = tmp_path / "lines", tmp_path / "lsgan"
    for name, color, painted in (("cat", "red", "blue"), ("cat-fish", "lime", "black")):
        plain(lines, f"{name}.png", color)
        plain(made, f"{name}-7-0.png", painted)
        plain(made, f"{name}-7-1.png", "white")
    (lines / "draw.py").write_text("no picture")
    sheet = np.asarray(compare_folders([lines, made], cell=40, abreast=1))
    assert sheet.shape == (CAPTION + 80, 80, 3)
    middles = [tuple(sheet[CAPTION + 20 + 40 * row, 20 + 40 * column].tolist()) for row in (0, 1) for column in (0, 1)]
    assert middles == [(255, 0, 0), (0, 0, 255), (0, 255, 0), (0, 0, 0)]
    caption = sheet[:CAPTION] < 128
    assert caption[:, :40].any() and caption[:, 40:].any(), "the columns are named"


def test_a_picture_of_the_same_name_comes_first_and_what_was_made_of_it_next(tmp_path: Path) -> None:
    lines, other = tmp_path / "lines", tmp_path / "other"
    for folder in (lines, other):
        plain(folder, "cat.png", "red")
        plain(folder, "cat-7-0.png", "blue")
        (folder / "._cat.png").write_text("what a Mac leaves")
    plain(lines, "dog.jpg", "red")
    plain(other, "dog-color.png", "lime")
    sheet = np.asarray(compare_folders([lines, other], cell=40, abreast=1)).astype(int)
    rows = [[sheet[CAPTION + 20 + 40 * row, 20 + 40 * column].argmax() for column in (0, 1)] for row in range(3)]
    assert rows == [[0, 0], [2, 2], [0, 1]]


def test_a_sheet_too_large_for_its_format_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="20000 x 1"):
        write_sheet(Image.new("RGB", (20_000, 1)), tmp_path / "sheet.webp")


@pytest.mark.parametrize("name", ["sheet.png", "sheet.jpg", "sheet.webp"])
def test_another_file_of_a_sheets_name_stays_and_the_same_sheet_again_is_the_same_file(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"somebody's own")
    red, lime = (Image.new("RGB", (40, 40), color) for color in ("red", "lime"))
    paths = [write_sheet(sheet, path) for sheet in (red, lime, red)]
    second, third = (path.with_stem(f"sheet_{number}") for number in (2, 3))
    assert paths == [second, third, second]
    assert path.read_bytes() == b"somebody's own" and sorted(tmp_path.iterdir()) == sorted([path, second, third])
    kinds = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
    with Image.open(third) as opened:
        assert opened.format == kinds[path.suffix] and opened.convert("RGB").getpixel((20, 20))[1] > 250  # type: ignore[index]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    plain(tmp_path / "lines", "cat.png", "red")
    plain(tmp_path / "made", "dog-7-0.png", "red")
    with pytest.raises(Misuse, match=r"made/cat\.png"):
        compare_folders([tmp_path / "lines", tmp_path / "made"])
    with pytest.raises(Misuse, match=r"nothing/\*\.png"):
        compare_folders([tmp_path / "nothing"])
