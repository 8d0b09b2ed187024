"""Browsers that an administrator has signed in with before, known by a signed cookie.

Strangers' wrong passwords do not hinder them (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path

COOKIE = "studio_device"
SECONDS = 180 * 24 * 3600
KEY_BYTES = 32


class Devices:
    """Makes and checks the cookies.

    Args:
        key: signs them; with another key all are unknown.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def cookie(self) -> str:
        """Return a new device's cookie: a random name, when it was made, and their signature."""
        text = f"{secrets.token_urlsafe(12)}.{int(time.time())}"
        return f"{text}.{self._signature(text)}"

    def name_in(self, cookie: str) -> str | None:
        """Return the device's name, None where the cookie is not ours or too old."""
        text, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(text).encode()):
            return None
        name, _, made = text.partition(".")
        return name if int(made) + SECONDS > time.time() else None

    def _signature(self, text: str) -> str:
        return hmac.new(self._key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


def kept_key(path: Path) -> bytes:
    """Return the key in a file, made where there is none; where it cannot be kept, one for this process alone."""
    key = secrets.token_bytes(KEY_BYTES)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            found = path.read_bytes()
            return found if len(found) == KEY_BYTES else key
        with os.fdopen(opened, "wb") as file:
            file.write(key)
    return key
