"""Reading pictures from strangers: decoded, turned upright, bounded, in plain sRGB."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps

from pipelines.common.errors import Misuse
from pipelines.common.jpeg import check_scans

MAX_BYTES = 30_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "HEIF", "TIFF", "BMP")
ROWS = 256  # scaled at once
FEW_LEVELS = 8192  # a 16-bit picture that stays below this was scanned with fewer bits

Readable = bytes | Path | BinaryIO | Image.Image


def decode(
    source: Readable,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    max_side: int | None = None,
    min_side: int = 1,
) -> Image.Image:
    """Read a picture of any accepted kind as 8-bit sRGB, or refuse it with one sentence.

    The EXIF orientation is applied, 16-bit samples are scaled to 8, CMYK and wide-gamut colours are converted by
    their ICC profile, an animation or a file of several pages gives its first. Nothing but pixels survives: no
    metadata, no profile.

    Args:
        source: file contents, a path, an open binary file, or an already decoded image.
        max_bytes: size limit of the file.
        max_pixels: limit on width x height, checked before any pixel is decoded.
        max_side: scale down so that neither side is longer.
        min_side: least width and height.

    Returns:
        Mode ``RGB``, or ``RGBA`` where the picture has transparency.

    Raises:
        Misuse: empty, too large, too small, too slow to decode, truncated, or no picture at all.
    """
    if isinstance(source, Image.Image):
        check_pixels(source, max_pixels)
        upright = flatten_mode(source)
    else:
        upright = decode_bytes(read_bounded(source, max_bytes), max_pixels)
    if min(upright.size) < min_side:
        raise Misuse("image_too_small", width=upright.width, height=upright.height, allowed=min_side)
    if max_side is not None and max(upright.size) > max_side:
        upright.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return upright


def measure(
    source: bytes | Path | BinaryIO, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS
) -> tuple[int, int]:
    """Return width and height as a picture's header says; nothing is decoded.

    Raises:
        Misuse: empty, too large, or no picture at all.
    """
    with header_of(read_bounded(source, max_bytes), max_pixels) as image:
        return image.size


def to_rgb(image: Image.Image, background: str = "white") -> Image.Image:
    """Lay a picture with transparency on a plain colour; an opaque one is returned as RGB."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    canvas = Image.new("RGBA", image.size, background)
    canvas.alpha_composite(image)
    return canvas.convert("RGB")


def read_bounded(source: bytes | Path | BinaryIO, max_bytes: int) -> bytes:
    """Return the contents, reading no more than ``max_bytes``."""
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return read_bounded(file, max_bytes)
        except (OSError, ValueError) as error:  # the second for a name with a zero in it
            raise Misuse("file_not_found", given=source.name[-80:]) from error
    data = source if isinstance(source, bytes) else source.read(max_bytes + 1)
    if not data:
        raise Misuse("image_empty")
    if len(data) > max_bytes:
        raise Misuse("image_too_many_bytes", given_mb=f"over {max_bytes / 1e6:g}", allowed_mb=f"{max_bytes / 1e6:g}")
    return data


def decode_bytes(data: bytes, max_pixels: int) -> Image.Image:
    """Decode file contents. Whatever a decoder may raise on a hostile file becomes one sentence."""
    image = header_of(data, max_pixels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image.seek(0)
            image.load()
            return flatten_mode(to_srgb(ImageOps.exif_transpose(image)))
        except Exception as error:
            raise Misuse("image_truncated") from error


def header_of(data: bytes, max_pixels: int) -> Image.Image:
    """Open file contents without decoding a pixel, and check what decoding would cost."""
    Image.init()
    pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large and of odd files; our own limits decide
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise too_many_pixels(max_pixels, None) from error
        except Exception as error:
            raise Misuse("image_unreadable") from error
    check_pixels(image, max_pixels)
    if data.startswith(b"\xff\xd8"):
        check_scans(data, image.width * image.height)
    return image


def check_pixels(image: Image.Image, max_pixels: int) -> None:
    """Refuse a picture by its declared size."""
    if image.width * image.height > max_pixels:
        raise too_many_pixels(max_pixels, image.width * image.height)


def too_many_pixels(allowed: int, given: int | None) -> Misuse:
    """Word the refusal of a huge picture."""
    given_mp = f"over {allowed / 1e6:.0f}" if given is None else f"{given / 1e6:.0f}"
    return Misuse("image_too_many_pixels", given_mp=given_mp, allowed_mp=f"{allowed / 1e6:.2g}")


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert colours by the picture's own ICC profile where it has a usable one."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted if converted is not None else image


def flatten_mode(image: Image.Image) -> Image.Image:
    """Return mode RGB or RGBA, 8 bits a sample, without metadata."""
    if image.mode in ("I;16", "I;16L", "I;16B", "I;16N", "I", "F"):
        image = eight_bit(image)
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain = plain.copy() if plain is image else plain
    plain.info.clear()
    plain.getexif().clear()
    return plain


def eight_bit(image: Image.Image) -> Image.Image:
    """Scale grey samples to 8 bits: integers from 16 bits, floats by their own range."""
    values = np.asarray(image)
    if image.mode == "F":
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        scale = 255.0 / (high - low or 1.0)
    else:
        low, most = 0.0, float(values.max(initial=0))
        wide = image.mode.startswith("I;16") or most > 255
        # Ten or twelve bits in sixteen are stretched by their own maximum: they would be almost black.
        few = wide and 255 < most < FEW_LEVELS
        scale = 255.0 / most if few else 1 / 257.0 if wide else 1.0
    scaled = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), ROWS):  # a whole scan in double precision would fill the memory
        rows = (np.nan_to_num(values[start : start + ROWS].astype(np.float64), nan=low) - low) * scale
        scaled[start : start + ROWS] = np.clip(rows.round(), 0, 255)
    return Image.fromarray(scaled, mode="L")
