"""A whole node that calls itself: signed by one endpoint, looked at by the same, fetched over HTTPS."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from switchroom.pbx.pbx import Pbx
from tests.net.test_fetching import WebServer, answer
from tests.support.caller_certificates import CallerAuthority, pem, provider, write_key
from tests.support.certificates import Authority
from tests.support.fakes import make_channel
from tests.support.ports import free_port

CALLER, CALLED = "12155551212", "12355551313"
PATIENCE = 60.0  #: seconds, on a busy machine
FOLDERS = ("astetcdir", "astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir")
FILES = {
    "asterisk.conf": "[directories]\n" + "".join(f"{each} = {{folder}}\n" for each in FOLDERS),
    "pjsip.conf": """\
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{sip}
[trunk]
type=endpoint
context=in
allow=ulaw
aors=trunk
stir_shaken_profile=strict
geoloc_incoming_call_profile=<prefer_incoming>
geoloc_outgoing_call_profile=desk
[trunk]
type=aor
contact=sip:127.0.0.1:{sip}
[trunk]
type=identify
endpoint=trunk
match=127.0.0.1
""",
    "extensions.conf": f"""\
[out]
exten => s,1,Set(CALLERID(num)={CALLER})
 same => n,Dial(PJSIP/{CALLED}@trunk,20)
[in]
exten => {CALLED},1,Set(GLOBAL(place)=${{GEOLOC_PROFILE(effective_location)}})
 same => n,Set(GLOBAL(proof)=${{STIR_SHAKEN(0,verify_result)}} ${{STIR_SHAKEN(0,attestation)}})
 same => n,Hangup()
""",
    "stir_shaken.conf": f"""\
[attestation]
private_key_file={{key}}
public_cert_url={{url}}
check_tn_cert_public_url=yes
[verification]
ca_file={{authority}}
curl_timeout=20
max_iat_age=60
max_date_header_age=60
failure_action=reject_request
x5u_permit=127.0.0.1/32
relax_x5u_port_scheme_restrictions=yes
[strict]
type=profile
endpoint_behavior=on
[{CALLER}]
type=tn
attest_level=A
""",
    "geolocation.conf": """\
[desk]
type=profile
format=civicAddress
location_info=country=US,A1=Texas
""",
}


async def call_itself(pbx: Pbx) -> tuple[str, str]:
    """What the called extension is told of number and place."""
    channel = make_channel(pbx, context="out", extension="s")
    ended = asyncio.Event()
    channel.at_end(ended.set)
    pbx.start(channel)
    await ended.wait()
    return pbx.global_variables.pop("proof", ""), pbx.global_variables.pop("place", "")


def test_a_node_believes_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(web.file))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(web.issue("127.0.0.1"))
    callers, key = CallerAuthority(tmp_path), ec.generate_private_key(ec.SECP256R1())
    server = WebServer(answer(pem(callers.issue(key, provider("1234")))))

    def write(name: str, **values: object) -> None:
        text = FILES[name]
        for word, value in values.items():
            text = text.replace(f"{{{word}}}", str(value))
        (tmp_path / name).write_text(text)

    async def story(node: Node, url: str) -> None:
        await node.fully_booted.wait()
        pbx = node._pbx
        assert pbx is not None
        for _ in range(2):
            assert await call_itself(pbx) == ("success A", "country=US,A1=Texas")
        # Once for the calls, once to see whether others will find it.
        while len(server.asked) < 2:
            await asyncio.sleep(0.01)
        assert len(server.asked) == 2
        assert len(list((tmp_path / "keys" / "stir_shaken" / "cache").iterdir())) == 1

        other = CallerAuthority(tmp_path, "other")
        write("stir_shaken.conf", key=tmp_path / "key.pem", url=url, authority=other.file)
        await node.reload("stir_shaken")
        assert await call_itself(pbx) == ("", ""), "whom nobody trusts never gets that far"
        node.stop(StopMode.NOW)

    async def main() -> None:
        url = f"https://127.0.0.1:{await server.start(tls)}/c.pem"
        sip = free_port()
        for name in FILES:
            write(
                name, folder=tmp_path, sip=sip, url=url, key=write_key(tmp_path, key),
                authority=callers.file,
            )  # fmt: skip
        node = Node(tmp_path)
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(story(node, url))
        await server.stop()

    asyncio.run(main())
