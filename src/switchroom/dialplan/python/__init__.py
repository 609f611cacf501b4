"""Dialplans in Python: ``extensions.py`` beside ``extensions.conf``.

from switchroom.dialplan.python import Call, context

internal = context("internal")

@internal.extension("_1XX")
async def ring(call: Call) -> None:
    status = await call.dial(f"PJSIP/{call.extension}", within=20)
    if status == "BUSY":
        await call.play("all-your-agents-are-busy")
    call.goto("voicemail", call.extension)
"""

from __future__ import annotations

from switchroom.dialplan.python.call import Call
from switchroom.dialplan.python.marks import context, extension, routine
from switchroom.pbx.hangup_cause import HangupCause

__all__ = ["Call", "HangupCause", "context", "extension", "routine"]
