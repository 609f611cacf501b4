"""PJSIP_MEDIA_OFFER and its like: what a channel's session offers, and how it goes on.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.channels.sip.added_headers import (
    INHERITABLE,
    MAX_HEADERS,
    HeaderError,
    checked,
)
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.codecs import codecs_of, name_of
from switchroom.config.language.values import is_true, parse_codecs
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.transfers.by_program import ProgramTransfers


def _driver(channel: Channel, what: str) -> SipChannelDriver:
    if not isinstance(channel.driver, SipChannelDriver):
        raise DialplanError(f"{what}: {channel.name} is no SIP channel")
    return channel.driver


def _check_media(media: str) -> None:
    if media.strip().lower() not in {"audio", "video"}:
        raise DialplanError(f"PJSIP_MEDIA_OFFER: there is no media {media!r}")


@function("PJSIP_MEDIA_OFFER")
def pjsip_media_offer(channel: Channel, media: str) -> str:
    """The codecs that are offered to this channel's party, best first.

    Args:
        channel: The channel.
        media: ``audio``; of ``video`` nothing is offered.

    Examples:
        NoOp(${PJSIP_MEDIA_OFFER(audio)})
    """
    _check_media(media)
    driver = _driver(channel, "PJSIP_MEDIA_OFFER")
    names = [name_of(codec) for codec in driver.codecs] if media.strip().lower() == "audio" else []
    return f"({'|'.join(names)})" if names else "(nothing)"


@function("PJSIP_MEDIA_OFFER", write=True)
def set_pjsip_media_offer(channel: Channel, value: str, media: str) -> None:
    """Say which codecs are offered to this channel's party: in a pre-dial routine of a call out.

    Args:
        channel: The channel.
        value: Codecs, best first; ``!all`` and ``!alaw`` take away.
        media: ``audio``; ``video`` is accepted without effect.

    Examples:
        Set(PJSIP_MEDIA_OFFER(audio)=alaw,ulaw)
    """
    _check_media(media)
    driver = _driver(channel, "PJSIP_MEDIA_OFFER")
    try:
        codecs = codecs_of(parse_codecs([("disallow", "all"), ("allow", value)]))
    except ValueError as error:
        raise DialplanError(f"PJSIP_MEDIA_OFFER: {error}") from error
    if not codecs:
        raise DialplanError(f"PJSIP_MEDIA_OFFER: {value!r} leaves nothing to offer")
    if media.strip().lower() == "audio":
        driver.codecs = codecs


@function("PJSIP_SEND_SESSION_REFRESH", write=True)
def pjsip_send_session_refresh(channel: Channel, value: str) -> None:
    """Offer this channel's party its session again: with other codecs, after PJSIP_MEDIA_OFFER.

    Args:
        channel: The channel.
        value: ``invite``, or ``update``, which goes where the party takes UPDATEs.

    Examples:
        Set(PJSIP_MEDIA_OFFER(audio)=alaw)
        Set(PJSIP_SEND_SESSION_REFRESH()=invite)
    """
    method = value.strip().lower() or "invite"
    if method not in {"invite", "update"}:
        raise DialplanError(f"PJSIP_SEND_SESSION_REFRESH: {value!r} is neither invite nor update")
    _driver(channel, "PJSIP_SEND_SESSION_REFRESH").reoffer(by_update=method == "update")


@function("PJSIP_MOH_PASSTHROUGH")
def pjsip_moh_passthrough(channel: Channel) -> str:
    """Whether this channel's party is put on hold itself, instead of hearing music from here.

    Examples:
        NoOp(${PJSIP_MOH_PASSTHROUGH()})
    """
    return "yes" if _driver(channel, "PJSIP_MOH_PASSTHROUGH").passes_hold else "no"


@function("PJSIP_MOH_PASSTHROUGH", write=True)
def set_pjsip_moh_passthrough(channel: Channel, value: str) -> None:
    """Say whether this channel's party is put on hold itself, instead of hearing music from here.

    Args:
        channel: The channel.
        value: ``yes`` or ``no``.

    Examples:
        Set(PJSIP_MOH_PASSTHROUGH()=yes)
    """
    _driver(channel, "PJSIP_MOH_PASSTHROUGH").passes_hold = is_true(value)


@function("PJSIP_TRANSFER_HANDLING", write=True)
def pjsip_transfer_handling(channel: Channel, value: str) -> None:
    """Say who carries out the transfers that this channel's party asks for.

    Args:
        channel: The channel.
        value: ``core``; or ``ari-only``: a program that is connected over ARI and hears of the
            channel does, by ChannelTransfer and ``transfer_progress``. While none is, they are
            declined.

    Examples:
        Set(PJSIP_TRANSFER_HANDLING()=ari-only)
    """
    mode = value.strip().lower() or "core"
    if mode not in {"core", "ari-only"}:
        raise DialplanError(f"PJSIP_TRANSFER_HANDLING: {value!r} is neither core nor ari-only")
    _driver(channel, "PJSIP_TRANSFER_HANDLING").takes_transfers = mode == "core"
    channel.datastore(ProgramTransfers).is_on = mode == "ari-only"


@function("PJSIP_INHERITABLE_HEADER", write=True)
def pjsip_inheritable_header(
    channel: Channel, value: str, action: str, name: str, number: str = ""
) -> None:
    """Add a header to the INVITEs of all calls that come of this channel, change or remove one.

    Args:
        channel: The channel.
        value: Of the header; nothing counts where one is removed.
        action: ``add``, ``update`` or ``remove``.
        name: The header's name.
        number: Which one of that name, where there are several; 1 is the first.

    Examples:
        Set(PJSIP_INHERITABLE_HEADER(add,X-Tenant)=blue)
        Dial(PJSIP/alice)
    """
    try:
        name, value = checked(name, value)
    except HeaderError as error:
        raise DialplanError(f"PJSIP_INHERITABLE_HEADER: {error}") from error
    mine = [
        variable
        for variable in sorted(channel.variables)
        if variable.startswith(INHERITABLE)
        and channel.variables[variable].partition(":")[0].lower() == name.lower()
    ]
    match action.strip().lower():
        case "add":
            _add(channel, name, value)
        case "update" if mine:
            place = (leading_int(number) or 1) - 1
            if not 0 <= place < len(mine):
                raise DialplanError(f"PJSIP_INHERITABLE_HEADER: there is no {name} {number}")
            channel.set_variable(f"__{mine[place]}", f"{name}: {value}")
        case "remove":
            place = leading_int(number) or 0
            chosen = mine[place - 1 : place] if place > 0 else mine
            for variable in chosen:
                del channel.variables[variable]
        case other:
            raise DialplanError(f"PJSIP_INHERITABLE_HEADER: {other!r} of {name} cannot be done")


def _add(channel: Channel, name: str, value: str) -> None:
    for number in range(1, MAX_HEADERS + 1):
        variable = f"{INHERITABLE}{number:02}"
        if variable not in channel.variables:
            channel.set_variable(f"__{variable}", f"{name}: {value}")
            return
    raise DialplanError(f"PJSIP_INHERITABLE_HEADER: more than {MAX_HEADERS} headers")
