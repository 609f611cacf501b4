"""``pjsip list …`` and ``pjsip show subscriptions``, against a SIP side."""

from typing import Any

import pytest

from switchroom.cli.commands.pjsip_subscriptions import (
    list_subscriptions,
    qualify,
    show_subscription,
    show_subscriptions,
)
from switchroom.cli.registry import UsageError
from tests.channels.sip_far_end import Side, play
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run

PHONE = """\
[alice]
type=endpoint
context=in
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
"""
DIALPLAN = "[in]\nexten => 200,hint,PJSIP/alice\nexten => 200,1,NoOp()\n"


def test_each_object_is_a_line(cli: CliNode) -> None:
    endpoints = run(cli, "pjsip list endpoints")
    first, title, rule, blank, *lines = endpoints.split("\n")
    assert (first, blank, set(rule)) == ("", "", {"="})
    assert title.startswith(" Endpoint:  <Endpoint/CID...")
    assert all(line.startswith(" Endpoint:  ") for line in lines[:-4])
    assert endpoints.endswith(f"\nObjects found: {len(lines) - 4}\n\n")
    assert "Contact:" not in run(cli, "pjsip list aors")
    for kind in ("auths", "contacts", "transports"):
        assert "Objects found:" in run(cli, f"pjsip list {kind}")
    for kind in ("channels", "registrations"):
        assert run(cli, f"pjsip list {kind}") == "No objects found.\n\n"
    assert run(cli, "pjsip list endpoints like ^$") == "No objects found.\n\n"


@pytest.mark.parametrize("kind", ["identify", "channel", "contact"])
def test_one_that_is_not_there(cli: CliNode, kind: str) -> None:
    assert run(cli, f"pjsip show {kind} x") == "Unable to find object x.\n\n"
    assert "Usage: pjsip show" in run(cli, f"pjsip show {kind}")


def test_one_that_is_there(cli: CliNode) -> None:
    contact = next(contact for aor in cli.context.sip.aors() for contact in aor.contacts)
    name = f"{contact.aor}/{contact.uri}"
    assert name in run(cli, f"pjsip show contact {name}")
    assert "our own" in run(cli, "pjsip show version")


class Context:
    """What the commands ask for."""

    def __init__(self, side: Side) -> None:
        self.pbx = side.pbx
        self.sip = None


def test_who_watches_what() -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        context: Any = Context(side)
        assert show_subscriptions(context, ["inbound"]).endswith("\n0 active subscriptions\n")
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        headers = (("Event", "dialog"), ("Expires", "600"), contact)
        answer = await side.far.request("SUBSCRIBE", side.uri("200"), side.flow, headers=headers)
        assert answer.status == 200
        shown = show_subscriptions(context, ["inbound"])
        assert "alice                dialog           in/200" in shown
        assert "   600  sip:alice@" in shown
        assert list_subscriptions(context, ["inbound", "like", "dialog"]) == shown
        assert "0 active" in show_subscriptions(context, ["inbound", "like", "presence"])
        assert "0 active" in show_subscriptions(context, ["outbound"])
        assert "Event:      dialog\n" in show_subscription(context, ["inbound", answer.call_id])
        assert "no subscription x" in show_subscription(context, ["inbound", "x"])
        for wrong in ([], ["sideways"]):
            with pytest.raises(UsageError):
                show_subscriptions(context, wrong)

    play(story, PHONE, dialplan=DIALPLAN)


def test_an_operator_asks_whether_a_phone_is_there() -> None:
    async def story(side: Side) -> None:
        context: Any = Context(side)
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        assert qualify(context, ["alice"]) == "Sending qualify to endpoint alice\n"
        aor = side.service.settings.aors["alice"]
        await side.far.until(lambda: side.service.location.contacts(aor)[0].reachable)
        assert qualify(context, ["nobody"]) == "Unable to retrieve endpoint nobody\n"

    play(story, PHONE, dialplan=DIALPLAN)
