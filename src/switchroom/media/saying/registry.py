"""Finds the language of a ``CHANNEL(language)`` value."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import TypeGuard

from switchroom.media.saying import languages
from switchroom.media.saying.language import Language

FALLBACK = "en"


def _is_declared_in(kind: object, module: ModuleType) -> TypeGuard[type[Language]]:
    is_language = isinstance(kind, type) and issubclass(kind, Language)
    return is_language and kind.__module__ == module.__name__


@cache
def all_languages() -> Mapping[str, Language]:
    """Every language by its codes: each subclass with codes in the modules of ``languages/``."""
    found: dict[str, Language] = {}
    for info in pkgutil.iter_modules(languages.__path__):
        module = importlib.import_module(f"{languages.__name__}.{info.name}")
        for kind in vars(module).values():
            if _is_declared_in(kind, module):
                found.update(dict.fromkeys(kind.codes, kind()))
    return found


def language_for(code: str) -> Language:
    """The language of ``de``, ``de_AT`` or ``de-AT``; English where nobody knows it."""
    known = all_languages()
    word = code.strip().replace("-", "_")
    return known.get(word) or known.get(word.partition("_")[0].lower()) or known[FALLBACK]
