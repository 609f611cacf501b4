"""What a program may say: a function for each letter."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.agi.ivr.wire import Command, End, Tag
from switchroom.base.errors import MediaError, SwitchroomError
from switchroom.base.text import leading_int
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import ALL_DIGITS, HangupError

if TYPE_CHECKING:
    from switchroom.agi.ivr.session import IvrSession

logger = logging.getLogger(__name__)

DIGIT_GAP = 250  #: milliseconds between digits that are sent
DIGIT_LENGTH = 100  #: milliseconds of each
LONGEST_DIGIT = 8000


async def replace(session: IvrSession, command: Command) -> None:
    """``S``: play a sound now, instead of all others."""
    if await _is_playable(session, command.data):
        session.interrupt()
        _append_known(session, command.data)


async def append(session: IvrSession, command: Command) -> None:
    """``A``: play a sound behind those that wait."""
    if await _is_playable(session, command.data):
        _append_known(session, command.data)


def _append_known(session: IvrSession, name: str) -> None:
    if not session.playlist.append(name):
        session.tell(Tag.FAILED, name)


async def _is_playable(session: IvrSession, name: str) -> bool:
    channel = session.channel
    try:
        await channel.pbx.sounds.find(name, language=channel.language)
    except MediaError as error:
        logger.warning("%s: ExternalIVR: %s", channel.name, error)
        session.tell(Tag.FAILED, name)
        return False
    return True


async def stop_playing(session: IvrSession, _: Command) -> None:
    """``I``: let nothing be heard."""
    session.interrupt()


async def answer(session: IvrSession, _: Command) -> None:
    """``T``: answer the call."""
    try:
        await session.channel.answer()
    except HangupError:
        raise
    except SwitchroomError as error:
        logger.warning("%s: ExternalIVR: %s", session.channel.name, error)
        session.tell(Tag.FAILED, "ANSWER_FAILURE")


async def send_digits(session: IvrSession, command: Command) -> None:
    """``D``: key digits; behind them the milliseconds between them, and of each."""
    digits, gap, length = [*command.data.split(","), "", ""][:3]
    between = leading_int(gap) or DIGIT_GAP
    long = min(max(leading_int(length) or DIGIT_LENGTH, 1), LONGEST_DIGIT)
    for digit in digits.strip().upper():
        if digit in ALL_DIGITS:
            await session.channel.send_digit(digit, duration=long / 1000)
            await asyncio.sleep((long + max(between, 0)) / 1000)


async def set_variables(session: IvrSession, command: Command) -> None:
    """``V``: set variables of the channel."""
    for pair in command.data.split(","):
        name, _, value = pair.partition("=")
        if name.strip():
            session.channel.set_variable(name.strip(), value.strip())


async def tell_variables(session: IvrSession, command: Command) -> None:
    """``G``: tell variables of the channel."""
    found = (f"{name}={variable(session.channel, name)}" for name in command.words())
    session.tell(Tag.VARIABLES, ",".join(found))


async def tell_parameters(session: IvrSession, _: Command) -> None:
    """``P``: tell what the dialplan gave; a server has no other way to know."""
    request = session.request
    session.tell(Tag.PARAMETERS, ",".join((request.command, *request.arguments)))


async def set_options(session: IvrSession, command: Command) -> None:
    """``O``: whether a key ends what is heard."""
    for word in command.words():
        if word.lower() in {"autoclear", "noautoclear"}:
            session.clears = word.lower() == "autoclear"
        else:
            logger.warning("%s: ExternalIVR: no option %r", session.channel.name, word)


async def log(session: IvrSession, command: Command) -> None:
    """``L``: write a line into the log."""
    logger.info("%s: ExternalIVR: %s", session.channel.name, command.data)


async def let_go(session: IvrSession, command: Command) -> None:
    """``E``: let the dialplan go on."""
    logger.info("%s: ExternalIVR lets the dialplan go on: %s", session.channel.name, command.data)
    session.tell(Tag.EXIT)
    session.end = End.EXIT


async def hang_up(session: IvrSession, command: Command) -> None:
    """``H``: end the call."""
    logger.info("%s: ExternalIVR hangs up: %s", session.channel.name, command.data)
    session.hang_up()


COMMANDS: Mapping[str, Callable[[IvrSession, Command], Awaitable[None]]] = MappingProxyType(
    {
        "A": append,
        "D": send_digits,
        "E": let_go,
        "G": tell_variables,
        "H": hang_up,
        "I": stop_playing,
        "L": log,
        "O": set_options,
        "P": tell_parameters,
        "S": replace,
        "T": answer,
        "V": set_variables,
        "X": let_go,  # its older letter
    }
)
#: What makes no sense without a caller.
OF_A_CALLER = frozenset("ADIST")
