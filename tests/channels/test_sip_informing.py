"""INFO of phones that record, and message summaries that a trunk sends unasked."""

import pytest

from switchroom.config.features import FeatureSettings
from switchroom.pbx.events import DigitReceived
from switchroom.pbx.features import Features
from switchroom.pbx.states.mailboxes import MailboxChanged, messages_in
from tests.channels.sip_far_end import Side, play

ALICE = """\
[alice]
type=endpoint
context=in
allow=ulaw
incoming_mwi_mailbox=100
{more}
"""
DIALPLAN = "[in]\nexten => 1,1,Answer()\n same => n,Wait(60)\n"


@pytest.mark.parametrize(
    ("more", "wanted", "status", "keyed"),
    [
        ("one_touch_recording=yes", "on", 200, "*3"),
        ("one_touch_recording=yes\nrecord_off_feature=automon", "Off", 200, "*1"),
        ("one_touch_recording=yes", "maybe", 400, ""),
        ("one_touch_recording=yes\nrecord_on_feature=nothing", "on", 403, ""),
        ("", "on", 403, ""),
    ],
)
def test_a_key_that_records(more: str, wanted: str, status: int, keyed: str) -> None:
    async def story(side: Side) -> None:
        side.pbx.datastore(Features).settings = FeatureSettings(mix="*3", record="*1")
        digits: list[str] = []
        side.pbx.events.subscribe(DigitReceived, lambda event: digits.append(event.digit))
        session = await side.far.call(side.uri("1"), side.flow)
        answers: list[int] = []

        class User:
            def on_response(self, outgoing: object, response: object, *, now: float) -> None:
                answers.append(response.status)  # type: ignore[attr-defined]  # of the Protocol

            def on_timeout(self, outgoing: object, *, now: float) -> None:
                answers.append(0)

        session.request_within("INFO", now=side.far.now, headers=[("Record", wanted)], user=User())
        side.far.pump()
        await side.far.until(lambda: answers)
        assert (answers, "".join(digits)) == ([status], keyed)

    play(story, ALICE.replace("{more}", more), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("event", "body", "mailbox", "status"),
    [
        ("message-summary", b"Messages-Waiting: yes\r\nVoice-Message: 2/3\r\n", "100", 200),
        ("message-summary", b"hello", "100", 400),
        ("message-summary", b"Messages-Waiting: yes\r\n", "", 489),
        ("check-sync", b"Messages-Waiting: yes\r\n", "100", 489),
    ],
)
def test_a_trunk_that_tells_of_messages(event: str, body: bytes, mailbox: str, status: int) -> None:
    async def story(side: Side) -> None:
        told: list[MailboxChanged] = []
        side.pbx.events.subscribe(MailboxChanged, told.append)
        headers = (("Event", event), ("Subscription-State", "terminated"))
        answer = await side.far.request(
            "NOTIFY", side.uri("us"), side.flow, headers=headers, body=body
        )
        assert answer.status == status
        found = [MailboxChanged("100@default", 2, 3)] if status == 200 else []
        assert told == found
        assert messages_in(side.pbx, "100") == ((2, 3) if found else (0, 0))

    pjsip = ALICE.replace("{more}", "").replace("mailbox=100", f"mailbox={mailbox}")
    play(story, pjsip)


def test_a_stranger_tells_nothing() -> None:
    async def story(side: Side) -> None:
        answer = await side.far.request(
            "NOTIFY", side.uri("us"), side.flow, sender="sip:nobody@x",
            headers=(("Event", "message-summary"),), body=b"Messages-Waiting: yes\r\n",
        )  # fmt: skip
        assert answer.status == 401
        assert messages_in(side.pbx, "100") == (0, 0)

    play(story, ALICE.replace("{more}", ""))
