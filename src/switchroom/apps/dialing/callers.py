"""Who calls and who is called, by options of Dial(). No application itself."""

from __future__ import annotations

from switchroom.apps.dialing.options import BARE, DialOptions
from switchroom.dialplan.parties import PRESENTATIONS, parse_party
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.introduction import introduce
from switchroom.pbx.states.hints import find_hint


class DialCallers:
    """Of one Dial().

    Args:
        channel: Who dials.
        options: Option letters.
    """

    def __init__(self, channel: Channel, options: DialOptions) -> None:
        self._channel = channel
        self._options = options

    def present(self, called: Channel) -> None:
        """Tell a channel that is dialled who calls, and what it is called itself."""
        # Asterisk: an ``f`` that names nobody is for calls that are forwarded only (22).
        self._introduce(called, forced=self._options.forced_caller not in {"", BARE})

    def present_forward(self, called: Channel) -> None:
        """Tell the same to one that is dialled because another forwards the call."""
        self._introduce(called, forced=bool(self._options.forced_caller))

    @property
    def keeps_connected(self) -> bool:
        """Whether the caller is not told who answers: ``I``, and ``o``, with which that is he."""
        return self._options.keep_connected or bool(self._options.caller_number)

    def _introduce(self, called: Channel, *, forced: bool) -> None:
        caller = self._forced() if forced else self._channel.caller.copy()
        caller.tag = self._options.tag or caller.tag
        if self._options.caller_number:  # what its technology knows of it does not count then
            called.caller = CallerId(tag=called.caller.tag)
        known = called.caller.is_number_known  # the hint need not be looked for then
        introduce(called, caller, called.caller if known else self._dialled())

    def _dialled(self) -> CallerId:
        """What is stored on the called channel as its own."""
        channel, given = self._channel, self._options.caller_number
        if given == BARE:
            return channel.caller.copy()
        if given:
            name, number = parse_party(given)
            return CallerId(name=name, number=number)
        return self._of_extension()

    def _forced(self) -> CallerId:
        given = self._options.forced_caller
        if given == BARE:
            caller = self._of_extension()
        else:
            name, number = parse_party(given)
            caller = CallerId(name=name, number=number)
        shown = PRESENTATIONS.get(self._options.presentation.strip().lower())
        if shown is not None:
            caller.name_presentation = caller.number_presentation = shown
        return caller

    def _of_extension(self) -> CallerId:
        """The extension that dials, and the name of its hint."""
        channel = self._channel
        hint = find_hint(channel.pbx, channel.context, channel.extension)
        return CallerId(name=hint.name if hint is not None else "", number=channel.extension)
