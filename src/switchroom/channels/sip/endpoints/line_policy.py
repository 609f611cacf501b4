"""Whether and how a party is told who is at the other end of its call."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.language.options import Options
from switchroom.config.sip.signalling import SipSignalling


@dataclass(frozen=True, slots=True)
class LinePolicy:
    """What a party is told, and believed, of who is at the other end."""

    sends: bool = True
    trusts: bool = True
    by_update: bool = False  #: UPDATE and not re-INVITE, where the party takes it
    before_answer: bool = False  #: told by a provisional response too


def line_policy(options: Options) -> LinePolicy:
    """From an endpoint of ``pjsip.conf``."""
    return LinePolicy(
        options.flag("send_connected_line"),
        options.flag("trust_connected_line"),
        options.choice("connected_line_method") == "update",
        options.flag("rpid_immediate"),
    )


def line_of_peer(signalling: SipSignalling) -> LinePolicy:
    """From a peer of ``sip.conf``."""
    return LinePolicy(
        by_update=signalling.line_by_update, before_answer=signalling.line_before_answer
    )
