"""What the SIP core is made with: which methods and extensions are served, names and timers."""

from __future__ import annotations

from switchroom.channels.sip.endpoints.endpoint import SipSettings
from switchroom.ops.guard import GuardPolicy
from switchroom.sip.stack_config import SERVED_METHODS, StackConfig

METHODS = SERVED_METHODS | {*("MESSAGE", "NOTIFY", "PRACK", "PUBLISH", "REFER", "SUBSCRIBE")}
EXTENSIONS = frozenset({"100rel", "replaces", "timer"})
#: Where they are required, not in every call.
UNDERSTOOD = frozenset({"eventlist", "norefersub", "path"})


def stack_config(settings: SipSettings) -> StackConfig:
    """From the configuration; what a restart takes up, and no reload."""
    return StackConfig(
        settings.user_agent,
        METHODS,
        EXTENSIONS,
        UNDERSTOOD,
        max_forwards=settings.general.max_forwards,
        t1=settings.sip_timers.t1,
        timer_b=settings.sip_timers.b,
        compacts=settings.pjsip.has_compact_headers,
    )


def guard_policy(settings: SipSettings) -> GuardPolicy:
    """When an address is banned."""
    guard = settings.guard
    return GuardPolicy(
        guard.is_on, guard.attempts, guard.forget_after, guard.ban_time, guard.ignored
    )
