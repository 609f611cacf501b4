"""Findings for programs, as JSON."""

from __future__ import annotations

import json

from switchroom.tools.check.checking import Report, counted
from switchroom.tools.check.finding import Finding
from switchroom.tools.check.report.paths import shown
from switchroom.tools.check.rule import collect_rules


def render(report: Report) -> str:
    """One object: ``findings`` in order, ``summary`` by severity."""
    counts = {severity.word: count for severity, count in counted(report.findings).items()}
    found = {
        "findings": [_finding(finding) for finding in report.findings],
        "summary": {
            **counts,
            "below_threshold": report.below,
            "suppressed": report.suppressed,
            "files": report.files,
        },
    }
    return json.dumps(found, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "title": collect_rules()[finding.code].title,
        "message": finding.message,
        "file": shown(place.path),
        "line": place.line,
        "column": place.column,
        "length": place.length,
    }
