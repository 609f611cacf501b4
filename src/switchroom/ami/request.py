"""One action with all that its handler may use."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.ami.context import AmiContext
from switchroom.ami.message import Action
from switchroom.ami.reply import ActionError
from switchroom.ami.session import Session
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel
from switchroom.pbx.pbx import Pbx


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler is called with."""

    action: Action
    session: Session
    context: AmiContext

    @property
    def pbx(self) -> Pbx:
        """The node's core."""
        return self.context.pbx

    def get(self, name: str, default: str = "") -> str:
        """A header of the action."""
        return self.action.get(name, default)

    def required(self, name: str, otherwise: str) -> str:
        """A header that has to be there.

        Args:
            name: Of it.
            otherwise: What the client reads where it is not.

        Raises:
            ActionError: It is not there.
        """
        value = self.get(name)
        if not value:
            raise ActionError(otherwise)
        return value

    def channel(
        self, missing: str = "No channel specified", unknown: str = "No such channel"
    ) -> Channel:
        """The channel that the header ``Channel`` names.

        Args:
            missing: What the client reads where there is no header.
            unknown: What it reads where there is no channel.

        Raises:
            ActionError: One of the two.
        """
        return self.find(self.required("Channel", missing), unknown)

    def find(self, name: str, unknown: str = "No such channel") -> Channel:
        """A channel by its name or unique id.

        Raises:
            ActionError: There is none.
        """
        channel = find_channel(self.pbx, name)
        if channel is None:
            raise ActionError(unknown)
        return channel
