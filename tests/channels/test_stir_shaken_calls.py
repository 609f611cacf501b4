"""Signed calls from one node to another, and forged ones, with real certificates."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.stir_shaken.results import Result
from switchroom.channels.sip.stir_shaken.signing import is_signed, sign
from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.config.stir_shaken import read_stir_shaken
from switchroom.functions.stir_shaken import set_stir_shaken_attestation, stir_shaken
from switchroom.net.fetching import Fetcher
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.sip.message import Header
from switchroom.sip.passport import parse_passport
from tests.channels.sip_far_end import OFFER, TRANSPORT, Side, play
from tests.channels.test_stir_shaken_trust import NOW, URL, Repository
from tests.net.test_fetching import WebServer, answer, contexts
from tests.support.caller_certificates import CallerAuthority, number, pem, provider, write_key
from tests.support.fakes import make_channel, make_pbx

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


class Office:
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


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


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


def test_from_one_node_to_another(office: Office) -> None:
    async def story(side: Side) -> None:
        office.equip(side.pbx)
        async with node(SIGNED.replace("{far}", str(side.port))) as (pbx, _):
            office.equip(pbx)
            channel = await dial(pbx, CallerId(number=f"+{CALLER}"))
            await side.far.until(lambda: channel.state is ChannelState.UP)
        assert told(side) == ("1", CALLER, "A", "success")

    play(story, SIGNED, dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("permit", "result"), [("127.0.0.1/32", "success"), ("10.0.0.0/8", "cert_retrieval_failure")]
)
def test_the_certificate_comes_over_https(
    office: Office, tmp_path: Path, permit: str, result: str
) -> None:
    server_tls, client_tls = contexts(tmp_path, "cr.example.com")

    async def lookup(_: str) -> list[str]:
        return ["127.0.0.1"]

    async def story(side: Side) -> None:
        server = WebServer(answer(pem(office.certificate)))
        url = f"https://cr.example.com:{await server.start(server_tls)}/c.pem"
        more = f"x5u_permit={permit}\nrelax_x5u_port_scheme_restrictions=yes\ncurl_timeout=60\n"
        office.equip(side.pbx, more).fetcher = Fetcher(lookup, lambda: client_tls)
        sent = (DATE, ("Identity", office.identity({"x5u": url})))
        uri = f"sip:{CALLER}@127.0.0.1"
        await side.far.call(side.uri(CALLED), side.flow, sender=uri, headers=sent)
        assert (told(side)[3], len(server.asked)) == (result, int(result == "success"))
        await server.stop()

    play(story, SIGNED, dialplan=DIALPLAN)


def test_a_certificate_for_another_number_proves_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path, number("4930"))

    async def story(side: Side) -> None:
        office.equip(side.pbx)
        async with node(SIGNED.replace("{far}", str(side.port))) as (pbx, _):
            office.equip(pbx)
            channel = await dial(pbx, CallerId(number=CALLER))
            await side.far.until(lambda: channel.state is ChannelState.UP)
        assert told(side)[3] == "cert_tn_not_authorized"

    play(story, SIGNED, dialplan=DIALPLAN)


# calls that we make


def invite_of(office: Office, caller: CallerId, *, pjsip: str = SIGNED, more: str = "",
              quiet: bool = False) -> dict[str, list[str]]:  # fmt: skip
    """The headers of an INVITE that goes out."""
    found: list[dict[str, list[str]]] = []

    async def story(side: Side) -> None:
        office.equip(side.pbx, more)
        side.far.on_invite = lambda session: session.refuse(486, now=side.far.now)
        await dial(side.pbx, caller, quiet=quiet)
        await side.far.until(lambda: side.far.requests("INVITE"))
        found.append(side.far.requests("INVITE")[0].fields)

    play(story, pjsip)
    return found[0]


def test_what_is_signed(office: Office) -> None:
    fields = invite_of(office, CallerId(number=CALLER))
    (value,) = fields["identity"]
    token, _, parameters = value.partition(";")
    assert parameters == f"info=<{URL}>;alg=ES256;ppt=shaken"
    passport = parse_passport(token)
    assert (passport.caller, passport.called) == (CALLER, (CALLED,))
    assert (passport.attestation, passport.issued_at) == ("A", int(NOW))
    assert is_signed(office.key.public_key(), passport.signature, passport.signed)
    assert not is_signed(office.key.public_key(), passport.signature, passport.signed + b"x")
    assert fields["date"] == [DATE[1]]


@pytest.mark.parametrize(
    ("caller", "more", "level"),
    [
        (CallerId(number="12000000000"), "", "C"),
        (
            CallerId(number=CALLER),
            "[p]\ntype=profile\nendpoint_behavior=attest\nattest_level=C\n",
            "A",
        ),
        (CallerId(number=CALLER), "[p]\ntype=profile\nendpoint_behavior=verify\n", ""),
        (CallerId(number=CALLER), "[p]\ntype=profile\nendpoint_behavior=off\n", ""),
        (CallerId(number=CALLER), "[p]\ntype=profile\nprivate_key_file=/nowhere\n", ""),
        (CallerId(number="alice"), "", ""),
        (CallerId(), "", ""),
        (CallerId(number=CALLER, number_presentation=0x20, name_presentation=0x20), "", ""),
    ],
)
def test_who_is_vouched_for(office: Office, caller: CallerId, more: str, level: str) -> None:
    pjsip = TRUNK.replace("MORE", "stir_shaken=on\n" + ("stir_shaken_profile=p" if more else ""))
    fields = invite_of(office, caller, pjsip=pjsip, more=more)
    levels = [
        parse_passport(each.partition(";")[0]).attestation for each in fields.get("identity", [])
    ]
    assert levels == ([level] if level else [])


def test_who_is_withheld_is_signed_only_where_he_is_told(office: Office) -> None:
    pjsip = TRUNK.replace(
        "MORE", "stir_shaken=on\ntrust_id_outbound=yes\nsend_pai=yes\nfrom_user=x"
    )
    hidden = CallerId(number=CALLER, number_presentation=0x20, name_presentation=0x20)
    fields = invite_of(office, hidden, pjsip=pjsip)
    assert f"sip:{CALLER}@" in fields["p-asserted-identity"][0]
    assert parse_passport(fields["identity"][0].partition(";")[0]).caller == CALLER


@pytest.mark.parametrize("word", ["no", "off", "verify"])
def test_an_endpoint_that_does_not_ask_gets_no_signature(office: Office, word: str) -> None:
    pjsip = TRUNK.replace("MORE", f"stir_shaken={word}")
    assert "identity" not in invite_of(office, CallerId(number=CALLER), pjsip=pjsip)


def test_signing_is_switched_off(office: Office) -> None:
    office.text = office.text.replace("[attestation]\n", "[attestation]\nglobal_disable=yes\n")
    assert "identity" not in invite_of(office, CallerId(number=CALLER))


def test_one_call_goes_out_unsigned(office: Office) -> None:
    assert "identity" not in invite_of(office, CallerId(number=CALLER), quiet=True)


def test_a_key_that_cannot_be_used_is_said_at_once(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            office.equip(pbx, "[2]\ntype=tn\nprivate_key_file=/nowhere.pem\n").check_keys()

    asyncio.run(main())
    assert [each.getMessage() for each in caplog.records] == [
        "calls are not signed: /nowhere.pem: No such file or directory"
    ]


@pytest.mark.parametrize(
    ("numbers", "more", "level"),
    [
        (provider("1234"), "", "A"),
        (number(CALLER), "", "A"),
        (number("999"), "", ""),
        (provider("1234"), f"public_cert_url={URL}x\n", ""),
        (None, "", ""),
    ],
)
def test_our_certificate_is_looked_for_where_others_will(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, numbers: bytes | None, more: str, level: str
) -> None:
    office = Office(tmp_path, numbers)
    tn = f"[{CALLER}]\ntype=tn\n"
    office.text = office.text.replace(tn, f"{tn}check_tn_cert_public_url=yes\n{more}")

    async def story(side: Side) -> None:
        await office.equip(side.pbx).check_published()
        side.far.on_invite = lambda session: session.refuse(486, now=side.far.now)
        await dial(side.pbx, CallerId(number=CALLER))
        await side.far.until(lambda: side.far.requests("INVITE"))
        fields = side.far.requests("INVITE")[0].fields
        signed = [each.partition(";")[0] for each in fields.get("identity", [])]
        assert [parse_passport(each).attestation for each in signed] == ([level] if level else [])

    play(story, SIGNED)
    assert caplog.text.count(f"calls of {CALLER} are not signed: {URL}") == int(not level)


def test_our_certificate_belongs_to_our_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path)
    other = office.authority.issue(ec.generate_private_key(ec.SECP256R1()), provider("1"))
    office.repository = Repository(document=pem(other))
    office.text = office.text.replace("type=tn", "type=tn\ncheck_tn_cert_public_url=yes")

    async def main() -> None:
        async with make_pbx() as pbx:
            await office.equip(pbx).check_published()

    asyncio.run(main())
    assert caplog.messages == [
        f"calls of {CALLER} are not signed: {URL}: it belongs to another private key"
    ]


# calls that come in


def receive(
    office: Office,
    *identities: str,
    headers: tuple[Header, ...] = (DATE,),
    more: str = "",
    sender: str = CALLER,
    called: str = CALLED,
    sdp: str = OFFER,
) -> tuple[tuple[str, ...], int, dict[str, list[str]]]:
    """What the dialplan is told of a call, the final status, and the headers of the answer."""
    found: list[tuple[tuple[str, ...], int, dict[str, list[str]]]] = []

    async def story(side: Side) -> None:
        office.equip(side.pbx, more)
        sent = (*headers, *(("Identity", each) for each in identities))
        uri = f"sip:+{sender}@127.0.0.1"
        session = await side.far.call(
            side.uri(called), side.flow, sender=uri, headers=sent, sdp=sdp
        )
        outcome = side.far.outcome(session)
        assert session.response is not None
        assert isinstance(outcome, SessionAnswered | SessionEnded)
        found.append((told(side), session.response.status, session.response.fields))

    play(story, SIGNED, dialplan=DIALPLAN)
    return found[0]


def test_a_good_one(office: Office) -> None:
    assert receive(office, office.identity())[:2] == (("1", CALLER, "A", "success"), 200)


TAMPERED: list[tuple[dict[str, Any] | None, dict[str, Any], str, int]] = [
    ({"alg": "none"}, {}, "invalid_or_no_alg", 438),
    ({"alg": "HS256"}, {}, "invalid_or_no_alg", 438),
    ({"typ": "jwt"}, {}, "invalid_or_no_typ", 438),
    ({"ppt": None}, {}, "invalid_or_no_ppt", 438),
    ({"x5u": "http://cr.example.com/c.pem"}, {}, "invalid_or_no_x5u", 436),
    ({"x5u": "https://cr.example.com:22/c.pem"}, {}, "invalid_or_no_x5u", 436),
    ({"x5u": "https://cr.example.com/c.pem?x=1"}, {}, "invalid_or_no_x5u", 436),
    ({"x5u": "https://user@cr.example.com/c.pem"}, {}, "invalid_or_no_x5u", 436),
    ({"x5u": "file:///etc/passwd"}, {}, "invalid_or_no_x5u", 436),
    ({"x5u": "https://cr.example.com/other.pem"}, {}, "cert_retrieval_failure", 436),
    (None, {"iat": int(NOW) - 16}, "iat_expired", 403),
    (None, {"iat": int(NOW) + 16}, "iat_expired", 403),
    (None, {"iat": None}, "no_iat", 438),
    (None, {"attest": "D"}, "invalid_or_no_attest", 438),
    (None, {"attest": None}, "invalid_or_no_attest", 438),
    (None, {"origid": "1"}, "no_origid", 438),
    (None, {"orig": None}, "no_orig_tn", 438),
    (None, {"orig": {"tn": "999"}}, "cid_orig_tn_mismatch", 438),
    (None, {"dest": None}, "no_dest_tn", 438),
    (None, {"dest": {"tn": ["999"]}}, "dest_tn_mismatch", 438),
    (None, {"mky": [{"alg": "sha-256", "dig": "00"}]}, "mky_mismatch", 438),
]


@pytest.mark.parametrize(("header", "claims", "result", "status"), TAMPERED)
def test_tokens_that_prove_nothing(
    office: Office, header: dict[str, Any] | None, claims: dict[str, Any], result: str, status: int
) -> None:
    identity = office.identity(header, **claims)
    heard, answered, _ = receive(office, identity)
    assert (heard[3], answered) == (result, 200)
    heard, answered, _ = receive(office, identity, more="failure_action=reject_request\n")
    assert (heard[0], answered) == ("", status)


@pytest.mark.parametrize("at", [0, 1])
def test_whatever_is_changed_breaks_the_signature(office: Office, at: int) -> None:
    parts = office.token().split(".")
    changed = json.loads(urlsafe_b64decode(parts[at] + "=="))
    changed["added"] = 1
    parts[at] = encode(json.dumps(changed).encode())
    identity = f"{'.'.join(parts)};info=<{URL}>;alg=ES256;ppt=shaken"
    assert receive(office, identity)[0][3] == "signature_validation"


@pytest.mark.parametrize("signature", ["AAAA", encode(bytes(64)), encode(b"\xff" * 64), "x" * 300])
def test_signatures_that_are_none(office: Office, signature: str) -> None:
    token = office.token().rpartition(".")[0] + f".{signature}"
    more = "failure_action=reject_request\nuse_rfc9410_responses=yes\n"
    _, status, fields = receive(office, f"{token};info=<{URL}>;ppt=shaken", more=more)
    assert status == 438
    reason = 'STIR;cause=438;text="Invalid Identity Header"'
    ppi = f';ppi="..{signature}"' if len(signature) < 200 else ""
    assert fields["reason"] == [reason + ppi]


def test_somebody_else_signs(office: Office) -> None:
    office.key = ec.generate_private_key(ec.SECP256R1())
    assert receive(office, office.identity())[0][3] == "signature_validation"


@pytest.mark.parametrize(
    ("identity", "result"),
    [
        ("", "invalid_header"),
        ("..c2ln;info=<https://cr.example.com/c.pem>;ppt=shaken", "invalid_header"),
        (";info=<x>", "invalid_header"),
        ("a.b.c;info=<x", "invalid_header"),
    ],
)
def test_headers_that_are_none(office: Office, identity: str, result: str) -> None:
    assert receive(office, identity)[0][3] == result


@pytest.mark.parametrize(
    "parameters",
    ["info=<https://other.example.com/c.pem>;ppt=shaken", "ppt=shaken", f"info=<{URL}>;alg=RS256"],
)
def test_parameters_that_contradict_the_token(office: Office, parameters: str) -> None:
    result = receive(office, f"{office.token()};{parameters}")[0][3]
    assert result in {"invalid_or_no_x5u", "invalid_or_no_alg"}


@pytest.mark.parametrize(
    ("headers", "more", "result"),
    [
        ((), "", "no_date_hdr"),
        ((("Date", "yesterday"),), "", "date_hdr_parse_failure"),
        ((("Date", formatdate(NOW - 20, usegmt=True)),), "", "date_hdr_expired"),
        ((("Date", formatdate(NOW - 20, usegmt=True)),), "max_date_header_age=30\n", "success"),
        ((), "ignore_sip_date_header=yes\n", "success"),
    ],
)
def test_the_date(office: Office, headers: tuple[Header, ...], more: str, result: str) -> None:
    assert receive(office, office.identity(), headers=headers, more=more)[0][3] == result


def test_the_number_that_is_shown_must_be_the_one_that_is_signed(office: Office) -> None:
    heard, _, _ = receive(office, office.identity(), sender="4930123")
    assert heard[3] == "cid_orig_tn_mismatch"


def test_media_keys_that_are_signed(office: Office) -> None:
    sdp = OFFER + "a=fingerprint:sha-256 AB:CD\r\n"
    identity = office.identity(mky=[{"alg": "sha-256", "dig": "ABCD"}])
    assert receive(office, identity, sdp=sdp)[0][3] == "success"


def test_a_caller_without_a_signature(office: Office) -> None:
    assert receive(office)[:2] == (("1", "", "", "no_identity_hdr"), 200)
    _, status, fields = receive(office, more="failure_action=reject_request\n")
    assert (status, fields.get("reason")) == (428, None)


def test_passports_of_another_kind_are_passed_over(office: Office) -> None:
    other = f"{office.token({'ppt': 'div'})};info=<{URL}>;alg=ES256;ppt=div"
    assert receive(office, other, office.identity())[0] == ("1", CALLER, "A", "success")
    assert receive(office, other)[0][3] == "no_identity_hdr"


def test_one_bad_among_good_ones_counts(office: Office) -> None:
    bad = office.identity(attest="X")
    assert receive(office, office.identity(), bad)[0][:2] == ("2", CALLER)
    more = "failure_action=reject_request\n"
    assert receive(office, office.identity(), bad, more=more)[1] == 438


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ("", ['SIP;cause=403;text="Stale Date"']),
        ("use_rfc9410_responses=yes\n", ['STIR;cause=403;text="Stale Date";ppi="{}"']),
    ],
)
def test_the_caller_is_told_and_goes_on(office: Office, more: str, reasons: list[str]) -> None:
    identity = office.identity(iat=1)
    compact = f"..{identity.partition(';')[0].rpartition('.')[2]}"
    _, status, fields = receive(
        office, identity, more="failure_action=continue_return_reason\n" + more
    )
    assert (status, fields["reason"]) == (200, [each.format(compact) for each in reasons])


def test_strangers_have_nothing_fetched_from_home(office: Office) -> None:
    """The fetcher asks before it connects: see also the tests of fetching."""
    asked: list[bool] = []

    class Careful(Repository):
        async def fetch(self, url: str, *, allows: Callable[[str], bool], **more: Any) -> Any:
            asked.extend(map(allows, ("127.0.0.1", "10.0.0.1", "8.8.8.8")))
            return await super().fetch(url, allows=allows, **more)

    office.repository = Careful(document=pem(office.certificate))
    receive(office, office.identity())
    assert asked == [False, False, True]


def test_a_stale_token_has_nothing_fetched(office: Office) -> None:
    receive(office, office.identity(iat=1))
    assert office.repository.asked == []


def test_a_defect_of_ours_lets_nobody_in(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Repository):
        async def fetch(self, url: str, **more: Any) -> Any:
            raise RuntimeError("a defect")

    office.repository = Broken(document=pem(office.certificate))
    assert receive(office, office.identity())[:2] == (("", "", "", ""), 500)
    assert "a defect" in caplog.text


def test_what_a_stranger_writes_stays_one_line_of_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    receive(office, office.identity({"alg": "x\n[ERROR] y\x1b[2J"}))
    (said,) = [each for each in caplog.messages if "is not proven" in each]
    assert said == f"the number {CALLER} is not proven: invalid_or_no_alg: x[ERROR] y[2J"


def test_who_hangs_up_meanwhile_is_not_called_back(office: Office) -> None:
    class Slow(Repository):
        async def fetch(self, url: str, **more: Any) -> Any:
            await asyncio.sleep(5)
            return await super().fetch(url, **more)

    office.repository = Slow(document=pem(office.certificate))

    async def story(side: Side) -> None:
        office.equip(side.pbx)
        sent = (DATE, ("Identity", office.identity()))
        uri = f"sip:{CALLER}@127.0.0.1"
        session = side.far.invite(side.uri(CALLED), side.flow, sender=uri, headers=sent)
        # It is 100 s that the fetch holds nobody else up, and the caller hears that it is tried.
        await asyncio.sleep(1)
        other = await side.far.request("OPTIONS", side.uri(), side.flow)
        assert other.status == 200
        session.end(now=side.far.now)
        side.far.pump()
        await side.far.until(partial(side.far.outcome, session))
        await asyncio.sleep(10)
        assert (side.pbx.channels, told(side)[0]) == ({}, "")
        assert side.service.stack.sessions == {}

    play(story, SIGNED, dialplan=DIALPLAN)


def test_a_profile_that_is_not_there_is_said(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    pjsip = TRUNK.replace("MORE", "stir_shaken=on\nstir_shaken_profile=lost")
    assert "identity" in invite_of(office, CallerId(number=CALLER), pjsip=pjsip)
    assert caplog.text.count("stir_shaken.conf has no profile [lost]") == 1


IDENTITIES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(IDENTITIES, min_size=1, max_size=10))
def test_whatever_comes_as_identity_the_call_is_answered(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    parts = office.identity()
    forged = [parts[: len(each)] + each for each in values]
    heard, status, _ = receive(office, *forged, *values)
    assert status == 200
    assert heard[3] in {str(each) for each in Result}
    assert "success" not in heard


# the functions


def test_the_functions() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            channel = make_channel(pbx)
            assert stir_shaken(channel, "count") == "0"
            for index, value in (("0", "identity"), ("x", "identity"), ("-1", "")):
                with pytest.raises(DialplanError, match="no signature"):
                    stir_shaken(channel, index, value)
            for field in ("suppress", "x"):
                with pytest.raises(DialplanError):
                    set_stir_shaken_attestation(channel, "yes", field)

    asyncio.run(main())
