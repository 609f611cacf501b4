"""What the fixture and the YAML files share: configurations are read once, coverage is gathered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from switchroom.tools.simulate.configuration import Configuration, load_configuration
from switchroom.tools.testing.coverage import Coverage
from switchroom.tools.testing.dialplan import DialplanUnderTest


@lru_cache(maxsize=64)
def _load(where: Path, _changed_at: int) -> Configuration:
    return load_configuration(where)


def configuration(where: Path) -> Configuration:
    """The configuration in a folder; read once, and again when its ``extensions.conf`` changed.

    Raises:
        ConfigError: Something in it is wrong.
    """
    where = where.resolve()
    file = where / "extensions.conf" if where.is_dir() else where
    return _load(where, file.stat().st_mtime_ns if file.exists() else 0)


@contextmanager
def dialplan_under_test(folder: Path, coverage: Coverage | None) -> Iterator[DialplanUnderTest]:
    """A node in virtual time for one test.

    Raises:
        ConfigError: The configuration cannot be read.
    """
    dialplan = DialplanUnderTest(configuration(folder))
    try:
        yield dialplan
    finally:
        dialplan.close()
        if coverage is not None:
            coverage.add(dialplan.simulation)
