"""Who may enter a mailbox. No application itself."""

from __future__ import annotations

import logging

from switchroom.apps.voicemail.voice import Voice
from switchroom.base.errors import ApplicationFailedError, SwitchroomError
from switchroom.config.voicemail.mailboxes import DEFAULT_CONTEXT, Mailbox
from switchroom.pbx.channel import Channel
from switchroom.voicemail.passwords import is_password
from switchroom.voicemail.service import voicemail_of

logger = logging.getLogger(__name__)

STAR = "*"


class LeftByStar(SwitchroomError):  # noqa: N818  # no error: the caller's wish
    """The caller would rather go to extension ``a``."""

    def go(self, channel: Channel) -> None:
        """Send the caller there."""
        channel.goto(channel.context, "a", 1)


async def log_in(
    voice: Voice,
    mailbox: str,
    *,
    is_prefix: bool = False,
    skips_password: bool = False,
    is_silent: bool = False,
) -> Mailbox:
    """Ask for the mailbox where it is not known, and for its password.

    Args:
        voice: To the caller.
        mailbox: As written: ``100@default``, ``@default``, ``100`` or nothing.
        is_prefix: What is written stands in front of what the caller keys.
        skips_password: The channel is trusted.
        is_silent: Nothing is said.

    Raises:
        LeftByStar: The caller keyed ``*``.
        ApplicationFailedError: It was tried too often.
    """
    voicemail = voicemail_of(voice.channel.pbx)
    general = voicemail.config.general
    number, at, context = mailbox.strip().partition("@")
    asks = is_prefix or not number
    prompts = general.prompts
    question = prompts["vm-login"]
    for tried in range(1, general.most_logins + 1):
        wanted = number
        if asks:
            keyed = await _read(voice, "" if is_silent else question)
            wanted = number + keyed if is_prefix else keyed
        box = await voicemail.look_up(f"{wanted}{at}{context}") if wanted else None
        expected = await voicemail.password(box) if box is not None else ""
        if box is not None and (skips_password or not expected):
            return box
        keyed = await _read(voice, "" if is_silent else prompts["vm-password"])
        if box is not None and is_password(expected, keyed):
            return box
        logger.info(
            "%s: wrong password for mailbox %s@%s",
            voice.channel.name,
            wanted,
            context or DEFAULT_CONTEXT,
        )
        question = "vm-incorrect-mailbox"
        if (not asks or tried == general.most_logins) and not is_silent:
            await voice.say("vm-incorrect", keys="")
    await voice.say("vm-goodbye", keys="")
    raise ApplicationFailedError("voicemail: nobody there who knows the password")


async def _read(voice: Voice, prompt: str) -> str:
    """Digits until ``#``.

    Raises:
        LeftByStar: They begin with ``*``, and there is an extension ``a``.
    """
    keyed = await voice.read(*([prompt] if prompt else []), leaves_by_star=True)
    channel = voice.channel
    if keyed.startswith(STAR) and channel.pbx.dialplan.exists(channel, "a", 1):
        raise LeftByStar
    return keyed
