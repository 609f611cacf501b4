"""What goes wrong with databases."""

from __future__ import annotations

from switchroom.base.errors import SwitchroomError


class SqlError(SwitchroomError):
    """A statement could not be run."""


class UnreachableError(SqlError):
    """The database does not answer.

    Args:
        message: Which one, and why.
        unsure: A statement was on its way: nobody knows whether it was run.
    """

    def __init__(self, message: str, *, unsure: bool = False) -> None:
        super().__init__(message)
        self.unsure = unsure


class RefusedError(SqlError):
    """The database answers, and does not run the statement.

    Args:
        message: Its reason.
        for_good: It is for what the statement says: trying again cannot help.
        stale: A table has changed since the statement was prepared: trying again helps.
    """

    def __init__(self, message: str, *, for_good: bool = False, stale: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good
        self.stale = stale
