"""Findings as workflow commands of GitHub Actions: each becomes an annotation of its line."""

from __future__ import annotations

from switchroom.tools.check.checking import Report
from switchroom.tools.check.finding import Finding, Severity
from switchroom.tools.check.report.paths import shown

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """One line a finding."""
    return "".join(_line(finding) for finding in report.findings)


def _line(finding: Finding) -> str:
    place = finding.place
    properties = {"file": shown(place.path)}
    if place.line:
        properties["line"] = str(place.line)
    if place.column:
        properties["col"] = str(place.column)
        properties["endColumn"] = str(place.column + max(place.length, 1))
    properties["title"] = finding.code
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {written}::{_data(finding.message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
