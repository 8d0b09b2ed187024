"""Each sentence that the code asks for by its key is there, once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from demos.shared.words import SHARED, Scope
from tests.demos.scopes import SCOPES
from tests.tools import ROOT

WORDS = sorted(ROOT.glob("demos/**/*words*.py"))


def said(folder: Path) -> Iterator[str]:
    """Yield the keys that a folder's code looks up by name."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            called = f".{node.func.attr}" if isinstance(node.func, ast.Attribute) else name
            given: list[ast.expr] = []
            if called == "say":
                given = node.args[:1]
            elif called == ".add" and isinstance(node.func, ast.Attribute):
                if getattr(node.func.value, "id", "") == "words":
                    given = node.args[1:2] + [one.value for one in node.keywords if one.arg in ("value", "label")]
            elif called == "caption":
                given = node.args[1:2]
            yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.name)
def test_every_sentence_that_a_tab_says_is_there(scope: Scope) -> None:
    asked = set(said(ROOT / "demos" / scope.name))
    assert asked & scope.sentences.keys(), "the keys are found"
    assert asked <= scope.sentences.keys() | SHARED.keys()


@pytest.mark.parametrize("path", WORDS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_key_is_written_twice(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Dict):
            keys = Counter(key.value for key in node.keys if isinstance(key, ast.Constant))
            assert not [key for key, count in keys.items() if count > 1]
