"""Messages that wait, told to phones that did not ask."""

import asyncio

import pytest

from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes
from switchroom.sip.message import Request
from tests.channels.sip_far_end import Side, play

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
mailboxes=100,200@sales
{more}
[alice]
type=aor
max_contacts=2
mailboxes=100
"""
COUNTS = {"100@default": (2, 1), "200@sales": (1, 0)}


async def registered(side: Side) -> None:
    side.pbx.datastore(Mailboxes).count = lambda mailbox: COUNTS[mailbox]
    side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
    contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
    answer = await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))
    assert answer.status == 200


def told(side: Side) -> list[Request]:
    return side.far.requests("NOTIFY")


def counts(side: Side) -> list[str]:
    return [each.body.decode().splitlines()[-1] for each in told(side)]


def test_a_phone_that_registers_is_told_and_told_again_when_it_changes() -> None:
    async def story(side: Side) -> None:
        await registered(side)
        await side.far.until(lambda: told(side))
        (first,) = told(side)
        assert first.uri == f"sip:alice@127.0.0.1:{side.far.port}"
        assert first.get("event") == "message-summary"
        assert first.get("subscription-state") == "terminated"
        assert first.from_.uri == "sip:asterisk@127.0.0.1"
        assert first.body == (
            b"Messages-Waiting: yes\r\nMessage-Account: sip:alice@127.0.0.1\r\n"
            b"Voice-Message: 3/1 (0/0)\r\n"
        )
        for _ in range(2):  # in one go: told once
            side.pbx.events.publish(MailboxChanged("100", 2, 1))
        side.pbx.events.publish(MailboxChanged("300", 2, 1))
        await side.far.until(lambda: len(told(side)) == 2)
        await asyncio.sleep(1)
        assert len(told(side)) == 2

    play(story, PHONE.format(far="{far}", more=""))


def test_each_mailbox_for_itself_and_where_to_hear_it() -> None:
    more = "aggregate_mwi=no\nvoicemail_extension=*97\nmwi_from_user=mailbox\n"

    async def story(side: Side) -> None:
        await registered(side)
        await side.far.until(lambda: len(told(side)) == 2)
        assert counts(side) == ["Voice-Message: 2/1 (0/0)", "Voice-Message: 1/0 (0/0)"]
        assert "Message-Account: sip:*97@127.0.0.1" in told(side)[0].body.decode()
        assert told(side)[0].from_.uri == "sip:mailbox@127.0.0.1"

    play(story, PHONE.format(far="{far}", more=more))


def test_a_phone_is_told_of_changes_only() -> None:
    async def story(side: Side) -> None:
        await registered(side)
        await asyncio.sleep(1)
        assert told(side) == []
        side.pbx.events.publish(MailboxChanged("200@sales", 2, 1))
        await side.far.until(lambda: told(side))
        assert "Message-Account: sip:500@127.0.0.1" in told(side)[0].body.decode()

    more = "[global]\ntype=global\nmwi_disable_initial_unsolicited=yes\n"
    more += "default_voicemail_extension=500\n"
    play(story, PHONE.format(far="{far}", more="") + more)


@pytest.mark.parametrize(("replaces", "times"), [("yes", 1), ("no", 2)])
def test_a_phone_that_subscribes(replaces: str, times: int) -> None:
    async def story(side: Side) -> None:
        await registered(side)
        await side.far.until(lambda: told(side))
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        headers = (("Event", "message-summary"), contact)
        answer = await side.far.request("SUBSCRIBE", side.uri("alice"), side.flow, headers=headers)
        assert answer.status == 200
        await side.far.until(lambda: len(told(side)) == 2)
        side.pbx.events.publish(MailboxChanged("100@default", 2, 1))
        COUNTS["100@default"] = (5, 5)
        await asyncio.sleep(1)
        COUNTS["100@default"] = (2, 1)
        assert len(told(side)) == 2 + times
        assert side.service.subscriptions.has_mailbox_of("alice")
        (standing,) = side.service.subscriptions
        standing.core.end("timeout", now=side.service.now)
        side.service.pump()
        assert not side.service.subscriptions.has_mailbox_of("alice")

    more = f"mwi_subscribe_replaces_unsolicited={replaces}\n"
    play(story, PHONE.format(far="{far}", more=more))
