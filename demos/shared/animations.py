"""Animations that go through pictures and back."""

from __future__ import annotations

import io
from collections.abc import Sequence

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image


def save_animation(frames: Sequence[Image.Image], name: str) -> str:
    """Write a WebP that goes through pictures and back, for ever, where the page may serve it from; return its path."""
    return str(save_bytes_to_cache(animated(frames), name, cache_dir=get_upload_folder()))


def animated(frames: Sequence[Image.Image]) -> bytes:
    """Return the file."""
    shown, file = [*frames, *frames[-2:0:-1]], io.BytesIO()
    shown[0].save(file, "WEBP", save_all=True, append_images=shown[1:], duration=60, loop=0, quality=92, method=2)
    return file.getvalue()
