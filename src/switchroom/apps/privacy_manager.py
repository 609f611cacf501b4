"""PrivacyManager(): ask those who hide their number for one.

Family: Calls
"""

from __future__ import annotations

from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import ask
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.telling import tell_caller

MOST_DIGITS = 30
NAME = "Privacy Manager"  #: what a caller is called who has keyed a number


@application("PrivacyManager")
async def privacy_manager(
    channel: Channel, attempts: int = 3, length: int = 10, options: str = "", context: str = ""
) -> None:
    """Ask a caller without a number to key one.

    Args:
        channel: The channel.
        attempts: How often to ask.
        length: How many digits a number has at least.
        options: Are not looked at.
        context: Where the number has to be an extension; nowhere where it is not given.

    Variables:
        PRIVACYMGRSTATUS: SUCCESS, also for callers who have a number, or FAILED.

    Examples:
        exten => s,1,PrivacyManager(2,6)
         same => n,GotoIf($["${PRIVACYMGRSTATUS}" = "FAILED"]?anonymous)
         same => n,Dial(PJSIP/100,20)
         same => n,Hangup()
         same => n(anonymous),Playback(vm-goodbye)
    """
    if channel.caller.number:
        channel.set_variable("PRIVACYMGRSTATUS", "SUCCESS")
        return
    await channel.answer()
    await channel.sleep(1)
    names = ["privacy-unident", "privacy-prompt"]
    status = "FAILED"
    for _ in range(max(1, attempts)):
        number, _ended = await ask(channel, names, MOST_DIGITS, "#", 0.0)
        known = not context or channel.pbx.dialplan.exists(channel, number, 1, context)
        if len(number) >= max(1, length) and known:
            channel.caller.number, channel.caller.name = number, NAME
            channel.caller.number_known = True
            tell_caller(channel)
            await play_prompts(channel, ["privacy-thankyou"], "PrivacyManager")
            status = "SUCCESS"
            break
        names = ["privacy-incorrect", "privacy-prompt"]
    channel.set_variable("PRIVACYMGRSTATUS", status)
