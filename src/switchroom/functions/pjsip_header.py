"""PJSIP_HEADER and its like: headers that came with a call, and those that go out with one.

Family: SIP
"""

from __future__ import annotations

from collections.abc import Mapping

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.channels.sip.added_headers import (
    AddedHeaders,
    HeaderError,
    names_beginning_with,
    numbered,
)
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr
from switchroom.sip.headers.parameters import unquote
from switchroom.sip.uri import parse_uri

_NO_FIELDS: Mapping[str, list[str]] = {}


def _received(channel: Channel, what: str) -> Mapping[str, list[str]]:
    """The headers of the INVITE that came in; none on a channel that called out."""
    driver = channel.driver
    if not isinstance(driver, SipChannelDriver):
        raise DialplanError(f"{what}: {channel.name} is no SIP channel")
    session = driver.session
    return session.request.fields if session is not None and session.request else _NO_FIELDS


def _answered(channel: Channel, what: str) -> Mapping[str, list[str]]:
    """The headers of the answer to the INVITE that we sent."""
    driver = channel.driver
    if not isinstance(driver, SipChannelDriver):
        raise DialplanError(f"{what}: {channel.name} is no SIP channel")
    session = driver.session
    return session.response.fields if session is not None and session.response else _NO_FIELDS


def _number(text: str) -> int:
    return (leading_int(text) or 0) if text.strip() else 1


@function("PJSIP_HEADER")
def pjsip_header(channel: Channel, action: str, name: str, number: str = "") -> str:
    """A header of the INVITE that came in, or one that was added.

    Args:
        channel: The channel.
        action: ``read``.
        name: The header's name.
        number: Which one, where there are several; 1 is the first.

    Examples:
        Set(TENANT=${PJSIP_HEADER(read,X-Tenant)})
        NoOp(${PJSIP_HEADER(read,Via,2)})
    """
    if action.strip().lower() != "read":
        raise DialplanError(f"PJSIP_HEADER: {action!r} is written, not read")
    value = numbered(_received(channel, "PJSIP_HEADER"), name, _number(number))
    return value or channel.datastore(AddedHeaders).get(name.strip(), _number(number))


@function("PJSIP_HEADER", write=True)
def set_pjsip_header(
    channel: Channel, value: str, action: str, name: str, number: str = ""
) -> None:
    """Add a header to what the channel sends, change one that was added, or remove it.

    On a channel that calls out it goes into the INVITE: set it in a pre-dial routine. On one that
    called in it goes into the answers.

    Args:
        channel: The channel.
        value: Of the header; nothing counts where one is removed.
        action: ``add``, ``update`` or ``remove``.
        name: The header's name; when removing, ``X-*`` removes all that begin so.
        number: Which one, where there are several; without it an update changes the first and a
            removal removes all.

    Examples:
        Set(PJSIP_HEADER(add,X-Tenant)=blue)
        Set(PJSIP_HEADER(update,X-Tenant)=green)
        Set(PJSIP_HEADER(remove,X-*)=)
    """
    _write(channel.datastore(AddedHeaders), value, action, name, number, "PJSIP_HEADER")


def _write(added: AddedHeaders, value: str, action: str, name: str, number: str, what: str) -> None:
    try:
        match action.strip().lower():
            case "add":
                added.add(name, value)
            case "update":
                added.update(name.strip(), value, _number(number))
            case "remove":
                added.remove(name.strip(), _number(number) if number.strip() else 0)
            case other:
                raise DialplanError(f"{what}: {other!r} is none of add, update, remove")
    except HeaderError as error:
        raise DialplanError(f"{what}: {error}") from error


@function("PJSIP_HEADERS")
def pjsip_headers(channel: Channel, prefix: str = "") -> str:
    """The names of the headers that came with the INVITE, with commas between.

    Args:
        channel: The channel.
        prefix: Only names that begin so.

    Examples:
        NoOp(${PJSIP_HEADERS(X-)})
    """
    return ",".join(names_beginning_with(_received(channel, "PJSIP_HEADERS"), prefix))


@function("PJSIP_RESPONSE_HEADER")
def pjsip_response_header(channel: Channel, action: str, name: str, number: str = "") -> str:
    """A header of the answer that a called party gave.

    Args:
        channel: The channel that called.
        action: ``read``.
        name: The header's name.
        number: Which one, where there are several; 1 is the first.

    Examples:
        NoOp(${PJSIP_RESPONSE_HEADER(read,Server)})
    """
    if action.strip().lower() != "read":
        raise DialplanError("PJSIP_RESPONSE_HEADER: it can only be read")
    return numbered(_answered(channel, "PJSIP_RESPONSE_HEADER"), name, _number(number))


@function("PJSIP_RESPONSE_HEADERS")
def pjsip_response_headers(channel: Channel, prefix: str = "") -> str:
    """The names of the headers of a called party's answer, with commas between.

    Args:
        channel: The channel that called.
        prefix: Only names that begin so.

    Examples:
        NoOp(${PJSIP_RESPONSE_HEADERS(X-)})
    """
    return ",".join(names_beginning_with(_answered(channel, "PJSIP_RESPONSE_HEADERS"), prefix))


@function("PJSIP_HEADER_PARAM")
def pjsip_header_param(
    channel: Channel, header_name: str, parameter_type: str, parameter_name: str
) -> str:
    """A parameter of an address in a header that came with the INVITE.

    Args:
        channel: The channel.
        header_name: The header's name.
        parameter_type: ``header``, or ``uri`` for the one inside the brackets.
        parameter_name: The parameter's name.

    Examples:
        NoOp(${PJSIP_HEADER_PARAM(From,uri,user)})
    """
    value = numbered(_received(channel, "PJSIP_HEADER_PARAM"), header_name)
    try:
        address: NameAddr = parse_name_addr(value)
        parameters: Mapping[str, str] = address.parameters
        if parameter_type.strip().lower() == "uri":
            parameters = parse_uri(address.uri).parameters
    except RemoteSipError:
        return ""
    return unquote(parameters.get(parameter_name.strip().lower(), ""))


@function("SIP_HEADER")
def sip_header(channel: Channel, name: str, number: str = "") -> str:
    """A header of the INVITE that came in; PJSIP_HEADER is its successor.

    Args:
        channel: The channel.
        name: The header's name.
        number: Which one, where there are several; 1 is the first.

    Examples:
        Set(TENANT=${SIP_HEADER(X-Tenant)})
    """
    return numbered(_received(channel, "SIP_HEADER"), name, _number(number))


@function("SIP_HEADERS")
def sip_headers(channel: Channel, prefix: Rest = "") -> str:
    """The names of the headers that came with the INVITE, with commas between.

    Args:
        channel: The channel.
        prefix: Only names that begin so.

    Examples:
        NoOp(${SIP_HEADERS(X-)})
    """
    return ",".join(names_beginning_with(_received(channel, "SIP_HEADERS"), prefix))
