"""What of an answer the page does not show yet: to draw anew what has not changed says nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from demos.shared.requests import Answer

Digests = Mapping[str, str]


def unseen(answer: Answer, shown: Digests) -> tuple[dict[str, Any], Digests]:
    """Leave out of an answer what the page was given before.

    Args:
        answer: values, updates, or mappings of these by component.
        shown: what this function returned of the answer before; empty where all is to be sent.

    Returns:
        What is new, and the digests of all that the page shows then.
    """
    left, digests = dict[str, Any](), dict(shown)
    for name, value in answer.items():
        parts = value if isinstance(value, Mapping) and "__type__" not in value else {"": value}
        new = {}
        for key, part in parts.items():
            found = digest(part)
            if shown.get(f"{name}/{key}") != found:
                digests[f"{name}/{key}"] = found
                new[key] = part
        if new:
            left[name] = new if parts is value else value
    return left, digests


def digest(value: Any) -> str:
    """Return the SHA-256 of a value or an update, in which tables may stand."""
    return hashlib.sha256(json.dumps(value, default=lambda table: table.to_csv()).encode()).hexdigest()
