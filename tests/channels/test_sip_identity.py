"""Who calls, in headers: both ways, by tables."""

from typing import Any

import pytest

from switchroom.channels.sip.endpoints.endpoint import Endpoint, IdentityPolicy
from switchroom.channels.sip.identity import (
    caller_of,
    diversion_headers,
    identity_headers,
    redirecting_of,
    sender_of,
)
from switchroom.pbx.caller_id import CallerId, PartyId, Redirecting, parse_caller_id
from switchroom.sip.message import Request

PAI = '"Carol" <sip:300@pbx>'
RPID = '"Dave" <sip:400@pbx>;party=calling;privacy=full;screen=yes'
TRUSTED = Endpoint("trunk", identity=IdentityPolicy(trusts_inbound=True))
NAMED = Endpoint("alice", caller=parse_caller_id('"Alice" <100>'))


def invite(from_: str = '"Bob" <sip:200@pbx>', **headers: str) -> Request:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Request("INVITE", "sip:x", {"from": [f"{from_};tag=1"], **fields})


@pytest.mark.parametrize(
    ("request_", "endpoint", "all_of_it"),
    [
        (invite(), Endpoint("e"), '"Bob" <200>'),
        (invite(), NAMED, '"Alice" <100>'),
        (invite(p_asserted_identity=PAI), Endpoint("e"), '"Bob" <200>'),
        (invite(p_asserted_identity=PAI), TRUSTED, '"Carol" <300>'),
        (invite(p_asserted_identity=f"{PAI}, <tel:+300>"), TRUSTED, '"Carol" <300>'),
        (invite(p_asserted_identity="<tel:+4930;ext=1>"), TRUSTED, "<+4930>"),
        (invite(p_asserted_identity="<<", remote_party_id=RPID), TRUSTED, '"Dave" <400>'),
        (invite(remote_party_id='"'), TRUSTED, '"Bob" <200>'),
        (invite("<sip:+49;cpc=x@pbx>"), Endpoint("e"), "<+49>"),
        (invite("<sip:pbx>"), Endpoint("e"), "<>"),
        (invite("<mailto:x@y>"), Endpoint("e"), "<>"),
    ],
)
def test_the_caller_of_an_invite(request_: Request, endpoint: Endpoint, all_of_it: str) -> None:
    assert caller_of(request_, endpoint).all == all_of_it


@pytest.mark.parametrize(
    ("request_", "presentation"),
    [
        (invite(), 0x00),
        (invite(p_asserted_identity=PAI), 0x01),
        (invite(p_asserted_identity=PAI, privacy="id;critical"), 0x23),
        (invite(p_asserted_identity=PAI, privacy="none"), 0x01),
        (invite(remote_party_id=RPID), 0x23),
        (invite(remote_party_id="<sip:4@pbx>"), 0x01),
    ],
)
def test_who_may_see_the_caller(request_: Request, presentation: int) -> None:
    assert caller_of(request_, TRUSTED).number_presentation == presentation


def test_an_anonymous_caller_has_no_number() -> None:
    caller = caller_of(invite('"Anonymous" <sip:anonymous@anonymous.invalid>'), Endpoint("e"))
    assert (caller.number, caller.number_presentation) == ("", 0x20)


def policy(**more: Any) -> Endpoint:
    return Endpoint("e", identity=IdentityPolicy(**more))


OPEN = CallerId(name="Bob", number="200")
HIDDEN = CallerId(name="Bob", number="200", name_presentation=0x20, number_presentation=0x20)


@pytest.mark.parametrize(
    ("party", "endpoint", "written"),
    [
        (OPEN, Endpoint("e"), '"Bob" <sip:200@us>'),
        (OPEN, Endpoint("e", from_user="trunk", from_domain="them"), '"Bob" <sip:trunk@them>'),
        (CallerId(), Endpoint("e"), "<sip:anonymous@us>"),
        (HIDDEN, Endpoint("e"), '"Anonymous" <sip:anonymous@anonymous.invalid>'),
        (HIDDEN, Endpoint("e", from_domain="them"), '"Anonymous" <sip:anonymous@them>'),
        (HIDDEN, policy(trusts_outbound=True), '"Bob" <sip:200@us>'),
    ],
)
def test_the_from_that_we_write(party: PartyId, endpoint: Endpoint, written: str) -> None:
    assert str(sender_of(party, endpoint, host="us")) == written


@pytest.mark.parametrize(
    ("party", "endpoint", "headers"),
    [
        (OPEN, policy(), []),
        (OPEN, policy(sends_pai=True), ['P-Asserted-Identity: "Bob" <sip:200@us>']),
        (
            OPEN,
            policy(sends_rpid=True),
            ['Remote-Party-ID: "Bob" <sip:200@us>;party=calling;privacy=off;screen=no'],
        ),
        (HIDDEN, policy(sends_pai=True, sends_rpid=True), []),
        (
            HIDDEN,
            policy(sends_pai=True, sends_rpid=True, trusts_outbound=True),
            [
                'P-Asserted-Identity: "Bob" <sip:200@us>',
                "Privacy: id",
                'Remote-Party-ID: "Bob" <sip:200@us>;party=calling;privacy=full;screen=no',
            ],
        ),
        (CallerId(name="Nobody"), policy(sends_pai=True), []),
    ],
)
def test_identities_that_we_tell(party: PartyId, endpoint: Endpoint, headers: list[str]) -> None:
    written = [f"{name}: {value}" for name, value in identity_headers(party, endpoint, host="us")]
    assert written == headers


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (invite(), None),
        (
            invite(diversion='"Eve" <sip:500@pbx>;reason=user-busy;privacy=full, <sip:600@pbx>'),
            ("500", "cfb", "600", "unknown", 2),
        ),
        (invite(diversion="<sip:500@pbx>;reason=unconditional"), ("500", "cfu", "", "unknown", 1)),
        (invite(diversion="<<"), None),
        (
            invite(
                history_info="<sip:500@pbx>;index=1, <sip:100@pbx;cause=486>;index=1.1",
            ),
            ("500", "cfb", "", "unknown", 1),
        ),
        (
            invite(
                history_info="<sip:5@x>;index=1, <sip:6@x;cause=302>;index=1.1, "
                "<sip:7@x;cause=408>;index=1.1.1",
            ),
            ("6", "cfnr", "5", "cfu", 2),
        ),
        (invite(history_info="<sip:500@pbx>;index=1"), None),
    ],
)
def test_whom_a_call_was_diverted_by(
    request_: Request, found: tuple[str, str, str, str, int] | None
) -> None:
    told = redirecting_of(request_)
    shown = told and (
        told.sender.number, told.reason, told.origin.number, told.origin_reason, told.count,
    )  # fmt: skip
    assert shown == found


def test_a_diversion_may_be_hidden() -> None:
    told = redirecting_of(invite(diversion="<sip:5@x>;privacy=full"))
    assert told is not None
    assert told.sender.number_presentation == 0x20


@pytest.mark.parametrize(
    ("endpoint", "headers"),
    [
        (
            Endpoint("e"),
            [
                "Diversion: <sip:5@us>;reason=no-answer",
                "Diversion: <sip:6@us>;reason=unknown;privacy=full",
            ],
        ),
        (policy(sends_diversion=False), []),
        (
            policy(sends_diversion=False, sends_history=True),
            ["History-Info: <sip:6@us>;index=1", "History-Info: <sip:5@us>;index=1.1"],
        ),
    ],
)
def test_diversions_that_we_tell(endpoint: Endpoint, headers: list[str]) -> None:
    told = Redirecting(
        sender=PartyId(number="5"),
        origin=PartyId(number="6", number_presentation=0x20),
        reason="cfnr",
        origin_reason="odd",
    )
    written = [f"{name}: {value}" for name, value in diversion_headers(told, endpoint, host="us")]
    assert written == headers
