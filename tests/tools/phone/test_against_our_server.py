"""The phone as a user of our own server: SIP side, dialplan and AstDB in one process, virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.pbx import Pbx
from switchroom.tools.phone.outcome import ExitCode
from tests.support.fakes import FakeEngine, make_pbx, run_virtual
from tests.tools.phone.far_end import Run, run_options

DEMO = Path(switchroom.apps.__file__).parents[1] / "demo"

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[phone](!)
type = endpoint
context = phones
allow = !all,ulaw
dtmf_mode = info
rewrite_contact = yes
[100](phone)
auth = 100
aors = 100
[100]
type = auth
username = 100
password = first
[100]
type = aor
max_contacts = 1
[101](phone)
auth = 101
aors = 101
[101]
type = auth
username = 101
password = second
[101]
type = aor
max_contacts = 1
"""

DIALPLAN = """\
[phones]
exten => 300,1,Busy(5)
exten => 500,1,Answer()
 same => n,Playback(hello-world)
 same => n,Hangup()
exten => 101,1,Dial(PJSIP/101,20)
include => pins
"""


class Server:
    """A server whose audio is a fake: digits come by INFO."""

    def __init__(self, folder: Path, pbx: Pbx, interpreter: Interpreter) -> None:
        self.folder = folder
        self.pbx = pbx
        self.interpreter = interpreter

    async def phone(self, *options: str) -> Run:
        """Run one phone against it."""
        run = Run(FakeEngine())
        await run_options(run, [*options, "--config", str(self.folder), "--dtmf", "info"])
        return run


def with_server(folder: Path, story: Callable[[Server], Any]) -> None:
    """Start a server on a configuration in ``folder`` and play a story on it."""

    async def main() -> None:
        pins = (DEMO / "extensions.conf").read_text().partition("[pins]")[2]
        plan = parse_dialplan(parse_config(f"{DIALPLAN}[pins]{pins}"))
        interpreter = Interpreter(
            collect_applications(switchroom.apps), collect_functions(switchroom.functions), plan
        )
        async with make_pbx(interpreter) as pbx:
            config = read_pjsip(parse_config(PJSIP.replace("{port}", "0")))
            service = SipService(pbx, merge(config, None, user_agent="test"))
            await service.start()
            pbx.technologies = {"PJSIP": SipTechnology(service)}
            port = service.transports[0][1].local_address[1]
            (folder / "pjsip.conf").write_text(PJSIP.replace("{port}", str(port)))
            try:
                await story(Server(folder, pbx, interpreter))
            finally:
                await service.close()

    run_virtual(main())


def test_a_pin_is_stored(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        run = await server.phone(
            "--endpoint", "100", "--dial", "*88", "--say", "wait:3 100 wait:4 1234#"
        )
        assert run.code is ExitCode.DONE
        assert run.line("ended")["reason"] == "remote_bye"
        assert server.pbx.astdb.get("pin", "100") == "Je2G/qyHuGVKgvvXDwXjHA=="

    with_server(tmp_path, story)


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        (["--dial", "300"], ExitCode.BUSY, 486),
        (["--dial", "999"], ExitCode.NOT_ANSWERED, 404),
        (["--dial", "500", "--password", "wrong"], ExitCode.NOT_ANSWERED, 401),
        (["--dial", "101"], ExitCode.NOT_ANSWERED, 503),
    ],
)
def test_calls_that_are_not_answered(
    tmp_path: Path, options: list[str], code: ExitCode, status: int
) -> None:
    async def story(server: Server) -> None:
        run = await server.phone("--endpoint", "100", *options)
        assert (run.code, run.line("ended")["status"]) == (code, status)

    with_server(tmp_path, story)


def test_one_phone_calls_another(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        async with asyncio.TaskGroup() as tasks:
            called = tasks.create_task(
                server.phone("--endpoint", "101", "--answer-after", "2", "--say", "expect-hangup")
            )
            await asyncio.sleep(1)
            caller = tasks.create_task(
                server.phone("--endpoint", "100", "--dial", "101", "--say", "wait:5 hangup")
            )
        assert caller.result().code is ExitCode.DONE
        assert called.result().code is ExitCode.DONE
        assert "ringing" in caller.result().told
        assert called.result().told[-3:] == ["ended", "unregistered", "audio"]

    with_server(tmp_path, story)
