"""What the channels of an endpoint take part in: groups, parking, music, limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from switchroom.base.text import leading_int

MAX_GROUP = 63

_GROUP = re.compile(r"([0-9]+)(?:-([0-9]+))?")


@dataclass(frozen=True, slots=True)
class OfficeOptions:
    """Of one endpoint of ``pjsip.conf`` or peer of ``sip.conf``."""

    call_groups: frozenset[int] = frozenset()
    pickup_groups: frozenset[int] = frozenset()
    named_call_groups: tuple[str, ...] = ()
    named_pickup_groups: tuple[str, ...] = ()
    parking_lot: str = ""
    own_music: str = ""  #: the class that its party hears
    hold_music: str = ""  #: the class that whom it puts on hold hears, if that one has none
    tone_zone: str = ""
    busy_at: int = 0  #: calls at which it shows as busy; 0: never
    call_limit: int = 0  #: calls that it may have; 0: any
    completion: tuple[tuple[str, str], ...] = ()  #: the options ``cc_…`` that are written

    @property
    def is_plain(self) -> bool:
        """Whether its channels are as any other."""
        return self == _PLAIN


_PLAIN = OfficeOptions()


def parse_groups(text: str) -> frozenset[int]:
    """The numbers of ``1,3-5``; what is none is passed over."""
    groups: set[int] = set()
    for word in text.split(","):
        match = _GROUP.fullmatch(word.strip())
        if match is not None:
            first, last = int(match[1]), int(match[2] or match[1])
            groups.update(range(first, min(last, MAX_GROUP) + 1))
    return frozenset(group for group in groups if group <= MAX_GROUP)


def parse_group_names(text: str) -> tuple[str, ...]:
    """The names of ``sales,desk``."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


#: Of calling back when somebody is free.
_COMPLETION = (
    "cc_agent_policy", "cc_monitor_policy", "cc_offer_timer", "ccnr_available_timer",
    "ccbs_available_timer", "cc_recall_timer", "cc_max_agents", "cc_max_monitors",
    "cc_agent_dialstring", "cc_callback_sub",
)  # fmt: skip

#: The options of ``sip.conf`` that :func:`office_of_peer` reads.
PEER_OPTIONS = frozenset(
    {
        "callgroup", "pickupgroup", "namedcallgroup", "namedpickupgroup", "parkinglot",
        "mohinterpret", "mohsuggest", "tonezone", "busylevel", "call-limit",
        "limitonpeers", "callcounter", *_COMPLETION,
    }
)  # fmt: skip


def office_of_peer(text: Callable[[str], str]) -> OfficeOptions:
    """Read those of a peer of ``sip.conf``; ``text`` gives the value of an option."""
    return OfficeOptions(
        parse_groups(text("callgroup")),
        parse_groups(text("pickupgroup")),
        parse_group_names(text("namedcallgroup")),
        parse_group_names(text("namedpickupgroup")),
        text("parkinglot"),
        text("mohinterpret"),
        text("mohsuggest"),
        text("tonezone"),
        leading_int(text("busylevel")) or 0,
        leading_int(text("call-limit")) or 0,
        tuple((name, value) for name in _COMPLETION if (value := text(name))),
    )


def office_of_endpoint(text: Callable[[str], str]) -> OfficeOptions:
    """Read those of an endpoint of ``pjsip.conf``; ``text`` gives the value of an option."""
    suggested = text("moh_suggest")
    return OfficeOptions(
        parse_groups(text("call_group")),
        parse_groups(text("pickup_group")),
        parse_group_names(text("named_call_group")),
        parse_group_names(text("named_pickup_group")),
        hold_music=suggested if suggested != "default" else "",
        tone_zone=text("tone_zone"),
        busy_at=leading_int(text("device_state_busy_at")) or 0,
    )
