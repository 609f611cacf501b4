"""``timer_t1`` and ``timer_b`` of pjsip.conf, ``timert1`` and ``timerb`` of sip.conf."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options
from switchroom.sip.timers import GIVE_UP, T1

SHORTEST_T1 = 100  #: milliseconds; less would send each message again before it can be answered
LONGEST = 600_000  #: milliseconds


@dataclass(frozen=True, slots=True)
class SipTimers:
    """Seconds; as they are without being written."""

    t1: float = T1  #: until what is not answered is sent again, and then twice that, and so on
    b: float = GIVE_UP  #: until a call that nobody answers at all is given up


def parse_t1(text: str) -> float:
    """Milliseconds, as seconds.

    Raises:
        ValueError: It is no number, or none that would do.
    """
    return _seconds(text, SHORTEST_T1)


def parse_timer_b(text: str) -> float:
    """Likewise; a call needs the time for one answer at least."""
    return _seconds(text, 1000)


def _seconds(text: str, least: int) -> float:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= LONGEST):
        raise ValueError(f"{text} is not between {least} and {LONGEST} milliseconds")
    return int(text) / 1000


def sip_timers(t1: float | None, b: float | None) -> SipTimers:
    """Timer B is 64 times T1 where only that is written (RFC 3261 §17.1.1.2)."""
    first = t1 or T1
    return SipTimers(first, b or 64 * first)


def read_timers(options: Options) -> SipTimers | None:
    """Of ``type = system``; None where neither is written.

    Raises:
        ConfigError: One of them is no number, or none that would do.
    """
    found: dict[str, float] = {}
    for name, parse in (("timer_t1", parse_t1), ("timer_b", parse_timer_b)):
        if name in options.written:
            try:
                found[name] = parse(options.text(name))
            except ValueError as error:
                path, line = options.section.path, options.line_of(name)
                raise ConfigError(f"{name}: {error}", path=path, line=line) from error
    return sip_timers(found.get("timer_t1"), found.get("timer_b")) if found else None
