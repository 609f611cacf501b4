"""``pjsip send notify`` against a SIP side."""

from typing import Any

from switchroom.channels.sip.presence.notifying import Notification, NotifyTypes
from switchroom.cli.commands.pjsip_notify import send_notify
from tests.channels.sip_far_end import Side, play

PHONE = "[alice]\ntype=endpoint\naors=alice\n[alice]\ntype=aor\ncontact=sip:alice@127.0.0.1:{far}\n"


class Context:
    """What the command asks for."""

    def __init__(self, side: Side) -> None:
        self.pbx = side.pbx
        self.sip = None


def test_an_operator_notifies() -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        side.pbx.datastore(NotifyTypes).by_name = {"reboot": Notification((("Event", "x"),))}
        context: Any = Context(side)

        async def run(*words: str) -> str:
            return await send_notify(context, list(words))

        told = await run("reboot", "endpoint", "alice", "nobody")
        assert told == (
            "Sending NOTIFY of type 'reboot' to 'alice'\n"
            "There is no way for a NOTIFY of type 'reboot' to 'nobody'\n"
        )
        await side.far.until(lambda: side.far.requests("NOTIFY"))
        uri = f"sip:bob@127.0.0.1:{side.far.port}"
        assert await run("reboot", "uri", uri) == f"Sending NOTIFY of type 'reboot' to '{uri}'\n"
        await side.far.until(lambda: len(side.far.requests("NOTIFY")) == 2)
        assert "Unsupported" in await run("reboot", "uri", "tel:1")
        assert "no way" in await run("reboot", "channel", "PJSIP/x")
        assert await run("other", "uri", uri) == "Unable to find notify type 'other'\n"

    play(story, PHONE)
