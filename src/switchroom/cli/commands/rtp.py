"""``rtp …``, ``rtcp …``, ``udptl …``: what counts for media, and what passes by."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.fax.t38 import FaxPorts
from switchroom.pbx.media_config import MediaConfig
from switchroom.pbx.media_trace import MediaTrace, Traced


def _word(*, is_set: bool) -> str:
    return "Yes" if is_set else "No"


@command("rtp show settings")
def show_settings(context: CliContext, arguments: Arguments) -> str:
    """Show what ``rtp.conf`` says."""
    if arguments:
        raise UsageError
    rtp = context.pbx.datastore(MediaConfig).rtp
    return (
        "\n\nGeneral Settings:\n----------------\n"
        f"  Port start:      {rtp.first_port}\n"
        f"  Port end:        {rtp.last_port}\n"
        f"  Checksums:       {_word(is_set=rtp.has_checksums)}\n"
        f"  DTMF Timeout:    {rtp.digit_timeout}\n"
        f"  Strict RTP:      {_word(is_set=rtp.is_strict)}\n"
        + (f"  Probation:       {rtp.probation} frames\n" if rtp.is_strict else "")
        + "  Replay Protect:  Yes\n"
        f"  ICE support:     {_word(is_set=rtp.uses_ice)}\n"
        "  STUN:            disabled\n"
        "   Address:        0.0.0.0:0\n"
    )


@command("udptl show config")
def show_udptl(context: CliContext, arguments: Arguments) -> str:
    """Show which ports fax takes."""
    if arguments:
        raise UsageError
    first, last = context.pbx.datastore(FaxPorts).range
    return (
        "UDPTL Global options\n--------------------\n"
        f"udptlstart:      {first}\nudptlend:        {last}\n"
    )


def _set_trace(context: CliContext, arguments: Arguments, what: Traced) -> str:
    trace = context.pbx.datastore(MediaTrace)
    title = f"{what.value} Packet Debugging"
    match [word.lower() for word in arguments]:
        case ["on"]:
            trace.start(context.pbx, what, "")
            return f"{title} Enabled\n"
        case ["off"]:
            trace.stop(context.pbx, what)
            return f"{title} Disabled\n"
        case ["ip", address]:
            trace.start(context.pbx, what, address)
            return f"{title} Enabled for address: {address}\n"
        case _:
            raise UsageError


_STATES = ("on", "off", "ip")


@command(
    "rtp set debug",
    "rtp set debug {on|off|ip host[:port]}",
    complete=lambda _, arguments: () if arguments else _STATES,
)
def set_rtp_debug(context: CliContext, arguments: Arguments) -> str:
    """Write each RTP packet of calls to the log, or of one address only."""
    return _set_trace(context, arguments, Traced.RTP)


@command(
    "rtcp set debug",
    "rtcp set debug {on|off|ip host[:port]}",
    complete=lambda _, arguments: () if arguments else _STATES,
)
def set_rtcp_debug(context: CliContext, arguments: Arguments) -> str:
    """Write each RTCP report to the log, or of one address only."""
    return _set_trace(context, arguments, Traced.RTCP)
