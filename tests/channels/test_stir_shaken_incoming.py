"""Calls that come in signed, or as if they were: good, tampered with and forged."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.channels.sip.stir_shaken.results import Result
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.sip.message import Header
from tests.channels.signing_office import (
    CALLED,
    CALLER,
    DATE,
    DIALPLAN,
    SIGNED,
    SigningOffice,
    encode,
    told,
)
from tests.channels.sip_far_end import OFFER, Side, play
from tests.channels.test_stir_shaken_trust import NOW, URL, Repository
from tests.support.caller_certificates import pem


@pytest.fixture
def office(tmp_path: Path) -> SigningOffice:
    return SigningOffice(tmp_path)


def receive(
    office: SigningOffice,
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


def test_a_good_one(office: SigningOffice) -> None:
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
    office: SigningOffice,
    header: dict[str, Any] | None,
    claims: dict[str, Any],
    result: str,
    status: int,
) -> None:
    identity = office.identity(header, **claims)
    heard, answered, _ = receive(office, identity)
    assert (heard[3], answered) == (result, 200)
    heard, answered, _ = receive(office, identity, more="failure_action=reject_request\n")
    assert (heard[0], answered) == ("", status)


@pytest.mark.parametrize("at", [0, 1])
def test_whatever_is_changed_breaks_the_signature(office: SigningOffice, at: int) -> None:
    parts = office.token().split(".")
    changed = json.loads(urlsafe_b64decode(parts[at] + "=="))
    changed["added"] = 1
    parts[at] = encode(json.dumps(changed).encode())
    identity = f"{'.'.join(parts)};info=<{URL}>;alg=ES256;ppt=shaken"
    assert receive(office, identity)[0][3] == "signature_validation"


@pytest.mark.parametrize("signature", ["AAAA", encode(bytes(64)), encode(b"\xff" * 64), "x" * 300])
def test_signatures_that_are_none(office: SigningOffice, signature: str) -> None:
    token = office.token().rpartition(".")[0] + f".{signature}"
    more = "failure_action=reject_request\nuse_rfc9410_responses=yes\n"
    _, status, fields = receive(office, f"{token};info=<{URL}>;ppt=shaken", more=more)
    assert status == 438
    reason = 'STIR;cause=438;text="Invalid Identity Header"'
    ppi = f';ppi="..{signature}"' if len(signature) < 200 else ""
    assert fields["reason"] == [reason + ppi]


def test_somebody_else_signs(office: SigningOffice) -> None:
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
def test_headers_that_are_none(office: SigningOffice, identity: str, result: str) -> None:
    assert receive(office, identity)[0][3] == result


@pytest.mark.parametrize(
    "parameters",
    ["info=<https://other.example.com/c.pem>;ppt=shaken", "ppt=shaken", f"info=<{URL}>;alg=RS256"],
)
def test_parameters_that_contradict_the_token(office: SigningOffice, parameters: str) -> None:
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
def test_the_date(
    office: SigningOffice, headers: tuple[Header, ...], more: str, result: str
) -> None:
    assert receive(office, office.identity(), headers=headers, more=more)[0][3] == result


def test_the_number_that_is_shown_must_be_the_one_that_is_signed(office: SigningOffice) -> None:
    heard, _, _ = receive(office, office.identity(), sender="4930123")
    assert heard[3] == "cid_orig_tn_mismatch"


def test_media_keys_that_are_signed(office: SigningOffice) -> None:
    sdp = OFFER + "a=fingerprint:sha-256 AB:CD\r\n"
    identity = office.identity(mky=[{"alg": "sha-256", "dig": "ABCD"}])
    assert receive(office, identity, sdp=sdp)[0][3] == "success"


def test_a_caller_without_a_signature(office: SigningOffice) -> None:
    assert receive(office)[:2] == (("1", "", "", "no_identity_hdr"), 200)
    _, status, fields = receive(office, more="failure_action=reject_request\n")
    assert (status, fields.get("reason")) == (428, None)


def test_passports_of_another_kind_are_passed_over(office: SigningOffice) -> None:
    other = f"{office.token({'ppt': 'div'})};info=<{URL}>;alg=ES256;ppt=div"
    assert receive(office, other, office.identity())[0] == ("1", CALLER, "A", "success")
    assert receive(office, other)[0][3] == "no_identity_hdr"


def test_one_bad_among_good_ones_counts(office: SigningOffice) -> None:
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
def test_the_caller_is_told_and_goes_on(
    office: SigningOffice, more: str, reasons: list[str]
) -> None:
    identity = office.identity(iat=1)
    compact = f"..{identity.partition(';')[0].rpartition('.')[2]}"
    _, status, fields = receive(
        office, identity, more="failure_action=continue_return_reason\n" + more
    )
    assert (status, fields["reason"]) == (200, [each.format(compact) for each in reasons])


def test_strangers_have_nothing_fetched_from_home(office: SigningOffice) -> None:
    """The fetcher asks before it connects: see also the tests of fetching."""
    asked: list[bool] = []

    class Careful(Repository):
        async def fetch(self, url: str, *, allows: Callable[[str], bool], **more: Any) -> Any:
            asked.extend(map(allows, ("127.0.0.1", "10.0.0.1", "8.8.8.8")))
            return await super().fetch(url, allows=allows, **more)

    office.repository = Careful(document=pem(office.certificate))
    receive(office, office.identity())
    assert asked == [False, False, True]


def test_a_stale_token_has_nothing_fetched(office: SigningOffice) -> None:
    receive(office, office.identity(iat=1))
    assert office.repository.asked == []


def test_a_defect_of_ours_lets_nobody_in(
    office: SigningOffice, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Repository):
        async def fetch(self, url: str, **more: Any) -> Any:
            raise RuntimeError("a defect")

    office.repository = Broken(document=pem(office.certificate))
    assert receive(office, office.identity())[:2] == (("", "", "", ""), 500)
    assert "a defect" in caplog.text


def test_what_a_stranger_writes_stays_one_line_of_the_log(
    office: SigningOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    receive(office, office.identity({"alg": "x\n[ERROR] y\x1b[2J"}))
    (said,) = [each for each in caplog.messages if "is not proven" in each]
    assert said == f"the number {CALLER} is not proven: invalid_or_no_alg: x[ERROR] y[2J"


def test_who_hangs_up_meanwhile_is_not_called_back(office: SigningOffice) -> None:
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


IDENTITIES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(IDENTITIES, min_size=1, max_size=10))
def test_whatever_comes_as_identity_the_call_is_answered(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    office = SigningOffice(tmp_path_factory.mktemp("office"))
    parts = office.identity()
    forged = [parts[: len(each)] + each for each in values]
    heard, status, _ = receive(office, *forged, *values)
    assert status == 200
    assert heard[3] in {str(each) for each in Result}
    assert "success" not in heard
