"""How a run of the phone ends, for scripts that ask."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command returns; docs/phone.md explains them."""

    DONE = 0  #: what was asked for happened, and the script ran to its end
    DEFECT = 1  #: a fault of ours
    USAGE = 2  #: options, script, configuration or a sound file are wrong; nobody was called
    NOT_REGISTERED = 3  #: the registrar refused
    NOT_ANSWERED = 4  #: the call was refused, or nobody answered or called in time
    BUSY = 5  #: the other side is busy
    NETWORK = 6  #: nobody there, no such host, or no socket
    HUNG_UP = 7  #: the other side hung up before the script ended
    UNMET = 8  #: something that the script waits for did not happen
    INTERRUPTED = 130  #: Ctrl-C or SIGTERM; the call was hung up


def code_of_status(status: int) -> ExitCode:
    """What a refusal of our call counts as; 600 is busy everywhere (RFC 3261 §21.6.1)."""
    return ExitCode.BUSY if status in {486, 600} else ExitCode.NOT_ANSWERED
