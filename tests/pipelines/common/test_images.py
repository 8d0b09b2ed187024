from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from pipelines.common.errors import Misuse
from pipelines.common.images import decode, flatten_mode, to_rgb
from tests.tools import encoded, noisy_picture, png, raw_png

PICTURE = noisy_picture(1, 48, 32)
PIXELS = np.asarray(PICTURE).astype(int)


def error_of(data: bytes | Path | io.BytesIO | Image.Image, **limits: int) -> str:
    with pytest.raises(Misuse) as error:
        decode(data, **limits)
    assert "\n" not in str(error.value)
    return error.value.code


def heic(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=95)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "tolerance"),
    [
        (png(PICTURE), 0),
        (encoded(PICTURE, "JPEG", quality=98, subsampling=0), 8),
        (encoded(PICTURE, "WEBP", lossless=True), 0),
        (heic(PICTURE), 40),
    ],
    ids=["png", "jpeg", "webp", "heic"],
)
def test_every_accepted_format(data: bytes, tolerance: int, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
        image = decode(source)
        assert (image.mode, image.size) == ("RGB", PICTURE.size)
        assert np.abs(np.asarray(image) - PIXELS).mean() <= tolerance


def test_grey_of_16_bits_keeps_its_shades() -> None:
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None].repeat(4, axis=0)
    grey = np.asarray(decode(png(Image.fromarray(ramp))))
    assert np.array_equal(grey[0, :, 0], np.arange(256))


def test_dark_grey_of_16_bits_stays_dark() -> None:
    assert decode(png(Image.fromarray(np.full((4, 4), 200, np.uint16)))).getpixel((0, 0)) == (1, 1, 1)


def test_colour_of_16_bits() -> None:
    samples = struct.pack(">6H", 65535, 32768, 0, 257, 514, 65535)
    image = decode(raw_png(2, 1, depth=16, kind=2, rows=b"\0" + samples))
    assert np.abs(np.asarray(image).astype(int) - [[[255, 128, 0], [1, 2, 255]]]).max() <= 1


def test_a_palette_with_transparency() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    image = decode(png(palette, transparency=1))
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0)) == (255, 0, 0, 255) and image.getpixel((1, 0))[3] == 0


def test_grey_with_alpha_is_laid_on_white() -> None:
    grey = Image.new("LA", (2, 1), (0, 255))
    grey.putpixel((1, 0), (0, 0))
    image = decode(png(grey))
    assert image.mode == "RGBA"
    assert [to_rgb(image).getpixel((x, 0)) for x in (0, 1)] == [(0, 0, 0), (255, 255, 255)]


def test_an_opaque_alpha_channel_is_dropped() -> None:
    assert decode(png(PICTURE.convert("RGBA"))).mode == "RGB"


def test_cmyk_jpeg() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    red, green, blue = decode(encoded(cyan, "JPEG")).getpixel((8, 8))
    assert red < 60 and green > 120 and blue > 180


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_all_orientations_give_the_same_upright_picture(kind: str) -> None:
    turns = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # how a camera held so stores it
    options = {"PNG": {}, "JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}[kind]
    seen = []
    for orientation, turn in turns.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = PICTURE if turn is None else PICTURE.transpose(Image.Transpose(turn))
        data = encoded(stored, kind, exif=exif, **options)
        assert ImageOps.exif_transpose(Image.open(io.BytesIO(data))).size == PICTURE.size
        seen.append(np.asarray(decode(data)).astype(int))
    assert all(one.shape == PIXELS.shape and np.abs(one - PIXELS).mean() < 3 for one in seen)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind != "PNG" else {})
    )
    assert decode(data).getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_cut_off_file_is_refused(kind: str) -> None:
    data = encoded(noisy_picture(2, 200, 200).resize((400, 400)), kind)
    assert error_of(data[: len(data) // 2]) in ("image_truncated", "image_unreadable")


def test_files_that_are_no_pictures() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "text")
    assert error_of(archive.getvalue()) == "image_unreadable"
    assert error_of(b"just some text, no picture") == "image_unreadable"
    assert error_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == "image_unreadable"
    assert error_of(b"") == error_of(io.BytesIO()) == "image_empty"


def test_a_missing_file(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.png") == error_of(tmp_path) == "file_not_found"


def test_a_large_scan_does_not_fill_the_memory() -> None:
    scan = Image.fromarray(np.tile(np.arange(2000, dtype=np.uint16) * 30, (1500, 1)))
    tracemalloc.start()
    made = flatten_mode(scan)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected = np.round(np.arange(2000) * 30 / 257).astype(np.uint8)
    assert (np.asarray(made) == expected[None, :, None]).all()
    assert peak < 12 * scan.width * scan.height, "bytes a pixel; three copies in double precision were 24"


@pytest.mark.parametrize("kind", ["GIF", "ICO", "PPM"])
def test_other_formats_are_refused(kind: str) -> None:
    assert error_of(encoded(PICTURE, kind)) == "image_unreadable"


def test_too_many_bytes_are_not_even_read() -> None:
    data = png(PICTURE)
    stream = io.BytesIO(data + b"\0" * 10_000)
    assert error_of(stream, max_bytes=len(data)) == "image_too_many_bytes"
    assert stream.tell() == len(data) + 1
    assert error_of(data, max_bytes=len(data) - 1) == "image_too_many_bytes"
    assert decode(data, max_bytes=len(data)).size == PICTURE.size


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    bomb = raw_png(side, side, depth=1, kind=0, rows=b"\0" * 1000)
    assert error_of(bomb) == "image_too_many_pixels"


def test_limits_on_size() -> None:
    assert error_of(PICTURE, max_pixels=PICTURE.width * PICTURE.height - 1) == "image_too_many_pixels"
    assert error_of(PICTURE, min_side=33) == "image_too_small"
    assert decode(PICTURE, max_side=24).size == (24, 16)
    assert decode(PICTURE, max_side=4800).size == PICTURE.size


def test_wide_gamut_colours_become_srgb() -> None:
    swapped = ImageCms.ImageCmsProfile(io.BytesIO(green_first_profile()))
    image = decode(png(Image.new("RGB", (4, 4), (255, 0, 0)), icc_profile=swapped.tobytes()))
    red, green, _ = image.getpixel((0, 0))
    assert green > 200 and red < 80


def green_first_profile() -> bytes:
    """sRGB's profile with its red and green primaries exchanged, so that nobody can overlook it."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = [132 + 12 * number for number in range(struct.unpack(">I", data[128:132])[0])]
    red, green = (next(at for at in entries if data[at : at + 4] == name) for name in (b"rXYZ", b"gXYZ"))
    data[red + 4 : red + 12], data[green + 4 : green + 12] = data[green + 4 : green + 12], data[red + 4 : red + 12]
    return bytes(data)


def test_a_broken_profile_is_ignored() -> None:
    assert np.array_equal(np.asarray(decode(png(PICTURE, icc_profile=b"no profile at all"))), PIXELS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_but_pixels_survives(kind: str) -> None:
    exif, text = Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x010E] = "secret"
    exif.get_ifd(0x8825)[1] = "N"
    text.add_text("comment", "secret")
    options = {"pnginfo": text} if kind == "PNG" else {}
    image = decode(encoded(PICTURE, kind, exif=exif, icc_profile=green_first_profile(), **options))
    assert image.info == {} and len(image.getexif()) == 0
    assert b"secret" not in encoded(image, kind)


def test_an_image_given_is_left_alone() -> None:
    given = Image.open(io.BytesIO(png(PICTURE, icc_profile=green_first_profile())))
    before = (given.mode, given.size, dict(given.info), given.tobytes())
    decode(given, max_side=10)
    assert (given.mode, given.size, dict(given.info), given.tobytes()) == before


@pytest.mark.parametrize(
    ("kind", "mode"), [("TIFF", "L"), ("TIFF", "RGB"), ("TIFF", "CMYK"), ("BMP", "L"), ("BMP", "RGB")]
)
def test_what_scanners_write_is_read(kind: str, mode: str) -> None:
    picture = noisy_picture(3, 40, 30).convert(mode)
    read = decode(encoded(picture, kind))
    assert (read.mode, read.size) == ("RGB", (40, 30))
    assert np.abs(np.asarray(read, int) - np.asarray(picture.convert("RGB"), int)).max() <= 2


def test_a_tiff_is_bounded_as_the_others_are() -> None:
    large = encoded(Image.new("1", (9000, 9000)), "TIFF", compression="group4")
    assert len(large) < 100_000
    with pytest.raises(Misuse) as error:
        decode(large)
    assert error.value.code == "image_too_many_pixels"
    with pytest.raises(Misuse):
        decode(encoded(noisy_picture(3), "TIFF")[:200])


def test_twelve_bits_in_sixteen_are_stretched_and_sixteen_are_not() -> None:
    ramp = np.linspace(0, 1, 64)[None].repeat(8, axis=0)
    for most, brightest in ((4095, 255), (1023, 255), (65535, 255), (30000, 117)):
        scan = Image.fromarray((ramp * most).astype(np.uint16))
        read = np.asarray(decode(encoded(scan, "PNG")))
        assert abs(int(read.max()) - brightest) <= 1 and read.min() == 0, most
