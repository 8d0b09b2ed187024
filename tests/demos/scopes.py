"""The sentences of every tab, of those that are on the page and of administration."""

from __future__ import annotations

from importlib import import_module

from demos import page
from demos.admin.words import say as admin
from demos.shared.words import Scope

SCOPES: list[Scope] = [*(import_module(f"{package}.words").say for _, package in page.tabs()), admin]
