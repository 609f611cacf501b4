"""The table of messages: what is asked of it, in the layout that the original has it.

    dir, msgnum       the folder's path and the number in it: the key
    msg_id            the message, wherever it is
    recording         its sound
    mailboxuser, mailboxcontext, callerid, origtime, duration, flag, category, context, macrocontext

A greeting is a row too: ``dir`` is its path, ``msgnum`` is -1.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from switchroom.base.errors import SwitchroomError
from switchroom.config.voicemail.mailboxes import MOST_MESSAGES
from switchroom.storage.sql.source import Session
from switchroom.storage.sql.statements import storable
from switchroom.voicemail.message import Message, one_line

GREETING = -1  #: the number of what is no message

Work = Callable[[Session], Awaitable[Any]]


class TableFullError(SwitchroomError):
    """No number is left in a folder."""


class MessageTable:
    """One table.

    Args:
        name: ``voicemessages``, or ``schema.voicemessages``.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    async def _table(self, session: Session) -> Any:
        """As SQLAlchemy knows it, with the columns that there are."""
        from sqlalchemy import column, table

        shape = await session.shape(self.name)
        schema, _, name = self.name.rpartition(".")
        columns = [column(each, kind) for each, kind in shape.types.items()]
        return table(name, *columns, schema=schema or None)

    def counts(self) -> Work:
        """How many messages each folder has."""

        async def work(session: Session) -> dict[str, int]:
            from sqlalchemy import func, select

            table = await self._table(session)
            query = select(table.c.dir, func.count()).where(table.c.msgnum >= 0)
            result = await session.connection.execute(query.group_by(table.c.dir))
            return {str(folder): int(count) for folder, count in result}

        return work

    def messages(self, folder: str) -> Work:
        """The numbers and messages of a folder, the oldest first."""

        async def work(session: Session) -> list[tuple[int, Message]]:
            from sqlalchemy import select

            table = await self._table(session)
            wanted = [each for each in table.c if each.name != "recording"]
            query = select(*wanted).where(table.c.dir == folder, table.c.msgnum >= 0)
            result = await session.connection.execute(query.order_by(table.c.msgnum))
            return [(int(row["msgnum"]), _message(row)) for row in result.mappings()]

        return work

    def recording(self, folder: str, message_id: str = "") -> Work:
        """The sound of a message, or of a greeting; None where there is none."""

        async def work(session: Session) -> bytes | None:
            from sqlalchemy import select

            table = await self._table(session)
            query = select(table.c.recording).where(table.c.dir == folder)
            which = table.c.msg_id == message_id if message_id else table.c.msgnum == GREETING
            row = (await session.connection.execute(query.where(which))).first()
            return None if row is None or row[0] is None else bytes(row[0])

        return work

    def insert(self, folder: str, owner: tuple[str, str], message: Message, sound: bytes) -> Work:
        """Put a message behind the others of a folder; gives its number."""

        async def work(session: Session) -> int:
            table = await self._table(session)
            number = await _next_number(session, table, folder)
            session.has_begun = True
            values = _values(table, folder, number, owner, message, _bound(session, sound))
            await session.connection.execute(table.insert().values(values))
            return number

        return work

    def set_greeting(self, folder: str, owner: tuple[str, str], sound: bytes) -> Work:
        """Let this be a greeting, instead of the one before."""

        async def work(session: Session) -> None:
            table = await self._table(session)
            session.has_begun = True
            await session.connection.execute(table.delete().where(table.c.dir == folder))
            message = Message("", owner[1], 0)
            values = _values(table, folder, GREETING, owner, message, _bound(session, sound))
            await session.connection.execute(table.insert().values(values))

        return work

    def move(self, folder: str, message_id: str, to: str) -> Work:
        """Move a message behind the others of a folder; gives its number, None: it is gone."""

        async def work(session: Session) -> int | None:
            table = await self._table(session)
            number = await _next_number(session, table, to)
            session.has_begun = True
            update = table.update().where(table.c.dir == folder, table.c.msg_id == message_id)
            result = await session.connection.execute(update.values(dir=to, msgnum=number))
            return number if result.rowcount else None

        return work

    def delete(self, folder: str, message_id: str = "") -> Work:
        """Remove a message, or a greeting; gives how many there were."""

        async def work(session: Session) -> int:
            table = await self._table(session)
            session.has_begun = True
            which = table.c.msg_id == message_id if message_id else table.c.msgnum == GREETING
            delete = table.delete().where(table.c.dir == folder, which)
            return int((await session.connection.execute(delete)).rowcount)

        return work

    def compact(self, folder: str) -> Work:
        """Let the numbers of a folder begin with 0 and leave none out."""

        async def work(session: Session) -> None:
            from sqlalchemy import select

            table = await self._table(session)
            query = select(table.c.msgnum).where(table.c.dir == folder, table.c.msgnum >= 0)
            numbers = (await session.connection.execute(query.order_by(table.c.msgnum))).scalars()
            for wanted, number in enumerate(numbers.all()):
                if number != wanted:  # upwards: the new number is free
                    session.has_begun = True
                    update = table.update().where(table.c.dir == folder, table.c.msgnum == number)
                    await session.connection.execute(update.values(msgnum=wanted))

        return work


def _bound(session: Session, sound: bytes) -> Any:
    """A sound as a value of a statement; aiomysql 0.3 cannot bind octets."""
    from sqlalchemy import func

    is_mysql = session.connection.dialect.name in {"mysql", "mariadb"}
    return func.unhex(sound.hex()) if is_mysql else sound


async def _next_number(session: Session, table: Any, folder: str) -> int:
    from sqlalchemy import func, select

    query = select(func.max(table.c.msgnum)).where(table.c.dir == folder)
    last = (await session.connection.execute(query)).scalar()
    number = 0 if last is None else max(0, int(last) + 1)
    if number > MOST_MESSAGES:
        raise TableFullError(f"{folder} is full")
    return number


def _values(
    table: Any, folder: str, number: int, owner: tuple[str, str], message: Message, sound: Any
) -> dict[str, Any]:
    """A row, of the columns that the table has, as their types want it."""
    from sqlalchemy import Integer

    context, box = owner
    values: dict[str, Any] = {
        "dir": folder,
        "msgnum": number,
        "context": message.context,
        "macrocontext": message.macro_context,
        "callerid": one_line(message.caller),
        "origtime": message.time,
        "duration": message.duration,
        "flag": message.flag,
        "category": message.category,
        "mailboxuser": box,
        "mailboxcontext": context,
        "msg_id": message.id,
        "recording": sound,
    }
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in table.c:
            continue
        kind = table.c[name].type
        if name == "recording" or isinstance(kind, Integer):
            found[name] = value
        else:
            found[name] = storable(str(value))[: getattr(kind, "length", None)]
    return found


def _message(row: Any) -> Message:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value)

    def number(name: str) -> int:
        digits = text(name).strip()
        return int(digits) if digits.isascii() and digits.isdigit() else 0

    return Message(
        text("msg_id"),
        text("mailboxuser"),
        number("origtime"),
        number("duration"),
        caller=text("callerid"),
        context=text("context"),
        macro_context=text("macrocontext"),
        category=text("category"),
        flag=text("flag"),
    )
