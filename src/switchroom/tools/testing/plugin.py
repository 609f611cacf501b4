"""The pytest plugin: options, the fixture ``dialplan``, ``*.test.yaml`` files, coverage.

pytest loads this module in every session of an environment that has Switchroom installed: nothing
of the PBX is imported before a test wants it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from switchroom.tools.testing.coverage import Coverage
    from switchroom.tools.testing.dialplan import DialplanUnderTest
    from switchroom.tools.testing.yaml_file import YamlTestFile

YAML_SUFFIXES = (".test.yaml", ".test.yml")

_COVERAGE: pytest.StashKey[Coverage] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("switchroom", "dialplan tests (switchroom)")
    group.addoption(
        "--dialplan",
        metavar="DIR",
        help="configuration folder, or extensions.conf, that dialplan tests run on",
    )
    group.addoption(
        "--dialplan-cov",
        metavar="REPORT",
        action="append",
        nargs="?",
        const="term",
        default=[],
        help="tell which priorities never ran: term (default), json[:FILE], lcov[:FILE]",
    )
    group.addoption(
        "--dialplan-cov-fail-under",
        metavar="PERCENT",
        type=float,
        help="fail when fewer priorities ran",
    )
    parser.addini(
        "switchroom_config",
        "configuration folder that dialplan tests run on, relative to the ini file",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure coverage where it was asked for."""
    if _is_covered(config):
        from switchroom.tools.testing.coverage import Coverage
        from switchroom.tools.testing.coverage_report import parse_reports

        try:
            parse_reports(config.getoption("--dialplan-cov"))
        except ValueError as error:
            raise pytest.UsageError(f"--dialplan-cov: {error}") from error
        config.stash[_COVERAGE] = Coverage()


def _is_covered(config: pytest.Config) -> bool:
    wanted = config.getoption("--dialplan-cov") or config.getoption("--dialplan-cov-fail-under")
    return bool(wanted)


def configured_folder(config: pytest.Config) -> Path | None:
    """The configuration that ``--dialplan`` or ``switchroom_config`` names."""
    named = config.getoption("--dialplan")
    if named:
        return Path(config.invocation_params.dir, str(named))
    written = str(config.getini("switchroom_config"))
    if not written:
        return None
    base = config.inipath.parent if config.inipath is not None else config.rootpath
    return base / written


def coverage_of(config: pytest.Config) -> Coverage | None:
    """What is measured in this session, if anything is."""
    return config.stash.get(_COVERAGE, None)


@pytest.fixture
def dialplan_folder(request: pytest.FixtureRequest) -> Path:
    """The configuration folder; redefine it where some tests run on another dialplan."""
    folder = configured_folder(request.config)
    if folder is None:
        raise pytest.UsageError(
            "the fixture `dialplan` needs a configuration folder: run pytest with --dialplan DIR, "
            "or write switchroom_config into pytest's ini file"
        )
    return folder


@pytest.fixture
def dialplan(dialplan_folder: Path, request: pytest.FixtureRequest) -> Iterator[DialplanUnderTest]:
    """A node in virtual time that runs the configured dialplan; see docs/testing-dialplans.md."""
    from switchroom.tools.testing.running import dialplan_under_test

    with dialplan_under_test(dialplan_folder, coverage_of(request.config)) as found:
        yield found


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> YamlTestFile | None:
    """Collect ``*.test.yaml``, those of other tools excepted."""
    if not file_path.name.endswith(YAML_SUFFIXES):
        return None
    from switchroom.tools.testing.yaml_file import YamlTestFile, is_for_dialplans

    if configured_folder(parent.config) is None and not is_for_dialplans(file_path):
        return None
    found: YamlTestFile = YamlTestFile.from_parent(parent, path=file_path)
    return found


# coverage at the end of a session


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's coverage to the controller (pytest-xdist), or judge it."""
    coverage = coverage_of(session.config)
    if coverage is None:
        return
    _include_configured(coverage, session.config)
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["dialplan_coverage"] = coverage.as_data()
        return
    least = session.config.getoption("--dialplan-cov-fail-under")
    if least is not None and coverage.percent < float(least) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _include_configured(coverage: Coverage, config: pytest.Config) -> None:
    """Count the configured dialplan even where no test ran on it: none of it is covered then."""
    from switchroom.base.errors import ConfigError
    from switchroom.tools.testing.running import configuration

    folder = configured_folder(config)
    if folder is not None:
        with suppress(ConfigError):  # its tests have told
            coverage.include(configuration(folder))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over a worker's coverage (pytest-xdist)."""
    coverage = coverage_of(node.config)
    data = getattr(node, "workeroutput", {}).get("dialplan_coverage")
    if coverage is not None and data is not None:
        coverage.add_data(data)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write the coverage reports."""
    coverage = coverage_of(config)
    if coverage is None:
        return
    from switchroom.tools.testing.coverage_report import parse_reports

    for report in parse_reports(config.getoption("--dialplan-cov")):
        report.write(coverage, terminalreporter)
    least = config.getoption("--dialplan-cov-fail-under")
    if least is not None and coverage.percent < float(least):
        terminalreporter.write_line(
            f"FAIL dialplan coverage is {coverage.percent:.1f} %, less than {float(least):g} %",
            red=True,
        )
