"""Advanced options: reply, call back, envelope, a call out, a message for others.

No application itself.
"""

from __future__ import annotations

from switchroom.apps.voicemail.forwarding import leave_for_others
from switchroom.apps.voicemail.leaving import Greeted, Leaving
from switchroom.apps.voicemail.playing import caller, duration
from switchroom.apps.voicemail.visit import Entry, Visit
from switchroom.config.voicemail.mailboxes import Mailbox


class Advanced:
    """Behind key 3.

    Args:
        visit: The mailbox; what it offers depends on whether a message was heard.
        gain_db: Of what is recorded.
    """

    def __init__(self, visit: Visit, gain_db: float) -> None:
        self._visit = visit
        self._voice = visit.voice
        self._gain_db = gain_db

    async def run(self) -> str:
        """One choice; gives a key that was pressed meanwhile."""
        options, entry = self._visit.box.options, self._visit.current
        offered: dict[str, str] = {}
        if entry is not None:
            offered["1"] = "vm-toreply"
            if options.callback:
                offered["2"] = "vm-tocallback"
            offered["3"] = "vm-tohearenv"
        if options.dialout:
            offered["4"] = "vm-tomakecall"
        if options.send_voicemail:
            offered["5"] = "vm-leavemsg"
        names = [*offered.values(), "vm-starmain"]
        key = await self._voice.choose(names, "".join(offered) + "*")
        match key:
            case "1" if entry is not None:
                return await self._reply(entry)
            case "2" if entry is not None:
                return await self._call_back(entry)
            case "3" if entry is not None:
                return await self._envelope(entry)
            case "4":
                return await self._call_out(options.dialout)
            case "5":
                return await leave_for_others(self._visit, self._gain_db)
            case _:
                return ""

    async def _sender(self, entry: Entry) -> Mailbox | None:
        number = entry.stored.message.caller_number
        if not number:
            return None
        return await self._visit.voicemail.look_up(f"{number}@{self._visit.box.context}")

    async def _reply(self, entry: Entry) -> str:
        """Leave a message in the sender's mailbox."""
        if not entry.stored.message.caller_number:
            return await self._voice.say("vm-nonumber")
        box = await self._sender(entry)
        if box is None:
            return await self._voice.say("vm-nobox")
        leaving = Leaving(self._voice, [box], Greeted())
        leaving.is_reply, leaving.gain_db = True, self._gain_db
        await leaving.run()
        return ""

    async def _envelope(self, entry: Entry) -> str:
        """Say all that is known, whatever the mailbox says by itself."""
        message = entry.stored.message
        names = self._voice.moment(self._visit.voicemail, self._visit.box, message.time)
        names += await caller(self._visit, message)
        return await self._voice.say(*names, *duration(self._visit, message))

    async def _call_back(self, entry: Entry) -> str:
        """Let the dialplan call the sender, or another number."""
        number = entry.stored.message.caller_number
        context = self._visit.box.options.callback
        if not number:
            return await self._voice.say("vm-nonumber")
        said = ["vm-num-i-have", *self._voice.digits(number), "vm-tocallnum", "vm-calldiffnum"]
        key = await self._voice.choose([*said, "vm-star-cancel"], "12*")
        if key == "1":
            return await self._dial(context, number)
        return await self._call_out(context) if key == "2" else ""

    async def _call_out(self, context: str) -> str:
        number = await self._voice.read("vm-enter-num-to-call", leaves_by_star=True)
        return "" if number in {"", "*"} else await self._dial(context, number)

    async def _dial(self, context: str, number: str) -> str:
        """Go on in the dialplan, where that number is an extension."""
        channel = self._visit.channel
        if not channel.pbx.dialplan.exists(channel, number, 1, context):
            return await self._voice.say("pbx-invalid")
        await self._voice.say("vm-dialout", keys="")
        channel.goto(context, number, 1)
        return ""
