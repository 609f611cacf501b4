"""What an error of a database driver means: is the server gone, or is the statement no good?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

#: Classes of SQLSTATE: the connection, and a server that starts, ends or has no room.
_GONE = ("08", "53", "57P", "58")
#: A value that is none, or one that a constraint forbids.
_FOR_GOOD = ("22", "23")
#: Of MySQL: cannot connect, gone away, lost, too many connections, shutting down.
_GONE_NUMBERS = frozenset({1040, 1053, 1077, 1079, 2002, 2003, 2006, 2013, 2055, 4031})
#: Of MySQL: a value too long, out of range, of no such kind; a duplicate, a NULL, a foreign key.
_FOR_GOOD_NUMBERS = frozenset({1048, 1062, 1264, 1265, 1292, 1366, 1406, 1451, 1452, 3819})


def is_of_connection(error: DBAPIError) -> bool:
    """Whether the server is gone, rather than the statement refused."""
    if error.connection_invalidated:
        return True
    if state := _state(error):
        return state.startswith(_GONE)
    return _number(error) in _GONE_NUMBERS


def is_stale(error: DBAPIError) -> bool:
    """Whether a table has changed since the statement was prepared (PostgreSQL)."""
    return type(error.orig).__name__ == "InvalidCachedStatementError"


def is_for_good(error: DBAPIError) -> bool:
    """Whether trying the same statement again must fail again."""
    from sqlalchemy.exc import DataError, IntegrityError

    if isinstance(error, (DataError, IntegrityError)):
        return True
    return _state(error).startswith(_FOR_GOOD) or _number(error) in _FOR_GOOD_NUMBERS


def _state(error: DBAPIError) -> str:
    original = error.orig
    return str(getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or "")


def _number(error: DBAPIError) -> int:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0
