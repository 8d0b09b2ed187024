"""Every error a visitor may read, in Japanese and Korean; English comes from the library."""

from __future__ import annotations

from demos.shared.errors.hosting import HOSTING
from demos.shared.errors.visiting import VISITING
from demos.shared.words import index_of, say
from pipelines.common.errors import MESSAGES, StudioError

# By code. A test keeps codes and placeholders in step with the library's.
ERRORS: dict[str, tuple[str, str]] = VISITING | HOSTING


def explain(error: StudioError, language: str) -> str:
    """Return an error as a sentence with a capital and a full stop."""
    position = index_of(language)
    if position == 0:
        sentence = MESSAGES[error.code].format(**error.values)
        sentence = sentence[:1].upper() + sentence[1:]
        return sentence if sentence.endswith(".") else sentence + "."
    values = dict(error.values)
    if error.code == "job_not_possible":
        values["status"] = say(f"status_{values['status']}", language)
        values["wanted"] = say(f"jobs_do_{values['wanted']}", language)
    return ERRORS[error.code][position - 1].format(**values)
