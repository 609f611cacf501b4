"""A key, its certificate, and nodes that sign with it and look at what is signed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.stir_shaken.signing import sign
from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.config.stir_shaken import read_stir_shaken
from switchroom.functions.stir_shaken import set_stir_shaken_attestation
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.sip.message import Header
from tests.channels.sip_far_end import TRANSPORT, Side
from tests.channels.test_stir_shaken_trust import NOW, URL, Repository
from tests.support.caller_certificates import CallerAuthority, pem, provider, write_key
from tests.support.fakes import make_pbx

CALLER, CALLED = "12155551212", "12355551313"
ORIGIN = "123e4567-e89b-12d3-a456-426655440000"
TRUNK = """\
[trunk]
type=endpoint
context=in
allow=ulaw
aors=trunk
MORE
[trunk]
type=aor
contact=sip:far@127.0.0.1:{far}
[trunk]
type=identify
endpoint=trunk
match=127.0.0.1
"""
SIGNED = TRUNK.replace("MORE", "stir_shaken=yes")
DIALPLAN = f"""\
[in]
exten => {CALLED},1,Set(GLOBAL(number)=${{STIR_SHAKEN(count)}})
 same => n,Set(GLOBAL(identity)=${{STIR_SHAKEN(0,identity)}})
 same => n,Set(GLOBAL(level)=${{STIR_SHAKEN(0,attestation)}})
 same => n,Set(GLOBAL(result)=${{STIR_SHAKEN(0,verify_result)}})
 same => n,Answer()
 same => n,Wait(60)
"""


class SigningOffice:
    """A key, its certificate, and a file for those who sign with it and those who look."""

    def __init__(self, folder: Path, numbers: bytes | None = provider("1234")) -> None:
        self.authority = CallerAuthority(folder)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.authority.issue(self.key, numbers)
        self.repository = Repository(document=pem(self.certificate))
        self.text = (
            f"[attestation]\nprivate_key_file={write_key(folder, self.key)}\n"
            f"public_cert_url={URL}\nattest_level=B\nunknown_tn_attest_level=C\n"
            f"[{CALLER}]\ntype=tn\nattest_level=A\n"
            f"[verification]\nca_file={self.authority.file}\n"
        )

    def equip(self, pbx: Pbx, more: str = "") -> StirShaken:
        """Have a node go by the file, its repository and its clock."""
        pbx.now = lambda: NOW
        found = pbx.datastore(StirShaken)
        found.fetcher = self.repository
        found.use(read_stir_shaken(parse_config(self.text + more)))
        return found

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token, forged or not; None takes a claim away."""
        head = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": URL} | (header or {})
        said = {
            "attest": "A", "dest": {"tn": [CALLED]}, "iat": int(NOW), "orig": {"tn": CALLER},
            "origid": ORIGIN,
        } | claims  # fmt: skip
        parts = [
            encode(json.dumps({k: v for k, v in each.items() if v is not None}).encode())
            for each in (head, said)
        ]
        signed = ".".join(parts)
        return f"{signed}.{encode(sign(self.key, signed.encode()))}"

    def identity(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """An Identity header whose parameters agree with its token."""
        url = (header or {}).get("x5u", URL)
        return f"{self.token(header, **claims)};info=<{url}>;alg=ES256;ppt=shaken"


def encode(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


DATE: Header = ("Date", formatdate(int(NOW), usegmt=True))


async def dial(pbx: Pbx, caller: CallerId, *, quiet: bool = False) -> Channel:
    channel = await pbx.technologies["PJSIP"].request(pbx, f"{CALLED}@trunk", None)
    channel.connected = caller
    if quiet:
        set_stir_shaken_attestation(channel, "yes", "suppress")
    await channel.driver.dial()
    return channel


@asynccontextmanager
async def node(pjsip: str) -> AsyncIterator[tuple[Pbx, SipService]]:
    """A second node, which calls."""
    async with make_pbx() as pbx:
        config = read_pjsip(parse_config(TRANSPORT + pjsip))
        service = SipService(pbx, merge(config, None, user_agent="second"))
        pbx.technologies = {"PJSIP": SipTechnology(service)}
        await service.start()
        try:
            yield pbx, service
        finally:
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await service.close()


def told(side: Side) -> tuple[str, ...]:
    names = ("number", "identity", "level", "result")
    return tuple(side.pbx.global_variables.get(name, "") for name in names)
