"""MESSAGE and MESSAGE_DATA: the text message that a channel was made for.

Family: Text messages
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.text_message import TextMessage


@function("MESSAGE")
def message(channel: Channel, argument: str) -> str:
    """A part of the message that came, or of the one to be sent.

    Args:
        channel: The channel.
        argument: ``to``, ``from`` or ``body``.

    Examples:
        NoOp(${MESSAGE(from)} says ${MESSAGE(body)})
    """
    kept = channel.datastore(TextMessage)
    match argument.strip().lower():
        case "to":
            return kept.to
        case "from":
            return kept.from_
        case "body":
            return kept.body
        case _:
            raise DialplanError(f"MESSAGE: there is no {argument!r}")


@function("MESSAGE", write=True)
def set_message(channel: Channel, value: str, argument: str) -> None:
    """Change the message before it is sent on.

    Args:
        channel: The channel.
        value: What it becomes; for ``custom_data`` either ``mark_all_outbound`` or
            ``clear_all_outbound``: whether what MESSAGE_DATA keeps is sent as headers.
        argument: ``body``, ``from``, ``to`` or ``custom_data``.

    Examples:
        Set(MESSAGE(body)=The number has changed)
    """
    kept = channel.datastore(TextMessage)
    match argument.strip().lower(), value.strip().lower():
        case "body", _:
            kept.body = value
        case "from", _:
            kept.from_ = value
        case "to", _:
            kept.to = value
        case "custom_data", "mark_all_outbound":
            kept.outbound = set(kept.data)
        case "custom_data", "clear_all_outbound":
            kept.outbound.clear()
        case _:
            raise DialplanError(f"MESSAGE: {argument!r} cannot be set to {value!r}")


@function("MESSAGE_DATA")
def message_data(channel: Channel, argument: str) -> str:
    """A header ``X-…`` that came with the message, or what was set under a name.

    Args:
        channel: The channel.
        argument: The name.

    Examples:
        NoOp(${MESSAGE_DATA(X-Priority)})
    """
    data = channel.datastore(TextMessage).data
    wanted = argument.strip().lower()
    return next((value for name, value in data.items() if name.lower() == wanted), "")


@function("MESSAGE_DATA", write=True)
def set_message_data(channel: Channel, value: str, argument: str) -> None:
    """Set a header that is sent with the message.

    Args:
        channel: The channel.
        value: Of the header; empty: it is sent no more.
        argument: Its name.

    Examples:
        Set(MESSAGE_DATA(X-Priority)=urgent)
    """
    kept = channel.datastore(TextMessage)
    name = argument.strip()
    if value:
        kept.data[name] = value
        kept.outbound.add(name)
    else:
        kept.data.pop(name, None)
        kept.outbound.discard(name)
