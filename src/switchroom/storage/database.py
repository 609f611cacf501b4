"""What the core asks of the AstDB; :class:`~switchroom.storage.astdb.AstDb` keeps it in a file."""

from __future__ import annotations

from typing import Protocol


class Database(Protocol):
    """Families, keys and values. Reads see every write of this process at once."""

    def get(self, family: str, key: str) -> str | None:
        """The value of ``family/key``, or None."""

    def items(self, prefix: str = "") -> list[tuple[str, str]]:
        """All ``(/family/key, value)`` at and below ``prefix``, ordered by key."""
        ...

    def keys(self, family: str, prefix: str = "") -> list[str]:
        """The full keys (``/family/key``) of a family, or of a tree in it."""
        ...

    def find_key(self, key: str) -> list[tuple[str, str]]:
        """What is stored under ``key`` in any family, ordered by key."""
        ...

    async def query(self, sql: str) -> list[list[tuple[str, str]]]:
        """Run one reading SQL statement; each row is a list of column name and value.

        Raises:
            AstDbError: The statement cannot be run.
        """
        ...

    async def put(self, family: str, key: str, value: str) -> None:
        """Store a value; returns when it is safe.

        Raises:
            AstDbError: Key or value is too long, or cannot be stored.
        """

    async def delete(self, family: str, key: str) -> bool:
        """Remove one key; returns whether it was there."""
        ...

    async def delete_tree(self, family: str, key: str = "") -> int:
        """Remove a family, or a tree of keys in it; returns how many keys that were."""
        ...

    def close(self) -> None:
        """Write out what is pending and release what is held; may be repeated."""
