from pathlib import Path

import pytest

from tests.tools.simulate.node import Simulator


@pytest.fixture
def simulator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Simulator:
    return Simulator(tmp_path, capsys)
