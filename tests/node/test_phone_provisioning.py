"""Phones fetch their files from a node, over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.channels.sip.provisioning import Provisioning, path_of
from switchroom.cli.commands.phoneprov import show_routes
from switchroom.cli.context import StopMode
from switchroom.dialplan.escalation import from_outside
from switchroom.node.node import Node
from switchroom.pbx.outsider import outsider
from tests.node.test_parts import prepare
from tests.support.ports import free_port

PJSIP = """\
[desk](!)
type=endpoint
context=phones
[100](desk)
auth=100
callerid="Alice" <100>
[100]
type=auth
username=alice
password=wonder;
[100]
type=phoneprov
endpoint=100
MAC=DE:AD:BE:EF:4D:AD
PROFILE=desk
TIMEZONE=Europe/Berlin
[101](desk)
[101]
type=phoneprov
endpoint=101
MAC=deadbeef4dad
LINE=2
LABEL=Second
[102]
type=phoneprov
endpoint=102
MAC=0123456789ab
PROFILE=desk
[broken]
type=phoneprov
endpoint=100
[odd]
type=phoneprov
endpoint=100
MAC=ffffffffffff
PROFILE=none
"""
PHONEPROV = """\
[general]
default_profile=desk
setvar => COMPANY=Acme
[desk]
staticdir => fixed/
static_file => boot.ld,application/octet-stream
static_file => missing.ld
static_file => ../../escape
mime_type => text/xml
setvar => GREETING=Hello ${DISPLAY_NAME}
${TOUPPER(${MAC})}.cfg => desk.xml
"""
TEMPLATE = """\
<phone mac="${MAC}" server="${SERVER}:${SERVER_PORT}" zone="${TZOFFSET} ${DST_START_MONTH}">
<greeting>${GREETING} of ${COMPANY}</greeting>
${PP_EACH_EXTENSION(${MAC},line.xml)}<book>${PP_EACH_USER(<who>%{LABEL} %{NONE}</who>,${MAC})}</book>
</phone>
"""
LINE = '<line n="${LINE}" user="${USERNAME}" secret="${SECRET}" label="${LABEL}"/>\n'
FILLED = """\
<phone mac="deadbeef4dad" server="127.0.0.1:{sip}" zone="3600 3">
<greeting>Hello Alice of Acme</greeting>
<line n="1" user="alice" secret="wonder" label="100"/>
<line n="2" user="101" secret="" label="Second"/>
<book><who>102 </who><who>100 </who></book>
</phone>
"""

Fetch = Callable[..., Awaitable[tuple[int, str, str]]]
Story = Callable[[Node, Fetch, int], Awaitable[None]]


def run(folder: Path, story: Story) -> None:
    """Start a node in a folder, and play."""
    prepare(folder)
    http, sip = free_port(), free_port()
    transport = f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{sip}\n"
    (folder / "pjsip.conf").write_text(transport + PJSIP.replace("wonder;", "wonder"))
    (folder / "http.conf").write_text(
        f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http}\nprefix=pbx\n"
    )
    (folder / "phoneprov.conf").write_text(PHONEPROV)
    files = folder / "phoneprov"
    (files / "fixed").mkdir(parents=True)
    (files / "fixed" / "boot.ld").write_bytes(b"\x00\xff" * 100_000)
    (files / "desk.xml").write_text(TEMPLATE)
    (files / "line.xml").write_text(LINE)
    (folder / "escape").write_text("outside")

    async def fetch(name: str, method: str = "GET") -> tuple[int, str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", http)
        head = f"{method} /pbx/phoneprov/{name} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.read()).decode("latin-1")
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        kind = next(
            (x[14:] for x in head.split("\r\n") if x.lower().startswith("content-type")), ""
        )
        return int(head.split()[1]), kind, body

    async def play(node: Node) -> None:
        await node.fully_booted.wait()
        await story(node, fetch, sip)
        node.stop(StopMode.NOW)

    async def main() -> None:
        node = Node(folder)
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(play(node))

    asyncio.run(main())


def test_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(node: Node, fetch: Fetch, sip: int) -> None:
        assert await fetch("DEADBEEF4DAD.cfg") == (
            200, "text/xml; charset=utf-8", FILLED.replace("{sip}", str(sip)),
        )  # fmt: skip
        assert await fetch("boot.ld") == (200, "application/octet-stream", "\x00\xff" * 100_000)
        assert (await fetch("boot.ld", "HEAD"))[::2] == (200, "")
        assert (await fetch("boot.ld", "POST"))[0] == 405
        for none in ("missing.ld", "../../escape", "..%2F..%2Fescape", "other.cfg", ""):
            assert (await fetch(none))[0] == 404, none
        pbx = node._pbx
        assert pbx is not None
        (tmp_path / "phoneprov" / "desk.xml").unlink()
        assert (await fetch("DEADBEEF4DAD.cfg"))[0] == 404
        (tmp_path / "phoneprov.conf").write_text("[general]\n")
        await node.reload("phoneprov")
        assert (await fetch("boot.ld"))[0] == 404

    run(tmp_path, story)
    assert "[broken] needs MAC and endpoint" in caplog.text
    assert "[odd]: there is no profile 'none'" in caplog.text


def test_who_tries_addresses_of_phones_is_banned(tmp_path: Path) -> None:
    async def story(node: Node, fetch: Fetch, _: int) -> None:
        assert node._service is not None
        counted: list[float] = []
        guard = node._service.guard
        guard.failed = lambda host, **facts: bool(counted.append(facts["weight"]))  # type: ignore[method-assign,func-returns-value]
        for name in ("deadbeef4dad.txt", "logo.png", "DEADBEEF4DAE.cfg", "0123456789ac.cfg"):
            assert (await fetch(name))[0] == 404
        assert counted == [0.25, 0.25]

    run(tmp_path, story)


def test_routes_and_what_functions_refuse(tmp_path: Path) -> None:
    async def story(node: Node, _: Fetch, __: int) -> None:
        pbx = node._pbx
        assert pbx is not None
        context = node._cli_context(pbx)
        text = await show_routes(context, [])
        assert "boot.ld                                   fixed/boot.ld\n" in text
        assert "\nDEADBEEF4DAD.cfg                          desk.xml\n" in text
        channel = outsider(pbx)
        ask = pbx.dialplan.substitute
        assert await ask(channel, "${PP_EACH_USER(%{SECRET},x)}") == "wonderwonder"
        assert await ask(channel, "${PP_EACH_EXTENSION(deadbeef4dad,../escape)}") == ""
        assert await ask(channel, "${PP_EACH_EXTENSION(deadbeef4dad,/etc/hostname)}") == ""
        with from_outside():
            assert await ask(channel, "${PP_EACH_USER(%{SECRET},x)}") == ""
            assert await ask(channel, "${PP_EACH_EXTENSION(deadbeef4dad,line.xml)}") == ""
        assert pbx.datastore(Provisioning).lines_of("DE-AD-BE-EF-4D-AD")[1].name == "101"

    run(tmp_path, story)


@pytest.mark.parametrize("source", ["../x", "/etc/passwd", "a/../../x", "a\0b"])
def test_paths_that_lead_out(source: str, tmp_path: Path) -> None:
    with pytest.raises(PermissionError):
        path_of(tmp_path, source)
