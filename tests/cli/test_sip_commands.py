"""``guard …`` and the registrations of ours, without a SIP side."""

import logging
from collections.abc import Iterator

import pytest

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.views import RegistrationView
from switchroom.net.trace import TraceFilter, logger, only
from switchroom.sip.flow import Flow
from tests.cli.fakes import CliNode
from tests.cli.test_commands import complete, run


def test_nobody_is_banned_at_first(cli: CliNode) -> None:
    assert run(cli, "guard show") == "Nobody is banned\n"


def test_an_operator_bans_and_unbans(cli: CliNode) -> None:
    assert run(cli, "guard ban 192.0.2.1 60", "guard ban 2001:db8::1", "guard show") == (
        "Source                                       Seconds left    Dropped\n"
        "192.0.2.1                                              60          0\n"
        "2001:db8::/64                                        3600          0\n"
    )
    assert complete(cli, "guard unban ") == ["192.0.2.1", "2001:db8::/64", "all"]
    assert run(cli, "guard unban 192.0.2.1") == "192.0.2.1 is heard again\n"
    assert run(cli, "guard unban 192.0.2.1") == "It is not banned\n"
    assert run(cli, "guard unban all") == "1 unbanned\n"


@pytest.mark.parametrize(
    "line",
    ["guard ban", "guard ban home", "guard ban 192.0.2.1 soon", "guard unban", "guard show x"],
)
def test_what_is_no_such_command(cli: CliNode, line: str) -> None:
    assert "Usage: guard" in run(cli, line)


@pytest.fixture
def traced() -> Iterator[TraceFilter]:
    yield only
    only.clear()
    logger.setLevel(logging.NOTSET)


def test_which_messages_are_logged(cli: CliNode, traced: TraceFilter) -> None:
    invite = b"INVITE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"
    near, far = (Flow("udp", (host, 5060), ("0.0.0.0", 5060)) for host in ("192.0.2.7", "::1"))
    assert run(cli, "pjsip set logger on") == "PJSIP logging enabled\n"
    assert logger.isEnabledFor(logging.DEBUG)
    assert traced.passes(invite, far)
    assert "192.0.2.0/24" in run(cli, "pjsip set logger host 192.0.2.0/24")
    assert traced.passes(invite, near)
    assert not traced.passes(invite, far)
    run(cli, "pjsip set logger add ::1", "pjsip set logger method BYE")
    assert not traced.passes(invite, far)
    run(cli, "pjsip set logger methodadd invite")
    assert traced.passes(invite, far)
    assert run(cli, "sip set debug off") == "PJSIP logging disabled\n"
    assert not logger.isEnabledFor(logging.DEBUG)
    assert "does not appear" in run(cli, "pjsip set logger host nowhere")
    assert "Usage" in run(cli, "pjsip set logger")
    assert "Usage" in run(cli, "sip set debug peer")


def test_a_peers_messages_are_logged(cli: CliNode, traced: TraceFilter) -> None:
    assert run(cli, "sip set debug peer nobody") == "No such peer 'nobody'\n"
    name = next(each.name for each in cli.context.sip.endpoints())
    told = run(cli, f"sip set debug peer {name}")
    assert told.startswith(("PJSIP logging enabled for host: ", "Nobody knows where"))


def test_without_registrations(cli: CliNode) -> None:
    assert run(cli, "pjsip show registration x") == "Unable to find object x.\n\n"
    assert run(cli, "pjsip send register x") == "Unable to retrieve registration x\n"
    assert run(cli, "pjsip send unregister *all") == "Unregister of all registrations started\n"


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (
            RegistrationView("carrier", "sip:sip.example.com", "account", "Registered", 42.4),
            (
                " carrier/sip:sip.example.com                             account           "
                "Registered        (exp. 42s)\n"
            ),
        ),
        (
            RegistrationView("c" * 60, "sip:x", "", "Rejected"),
            f" {'c' * 54}                    Rejected\n",
        ),
    ],
)
def test_a_registration_is_a_line(view: RegistrationView, text: str) -> None:
    assert layout.registration_lines(view) == text
