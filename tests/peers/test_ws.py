"""A browser's SIP over a WebSocket, through a whole server."""

import asyncio
import hashlib
import re
from pathlib import Path

import pytest

from switchroom.net.credentials import TlsSettings, make_contexts
from tests.peers.node import PJSIP_CONF, Node
from tests.peers.program import WITHIN
from tests.sip.test_websocket import frame, request
from tests.support.certificates import Authority
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

HTTP_CONF = """\
[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = {plain}
tlsenable = yes
tlsbindaddr = 127.0.0.1:{tls}
tlscertfile = {{folder}}/server.pem
"""
WS = "\n[websocket]\ntype = transport\nprotocol = wss\nbind = 0.0.0.0\n"
REGISTER = """\
REGISTER sip:pbx.example SIP/2.0
Via: SIP/2.0/{via} k3j2.invalid;branch=z9hG4bK{number}
Max-Forwards: 70
From: <sip:alice@pbx.example>;tag=a
To: <sip:alice@pbx.example>
Call-ID: c
CSeq: {number} REGISTER
Contact: <sip:8vk2@k3j2.invalid;transport=ws>;expires=600
{more}
"""


async def register(port: int, via: str) -> str:
    """Register as a browser does; returns the final answer."""
    context = make_contexts(TlsSettings()).client if via == "WSS" else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)

    async def ask(number: int, more: str = "") -> str:
        text = REGISTER.format(via=via, number=number, more=more)
        writer.write(frame(text.replace("\n", "\r\n").encode()))
        _, length = await reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        return (await reader.readexactly(length)).decode()

    async with asyncio.timeout(WITHIN):
        writer.write(request())
        await reader.readuntil(b"\r\n\r\n")
        challenge = await ask(1)
        nonce = re.search('nonce="([^"]+)"', challenge)
        assert nonce, challenge
        answer = await ask(2, authorization(nonce[1]))
        writer.transport.abort()
        await asyncio.sleep(0)
        return answer


def authorization(nonce: str) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    first, second = md5("alice:asterisk:wonderland"), md5("REGISTER:sip:pbx.example")
    response = md5(f"{first}:{nonce}:00000001:x:auth:{second}")
    return (
        f'Authorization: Digest username="alice", realm="asterisk", nonce="{nonce}", '
        f'uri="sip:pbx.example", response="{response}", qop=auth, nc=00000001, cnonce="x"\n'
    )


@pytest.mark.parametrize("via", ["WS", "WSS"])
def test_a_browser_registers(tmp_path: Path, via: str) -> None:
    Authority(tmp_path).issue("127.0.0.1")
    plain, tls = free_port(), free_port()
    files = {
        "http.conf": HTTP_CONF.format(plain=plain, tls=tls),
        "pjsip.conf": PJSIP_CONF + WS,
        "extensions.conf": "[phones]\n",
    }
    with Node(tmp_path, files) as node:
        answer = asyncio.run(register(tls if via == "WSS" else plain, via))
        assert answer.startswith("SIP/2.0 200 "), answer
        assert "sip:8vk2@k3j2.invalid;transport=ws" in node.cli("database show registrar/contact")
