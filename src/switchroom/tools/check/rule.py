"""Rules: how one is declared, collected and run.

    @rule("SW301", Severity.ERROR)
    def unknown_application(project: Project) -> Iterator[Problem]:
        \"\"\"An application that does not exist.

        Why it matters, at any length.

        Wrong::

            exten => 100,1,Plaback(hello-world)

        Right::

            exten => 100,1,Playback(hello-world)
        \"\"\"

The decorator only marks; :func:`collect_rules` imports the modules of ``check/rules`` and builds a
table. The docstring is what ``--explain`` prints and what the reference page says; a test runs its
examples: the wrong ones must be found by the rule, the right ones must not.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from switchroom.base.errors import SwitchroomError
from switchroom.tools.check.finding import Finding, Problem, Severity
from switchroom.tools.check.project import Project

Run = Callable[[Project], Iterable[Problem]]
RunT = TypeVar("RunT", bound=Callable[[Project], Iterable[Problem]])

_MARK = "__switchroom_check_rule__"
_EXAMPLE = re.compile(r"^(?P<kind>Wrong|Right)::\n\n(?P<text>(?:(?: {4}.*)?\n)+)", re.MULTILINE)


class DuplicateCodeError(SwitchroomError):
    """Two rules have the same code."""


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of configuration out of a rule's explanation."""

    is_wrong: bool
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    severity: Severity
    run: Run

    @property
    def documentation(self) -> str:
        """All that its docstring says."""
        return inspect.getdoc(self.run) or ""

    @property
    def title(self) -> str:
        """The first line of it, without its full stop."""
        return self.documentation.partition("\n")[0].rstrip(".")

    @property
    def explanation(self) -> str:
        """What stands below the title, examples included."""
        return self.documentation.partition("\n")[2].strip()

    @property
    def examples(self) -> list[Example]:
        """The examples of the explanation."""
        return [
            Example(match["kind"] == "Wrong", textwrap.dedent(match["text"]).strip() + "\n")
            for match in _EXAMPLE.finditer(self.documentation + "\n")
        ]


def rule(code: str, severity: Severity) -> Callable[[RunT], RunT]:
    """Mark ``(project) -> problems`` as the rule ``code``."""

    def mark(run: RunT) -> RunT:
        setattr(run, _MARK, (code, severity))
        return run

    return mark


@functools.cache
def collect_rules() -> Mapping[str, Rule]:
    """Import every module of ``check/rules``; return the rules marked there, by code, in order.

    Raises:
        DuplicateCodeError: Two of them have one code.
    """
    package = importlib.import_module("switchroom.tools.check.rules")
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for run in vars(module).values():
            mark: tuple[str, Severity] | None = getattr(run, _MARK, None)
            if mark is None or run.__module__ != module.__name__:
                continue
            declared = Rule(mark[0], mark[1], run)
            if found.setdefault(declared.code, declared) is not declared:
                raise DuplicateCodeError(f"two rules are called {declared.code}")
    return dict(sorted(found.items()))


def run_rules(project: Project, rules: Iterable[Rule]) -> Iterator[Finding]:
    """What some rules find, each finding once."""
    for each in rules:
        seen: set[Finding] = set()
        for problem in each.run(project):
            severity = problem.severity or each.severity
            finding = Finding(each.code, severity, problem.place, problem.message)
            if finding not in seen:
                seen.add(finding)
                yield finding
