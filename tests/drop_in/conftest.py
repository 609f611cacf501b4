"""One server for all of a test worker, and a session of AMI for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drop_in.lab import FILES
from tests.drop_in.manager import Manager
from tests.drop_in.server import Server, servers


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers(tmp_path_factory.mktemp("lab"), files=FILES) as (server,):
        yield server
        assert "Traceback" not in server.log()


@pytest.fixture
def manager(server: Server) -> Iterator[Manager]:
    with Manager(server) as manager:
        manager.wait("FullyBooted")
        manager.mark()
        yield manager
        manager.command("channel request hangup all")
        manager.wait_for_silence()
