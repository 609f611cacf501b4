"""Runs the rules over a project and keeps what is to be reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from switchroom.tools.check.finding import Finding, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import Rule, collect_rules, run_rules
from switchroom.tools.check.source import quiet_language
from switchroom.tools.check.suppressions import Suppressions, has_code

UNNEEDED = "SW901"  #: the code of a suppression that silences nothing


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings are wanted."""

    select: tuple[str, ...] = ()  #: codes or beginnings of codes; none: all
    ignore: tuple[str, ...] = ()
    minimum: Severity = Severity.INFO

    def wants(self, code: str) -> bool:
        """Whether a rule is to be run."""
        if self.select and not any(has_code(code, wanted) for wanted in self.select):
            return False
        return not any(has_code(code, unwanted) for unwanted in self.ignore)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    findings: tuple[Finding, ...]
    below: int = 0  #: findings that are less severe than asked for
    suppressed: int = 0  #: findings that comments silence
    files: int = 0


def check(project: Project, selection: Selection = Selection()) -> Report:
    """Run the rules that are wanted; findings in the order of files and lines."""
    rules = [rule for rule in collect_rules().values() if selection.wants(rule.code)]
    suppressions = Suppressions(project.lines)
    with quiet_language():
        found = list(run_rules(project, [rule for rule in rules if rule.code != UNNEEDED]))
    kept = [finding for finding in found if not suppressions.silence(finding)]
    suppressed = len(found) - len(kept)
    if selection.wants(UNNEEDED):
        kept += _unneeded(suppressions, rules)
    reported = [finding for finding in kept if finding.severity >= selection.minimum]
    return Report(
        tuple(sorted(reported, key=_order)),
        below=len(kept) - len(reported),
        suppressed=suppressed,
        files=len(list(project.lines.paths())),
    )


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return str(finding.place.path), finding.place.line, finding.place.column, finding.code


def _unneeded(suppressions: Suppressions, rules: Collection[Rule]) -> Iterator[Finding]:
    severity = collect_rules()[UNNEEDED].severity
    for suppression in suppressions:
        for code in suppression.codes:
            if code in suppression.used:
                continue
            if not any(has_code(known, code) for known in collect_rules()):
                message = f"there is no rule {code}"
            elif any(has_code(rule.code, code) for rule in rules):
                message = f"nothing here is {code}: the comment can go"
            else:
                continue  # its rule did not run
            yield Finding(UNNEEDED, severity, suppression.place, message)


def counted(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings of each severity there are, the worst first."""
    counts = dict.fromkeys(sorted(Severity, reverse=True), 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts
