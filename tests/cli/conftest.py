from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.fakes import CliNode, make_cli


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[CliNode]:
    node = make_cli(tmp_path)
    yield node
    node.context.pbx.astdb.close()
