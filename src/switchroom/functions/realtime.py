"""REALTIME and its like: rows of the families that extconfig.conf maps to databases.

Family: Databases
"""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.base.errors import DialplanError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Condition, parse_condition

_MOST_FIELDS = 30


def _condition(field: str, value: str) -> Condition:
    try:
        return parse_condition(field, value)
    except SqlError as error:
        raise DialplanError(str(error)) from error


async def _first(channel: Channel, family: str, field: str, value: str) -> dict[str, str]:
    rows = await channel.pbx.datastore(Realtime).find(family, _condition(field, value))
    return rows[0] if rows else {}


def _joined(row: dict[str, str], between: str, behind_name: str) -> str:
    return between.join(f"{name}{behind_name}{value}" for name, value in row.items())


@function("REALTIME")
async def realtime(
    channel: Channel,
    family: str,
    fieldmatch: str,
    matchvalue: str = "",
    delim1: str = ",",
    delim2: str = "=",
) -> str:
    """All columns of a row, as ``name=value`` with commas between them.

    Args:
        channel: The channel.
        family: Of extconfig.conf.
        fieldmatch: A column; ``LIKE`` or a comparison may stand behind it.
        matchvalue: What it must be.
        delim1: Stands between columns; ``,`` without one.
        delim2: Stands between name and value; ``=`` without one.

    Examples:
        Set(row=${REALTIME(ps_endpoints,id,${CALLERID(num)})})
    """
    row = await _first(channel, family, fieldmatch, matchvalue)
    return _joined(row, delim1 or ",", delim2 or "=")


@function("REALTIME", write=True)
@escalates
async def set_realtime(
    channel: Channel,
    value: str,
    family: str,
    fieldmatch: str,
    matchvalue: str = "",
    field: str = "",
) -> None:
    """Change a column of the rows that match.

    Args:
        channel: The channel.
        value: What the column becomes.
        family: Of extconfig.conf.
        fieldmatch: A column.
        matchvalue: What it must be.
        field: The column to change.
    """
    await _update(channel, family, _condition(fieldmatch, matchvalue), field, value)


async def _update(
    channel: Channel, family: str, condition: Condition, field: str, value: str
) -> None:
    try:
        await channel.pbx.datastore(Realtime).update(family, [condition], {field: value})
    except SqlError as error:
        raise DialplanError(f"{family}: {error}") from error


@function("REALTIME_FIELD")
async def realtime_field(
    channel: Channel, family: str, fieldmatch: str, matchvalue: str, fieldname: str
) -> str:
    """One column of a row.

    Args:
        channel: The channel.
        family: Of extconfig.conf.
        fieldmatch: A column; ``LIKE`` or a comparison may stand behind it.
        matchvalue: What it must be.
        fieldname: The column to read.

    Examples:
        Set(pin=${REALTIME_FIELD(voicemail,mailbox,${CALLERID(num)},password)})
    """
    row = await _first(channel, family, fieldmatch, matchvalue)
    return row.get(fieldname.strip(), "")


@function("REALTIME_FIELD", write=True)
@escalates
async def set_realtime_field(
    channel: Channel, value: str, family: str, fieldmatch: str, matchvalue: str, fieldname: str
) -> None:
    """Change one column of the rows that match.

    Args:
        channel: The channel.
        value: What the column becomes.
        family: Of extconfig.conf.
        fieldmatch: A column.
        matchvalue: What it must be.
        fieldname: The column to change.
    """
    await _update(channel, family, _condition(fieldmatch, matchvalue), fieldname.strip(), value)


@function("REALTIME_HASH")
async def realtime_hash(channel: Channel, family: str, fieldmatch: str, matchvalue: str) -> str:
    """All columns of a row, to be kept in a HASH().

    Args:
        channel: The channel.
        family: Of extconfig.conf.
        fieldmatch: A column; ``LIKE`` or a comparison may stand behind it.
        matchvalue: What it must be.

    Variables:
        ~ODBCFIELDS~: The names of the columns, for HASH().

    Examples:
        Set(HASH(row)=${REALTIME_HASH(ps_endpoints,id,alice)})
        NoOp(${HASH(row,context)})
    """
    row = await _first(channel, family, fieldmatch, matchvalue)
    channel.set_variable("~ODBCFIELDS~", ",".join(row))
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in row.values())


@function("REALTIME_STORE", write=True)
@escalates
async def realtime_store(channel: Channel, value: str, family: str, *fields: str) -> None:
    """Make a new row.

    Args:
        channel: The channel.
        value: Its values, with commas between them.
        family: Of extconfig.conf.
        fields: The columns, 30 at most.

    Variables:
        RTSTOREID: How many rows were made; -1 where it failed.

    Examples:
        Set(REALTIME_STORE(calls,number,agent,queue)=${CALLERID(num)},ann,sales)
    """
    row = dict(zip(fields[:_MOST_FIELDS], separate(value), strict=False))
    try:
        made = await channel.pbx.datastore(Realtime).store(family, row)
    except SqlError as error:
        channel.set_variable("RTSTOREID", "-1")
        raise DialplanError(f"REALTIME_STORE: {family}: {error}") from error
    channel.set_variable("RTSTOREID", str(made))


@function("REALTIME_DESTROY")
@escalates
async def realtime_destroy(
    channel: Channel,
    family: str,
    fieldmatch: str,
    matchvalue: str = "",
    delim1: str = ",",
    delim2: str = "=",
) -> str:
    """Remove the rows that match, and read the first of them as REALTIME() does.

    Args:
        channel: The channel.
        family: Of extconfig.conf.
        fieldmatch: A column.
        matchvalue: What it must be.
        delim1: Stands between columns; ``,`` without one.
        delim2: Stands between name and value; ``=`` without one.

    Examples:
        Set(gone=${REALTIME_DESTROY(callbacks,number,${CALLERID(num)})})
    """
    row = await _first(channel, family, fieldmatch, matchvalue)
    if row:
        await _destroy(channel, family, [_condition(fieldmatch, matchvalue)])
    return _joined(row, delim1 or ",", delim2 or "=")


@function("REALTIME_DESTROY", write=True)
@escalates
async def set_realtime_destroy(
    channel: Channel, value: str, family: str, fieldmatch: str, matchvalue: str = ""
) -> None:
    """Remove the rows that match.

    Args:
        channel: The channel.
        value: Nothing.
        family: Of extconfig.conf.
        fieldmatch: A column.
        matchvalue: What it must be.
    """
    await _destroy(channel, family, [_condition(fieldmatch, matchvalue)])


async def _destroy(channel: Channel, family: str, conditions: Sequence[Condition]) -> None:
    try:
        await channel.pbx.datastore(Realtime).destroy(family, conditions)
    except SqlError as error:
        raise DialplanError(f"{family}: {error}") from error
