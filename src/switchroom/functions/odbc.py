"""ODBC_FETCH and ODBC: what goes with the functions of func_odbc.conf.

Family: Databases
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.sql_results import SqlResults
from switchroom.dialplan.sql_transactions import SqlTransactions
from switchroom.pbx.channel import Channel
from switchroom.storage.sql.url import ISOLATIONS


@function("ODBC_FETCH")
def odbc_fetch(channel: Channel, result_id: Rest) -> str:
    """The next row of what a function of func_odbc.conf with ``mode=multirow`` has found.

    Args:
        channel: The channel.
        result_id: What that function read as.

    Variables:
        ODBC_FETCH_STATUS: SUCCESS, or FAILURE where there is no further row.
        ~ODBCFIELDS~: The names of the columns, for HASH().

    Examples:
        Set(found=${ODBC_AGENTS(sales)})
        While($["${ODBCROWS}" != "0"])
        Set(HASH(agent)=${ODBC_FETCH(${found})})
        ExecIf($["${ODBC_FETCH_STATUS}" != "SUCCESS"]?ExitWhile())
        EndWhile()
        ODBCFinish(${found})
    """
    results = channel.datastore(SqlResults)
    result = results.get(result_id.strip())
    row = result.next_row() if result is not None else None
    channel.set_variable("ODBC_FETCH_STATUS", "FAILURE" if row is None else "SUCCESS")
    if result is None or row is None:
        results.pop(result_id.strip(), None)
        return ""
    channel.set_variable("~ODBCFIELDS~", ",".join(result.columns))
    return row


@function("ODBC")
def odbc(channel: Channel, property: str, argument: str = "") -> str:  # noqa: A002  # the dialplan's word
    """What is set for SQL transactions of this channel.

    Args:
        channel: The channel.
        property: ``transaction`` (the id of the active one), ``forcecommit`` or ``isolation``.
        argument: For the last two: the id of a transaction; none: the active one.

    Variables:
        ODBC_RESULT: OK, FAILED_TO_CREATE, INVALID_VALUE or SQL_ERROR, when it is written.

    Examples:
        Set(ODBC(transaction,main)=order)
        Set(ODBC(isolation)=serializable)
        NoOp(${ODBC(transaction)})
        Set(ODBC_ORDERS(4711)=1)
        ODBC_Commit()
    """
    transactions = channel.datastore(SqlTransactions)
    word = property.strip().lower()
    if word == "transaction":
        return transactions.active
    found = transactions.find(argument.strip())
    if found is None:
        return ""
    if word == "forcecommit":
        return "1" if found.force_commit else "0"
    if word == "isolation":
        return found.transaction.isolation or found.transaction.source.settings.isolation
    raise DialplanError(f"ODBC: there is no property {property!r}")


@function("ODBC", write=True)
def set_odbc(channel: Channel, value: str, property: str, argument: str = "") -> None:  # noqa: A002  # the dialplan's word
    """Begin an SQL transaction, choose one, or set what one is like.

    Args:
        channel: The channel.
        value: For ``transaction`` its id; else what the property becomes.
        property: ``transaction``, ``forcecommit`` or ``isolation``.
        argument: For ``transaction`` the database it is begun on, where it is a new one.
    """
    transactions = channel.datastore(SqlTransactions)
    word, argument = property.strip().lower(), argument.strip()
    result = "OK"
    if word == "transaction":
        is_there = transactions.choose(channel, value.strip(), argument)
        result = "OK" if is_there else "FAILED_TO_CREATE"
    else:
        found = transactions.find(argument)
        if found is None:
            result = "FAILED_TO_CREATE"
        elif word == "forcecommit":
            found.force_commit = is_true(value)
        elif word == "isolation" and value.strip().lower() in ISOLATIONS:
            found.transaction.isolation = value.strip().lower()
        else:
            result = "INVALID_VALUE"
    channel.set_variable("ODBC_RESULT", result)
