"""Where a node's log goes: standard error, a line a record."""

from __future__ import annotations

import logging
import sys

from switchroom.base.text import shown_controls

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
_COLOURS = {logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "1;31"}


class _Formatter(logging.Formatter):
    def __init__(self, *, coloured: bool) -> None:
        super().__init__("[%(asctime)s] %(levelname)s %(name)s: %(message)s", "%b %d %H:%M:%S")
        self._coloured = coloured

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's own name
        record.name = record.name.removeprefix("switchroom.")
        text = shown_controls(super().formatMessage(record))
        colour = _COLOURS.get(record.levelno)
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text


def set_up_logging(verbosity: int, *, sip_trace: bool = False) -> None:
    """Log to standard error.

    Args:
        verbosity: 0: warnings; 1: a call's milestones too; 2 and more: everything but the trace.
        sip_trace: Whether every SIP message is logged, credentials masked.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(coloured=sys.stderr.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("switchroom").setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])
    trace = logging.getLogger("switchroom.sip.trace")
    trace.setLevel(logging.DEBUG if sip_trace else logging.WARNING)
