"""ODBCFinish, ODBC_Commit and ODBC_Rollback.

Family: Databases
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.dialplan.sql_results import SqlResults
from switchroom.dialplan.sql_transactions import SqlTransactions
from switchroom.pbx.channel import Channel


@application("ODBCFinish")
def odbc_finish(channel: Channel, result_id: str) -> None:
    """Forget what a function of func_odbc.conf with ``mode=multirow`` has found.

    Args:
        channel: The channel.
        result_id: What that function read as.

    Examples:
        Set(found=${ODBC_AGENTS(sales)})
        Set(first=${ODBC_FETCH(${found})})
        ODBCFinish(${found})
    """
    channel.datastore(SqlResults).pop(result_id.strip(), None)


@application("ODBC_Commit")
async def odbc_commit(channel: Channel, transaction: str = "") -> None:
    """Make what was done in an SQL transaction last; it goes on with the next statement.

    Args:
        channel: The channel.
        transaction: Its id; none: the active one.

    Variables:
        ODBC_RESULT: OK, FAILED_TO_CREATE where there is none, or SQL_ERROR.

    Examples:
        ODBC_Commit(order)
    """
    result = await channel.datastore(SqlTransactions).finish(transaction.strip(), commit=True)
    channel.set_variable("ODBC_RESULT", result)


@application("ODBC_Rollback")
async def odbc_rollback(channel: Channel, transaction: str = "") -> None:
    """Undo what was done in an SQL transaction; it goes on with the next statement.

    Args:
        channel: The channel.
        transaction: Its id; none: the active one.

    Variables:
        ODBC_RESULT: OK, FAILED_TO_CREATE where there is none, or SQL_ERROR.

    Examples:
        ODBC_Rollback(order)
    """
    result = await channel.datastore(SqlTransactions).finish(transaction.strip(), commit=False)
    channel.set_variable("ODBC_RESULT", result)
