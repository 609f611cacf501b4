"""What the node itself writes to the queue log."""

from pathlib import Path

from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.node.parts.logger import Logger
from switchroom.queues.log import QueueLog
from tests.support.fakes import make_pbx, run_virtual


def test_a_reload_of_the_logger_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with make_pbx() as pbx:
            told: list[tuple[str, ...]] = []
            pbx.datastore(QueueLog).sinks.append(lambda *cells: told.append(cells))
            part = Logger(AsteriskConfig(Directories(astetcdir=tmp_path)))
            for _ in range(2):
                part.read()
                part.apply(pbx)
            assert told == [("NONE", "NONE", "NONE", "CONFIGRELOAD", "")]

    run_virtual(story())
