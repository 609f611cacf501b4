"""House rule: everything that a dialplan can use says what it is, completely."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.dialplan.documentation import Documentation
from tests.tools.reference.examples import documented

_SENTENCE = re.compile(r"\S.{8,}[.:]$", re.DOTALL)


def missing_of(thing: Documentation) -> Iterator[str]:
    """What its docstrings do not say yet."""
    for usage in thing.usages:
        if not _SENTENCE.match(usage.summary):
            yield f"the first line of the docstring of {usage.text}: a sentence"
    for argument in thing.arguments:
        if not argument.meaning:
            yield f"`{argument.name}` in the section Args:"
        for letter, meaning in argument.options:
            if not meaning:
                yield f"the meaning of the option {letter}"
    if not thing.examples:
        yield "a section Examples:"
    if not thing.family:
        yield f"a line `Family: …` at the end of the docstring of the module {thing.module}"


@pytest.mark.parametrize("thing", documented(), ids=lambda thing: thing.name)
def test_everything_is_documented(thing: Documentation) -> None:
    missing = list(missing_of(thing))
    assert not missing, (
        f"{thing.name} lacks: {'; '.join(missing)}. The docstring of dialplan/documentation.py "
        "says how they are written; `make reference` writes the pages."
    )


def test_a_variable_that_a_module_sets_is_documented() -> None:
    said: defaultdict[str, set[str]] = defaultdict(set)
    for thing in documented():
        said[thing.module].update(*(names.split(", ") for names, _ in thing.variables))
    unsaid = {
        module: sorted(_variables_set_by(module) - variables) for module, variables in said.items()
    }
    assert not any(unsaid.values()), "they belong into a section Variables:"


def _variables_set_by(module: str) -> set[str]:
    """Names in ``set_variable("NAME", …)`` and ``variables["NAME"] = …``."""
    path = sys.modules[module].__file__
    assert path is not None
    names = set()
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="set_variable"), args=[ast.Constant(value), *_]):
                names.add(value)
            case ast.Subscript(
                value=ast.Attribute(attr="variables"), slice=ast.Constant(value), ctx=ast.Store()
            ):
                names.add(value)
            case _:
                pass
    return {name for name in names if isinstance(name, str)}


def test_no_family_is_alone() -> None:
    """One that has a single member is misspelled."""
    sizes = Counter(thing.family for thing in documented() if thing.family)
    assert not [family for family, size in sizes.items() if size == 1]
