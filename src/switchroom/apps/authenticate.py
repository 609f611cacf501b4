"""Authenticate(): ask for a password.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import MAX_DIGITS, ask
from switchroom.base.errors import ApplicationFailedError, DialplanError
from switchroom.base.text import from_octets, to_octets
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.text_files import read_all
from switchroom.pbx.channel import Channel
from switchroom.pbx.telling import set_account

logger = logging.getLogger(__name__)

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class AuthenticateOptions:
    """Option letters of Authenticate."""

    account: bool = option("a", "Make what was keyed the channel's account code.")
    database: bool = option("d", "The password is an AstDB family; what is keyed, a key of it.")
    hashed: bool = option("m", "The file has lines account:md5; the account is that of its line.")
    remove: bool = option("r", "Delete the AstDB key once it was used (with d).")


@application("Authenticate")
async def authenticate(
    channel: Channel,
    password: str,
    options: AuthenticateOptions = AuthenticateOptions(),
    digits: int = 0,
    prompts: str = "agent-pass",
) -> None:
    """Ask for a password, three times at most; a caller who does not know it is hung up.

    Args:
        channel: The channel.
        password: The password; beginning with ``/``: a file with one a line, or with ``d`` an AstDB
            family.
        options: Option letters.
        digits: How many are keyed at most; 0: until ``#``.
        prompts: Names joined by ``&``.

    Examples:
        ; each caller has a PIN in the AstDB's family pins
        Authenticate(/pins,d,4)
        Playback(auth-thankyou)
    """
    await channel.answer()
    most = digits if 0 < digits < MAX_DIGITS else MAX_DIGITS
    names = [name.strip() for name in prompts.split("&") if name.strip()]
    for _ in range(ATTEMPTS):
        keyed, _ended = await ask(channel, names, most, "#", 0.0)
        account = await _account(channel, password, keyed, options) if keyed else None
        if account is not None:
            if options.account:
                set_account(channel, account)
            await play_prompts(channel, ["auth-thankyou"], "Authenticate")
            return
        names = ["auth-incorrect"]
    await play_prompts(channel, ["vm-goodbye"], "Authenticate")
    raise ApplicationFailedError("Authenticate: nobody there who knows the password")


async def _account(
    channel: Channel, password: str, keyed: str, options: AuthenticateOptions
) -> str | None:
    """Whose password was keyed; None where it is nobody's."""
    if not password.startswith("/"):
        return keyed if keyed == password else None
    if options.database:
        family = password.strip("/")
        if channel.pbx.astdb.get(family, keyed) is None:
            return None
        if options.remove:
            await channel.pbx.astdb.delete(family, keyed)
        return keyed
    try:
        lines = (await asyncio.to_thread(read_all, Path(password))).splitlines()
    except DialplanError as error:
        logger.warning("%s: Authenticate: %s", channel.name, error)
        return None
    return _in_file(lines, keyed, hashed=options.hashed)


def _in_file(lines: list[bytes], keyed: str, *, hashed: bool) -> str | None:
    if not hashed:
        return keyed if to_octets(keyed) in [line.strip() for line in lines] else None
    digest = hashlib.md5(to_octets(keyed), usedforsecurity=False).hexdigest().encode()
    for line in lines:
        account, _, expected = line.strip().partition(b":")
        if expected.lower() == digest:
            return from_octets(account)
    return None
