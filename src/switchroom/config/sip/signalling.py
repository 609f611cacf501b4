"""What ``sip.conf`` says about signalling: of ``[general]``, and of a peer before that."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.language.values import is_true, parse_list
from switchroom.config.sip.media import ReadOption

#: The options that :func:`read_sip_signalling` reads.
SIGNALLING_OPTIONS = frozenset(
    {"allowoverlap", "allowsubscribe", "allowtransfer", "mailbox"}
    | {"outofcall_message_context", "progressinband", "promiscredir", "rpid_immediate"}
    | {"rpid_update", "subscribecontext", "usereqphone", "vmexten"}
)
_NO = frozenset({"no", "false", "off", "0", "never"})


@dataclass(frozen=True, slots=True)
class SipSignalling:
    """How a peer is talked to, besides its calls."""

    allows_subscribe: bool = True
    subscribe_context: str = ""
    mailboxes: tuple[str, ...] = ()
    voicemail_extension: str = ""
    allows_transfer: bool = True
    message_context: str = ""
    rings_inband: bool = False
    waits_for_digits: bool = True
    says_phone: bool = False
    line_by_update: bool = False  #: who is connected is told by UPDATE
    line_before_answer: bool = False
    follows_uris: bool = False  #: a 302 to another host is followed as it is


def read_sip_signalling(option: ReadOption) -> SipSignalling:
    """The signalling options of a peer."""
    return SipSignalling(
        allows_subscribe=option("allowsubscribe", _is_on, default=True),
        subscribe_context=option("subscribecontext", str.strip, ""),
        mailboxes=option("mailbox", parse_list, ()),
        voicemail_extension=option("vmexten", str.strip, ""),
        allows_transfer=option("allowtransfer", _is_on, default=True),
        message_context=option("outofcall_message_context", str.strip, ""),
        rings_inband=option("progressinband", is_true, default=False),
        waits_for_digits=option("allowoverlap", _is_on, default=True),
        says_phone=option("usereqphone", is_true, default=False),
        line_by_update=option("rpid_update", is_true, default=False),
        line_before_answer=option("rpid_immediate", is_true, default=False),
        follows_uris=option("promiscredir", is_true, default=False),
    )


def _is_on(text: str) -> bool:
    return text.strip().lower() not in _NO
