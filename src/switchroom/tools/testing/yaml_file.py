"""``*.test.yaml`` files as pytest collects them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from switchroom.base.errors import ConfigError
from switchroom.tools.testing.plugin import configured_folder, coverage_of
from switchroom.tools.testing.running import dialplan_under_test
from switchroom.tools.testing.yaml_test import StepFailedError, YamlTest, read_test_file

_OURS = re.compile(r"^dialplan\s*:", re.MULTILINE)


def is_for_dialplans(path: Path) -> bool:
    """Whether a file names a dialplan; other tools have files of that name too."""
    try:
        return _OURS.search(path.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False


class YamlTestFile(pytest.File):
    """One file."""

    def collect(self) -> Iterable[YamlTestItem]:
        """Read the file; what makes no sense in it is a collection error with its line."""
        try:
            found = read_test_file(self.path)
        except ImportError as error:
            message = f"{self.path} needs PyYAML: pip install 'switchroom[testing]'"
            raise self.CollectError(message) from error
        except ConfigError as error:
            raise self.CollectError(str(error)) from error
        folder = found.dialplan or configured_folder(self.config)
        if folder is None:
            message = f"{self.path} names no dialplan, and there is no --dialplan DIR"
            raise self.CollectError(message)
        for test in found.tests:
            yield YamlTestItem.from_parent(self, test=test, folder=folder)


class YamlTestItem(pytest.Item):
    """One test."""

    def __init__(self, *, test: YamlTest, folder: Path, **from_parent: Any) -> None:
        super().__init__(test.name, **from_parent)
        self.test = test
        self.folder = folder

    def runtest(self) -> None:
        """Run it on a node of its own."""
        with dialplan_under_test(self.folder, coverage_of(self.config)) as dialplan:
            self.test.run(dialplan)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line (from 0) and name."""
        return self.path, self.test.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The line of the step that failed, and the call until then; no Python in sight."""
        if isinstance(excinfo.value, StepFailedError | ConfigError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)
