"""Signed calls from one node to another, and how those that we make are signed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.stir_shaken.signing import is_signed
from switchroom.functions.stir_shaken import set_stir_shaken_attestation, stir_shaken
from switchroom.net.fetching import Fetcher
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import ChannelState
from switchroom.sip.passport import parse_passport
from tests.channels.signing_office import (
    CALLED,
    CALLER,
    DATE,
    DIALPLAN,
    SIGNED,
    TRUNK,
    SigningOffice,
    dial,
    node,
    told,
)
from tests.channels.sip_far_end import Side, play
from tests.channels.test_stir_shaken_trust import NOW, URL, Repository
from tests.net.test_fetching import WebServer, answer, contexts
from tests.support.caller_certificates import number, pem, provider
from tests.support.fakes import make_channel, make_pbx


@pytest.fixture
def office(tmp_path: Path) -> SigningOffice:
    return SigningOffice(tmp_path)


def test_from_one_node_to_another(office: SigningOffice) -> None:
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
    office: SigningOffice, tmp_path: Path, permit: str, result: str
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
    office = SigningOffice(tmp_path, number("4930"))

    async def story(side: Side) -> None:
        office.equip(side.pbx)
        async with node(SIGNED.replace("{far}", str(side.port))) as (pbx, _):
            office.equip(pbx)
            channel = await dial(pbx, CallerId(number=CALLER))
            await side.far.until(lambda: channel.state is ChannelState.UP)
        assert told(side)[3] == "cert_tn_not_authorized"

    play(story, SIGNED, dialplan=DIALPLAN)


# calls that we make


def invite_of(office: SigningOffice, caller: CallerId, *, pjsip: str = SIGNED, more: str = "",
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


def test_what_is_signed(office: SigningOffice) -> None:
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
def test_who_is_vouched_for(office: SigningOffice, caller: CallerId, more: str, level: str) -> None:
    pjsip = TRUNK.replace("MORE", "stir_shaken=on\n" + ("stir_shaken_profile=p" if more else ""))
    fields = invite_of(office, caller, pjsip=pjsip, more=more)
    levels = [
        parse_passport(each.partition(";")[0]).attestation for each in fields.get("identity", [])
    ]
    assert levels == ([level] if level else [])


def test_who_is_withheld_is_signed_only_where_he_is_told(office: SigningOffice) -> None:
    pjsip = TRUNK.replace(
        "MORE", "stir_shaken=on\ntrust_id_outbound=yes\nsend_pai=yes\nfrom_user=x"
    )
    hidden = CallerId(number=CALLER, number_presentation=0x20, name_presentation=0x20)
    fields = invite_of(office, hidden, pjsip=pjsip)
    assert f"sip:{CALLER}@" in fields["p-asserted-identity"][0]
    assert parse_passport(fields["identity"][0].partition(";")[0]).caller == CALLER


@pytest.mark.parametrize("word", ["no", "off", "verify"])
def test_an_endpoint_that_does_not_ask_gets_no_signature(office: SigningOffice, word: str) -> None:
    pjsip = TRUNK.replace("MORE", f"stir_shaken={word}")
    assert "identity" not in invite_of(office, CallerId(number=CALLER), pjsip=pjsip)


def test_signing_is_switched_off(office: SigningOffice) -> None:
    office.text = office.text.replace("[attestation]\n", "[attestation]\nglobal_disable=yes\n")
    assert "identity" not in invite_of(office, CallerId(number=CALLER))


def test_one_call_goes_out_unsigned(office: SigningOffice) -> None:
    assert "identity" not in invite_of(office, CallerId(number=CALLER), quiet=True)


def test_a_key_that_cannot_be_used_is_said_at_once(
    office: SigningOffice, caplog: pytest.LogCaptureFixture
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
    office = SigningOffice(tmp_path, numbers)
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
    office = SigningOffice(tmp_path)
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


def test_a_profile_that_is_not_there_is_said(
    office: SigningOffice, caplog: pytest.LogCaptureFixture
) -> None:
    pjsip = TRUNK.replace("MORE", "stir_shaken=on\nstir_shaken_profile=lost")
    assert "identity" in invite_of(office, CallerId(number=CALLER), pjsip=pjsip)
    assert caplog.text.count("stir_shaken.conf has no profile [lost]") == 1


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
