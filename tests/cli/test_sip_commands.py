"""``guard …`` and the registrations of ours, without a SIP side."""

import pytest

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.views import RegistrationView
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
