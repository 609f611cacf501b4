"""The AstDB in memory: no file, no thread, so it works on a loop whose clock jumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from switchroom.storage.astdb import MAX_KEY_BYTES, MAX_VALUE_BYTES, AstDbError


class MemoryAstDb:
    """Fulfils :class:`~switchroom.storage.database.Database`; the limits are those of the file.

    Args:
        rows: What is stored at first, by ``/family/key``.
        on_change: Called with ``/family/key`` and its new value, None where it was deleted.
    """

    def __init__(
        self,
        rows: Mapping[str, str] | None = None,
        on_change: Callable[[str, str | None], None] | None = None,
    ) -> None:
        self.rows = dict(rows or {})
        self.on_change = on_change

    def get(self, family: str, key: str) -> str | None:
        """The value of ``family/key``, or None."""
        return self.rows.get(f"/{family}/{key}")

    def items(self, prefix: str = "") -> list[tuple[str, str]]:
        """All ``(/family/key, value)`` at and below ``prefix``, ordered by key."""
        top = f"/{prefix.strip('/')}".rstrip("/")
        return sorted((k, v) for k, v in self.rows.items() if _is_below(k, top))

    def keys(self, family: str, prefix: str = "") -> list[str]:
        """The full keys (``/family/key``) of a family, or of a tree in it."""
        return [key for key, _ in self.items(f"{family}/{prefix}" if prefix else family)]

    def find_key(self, key: str) -> list[tuple[str, str]]:
        """What is stored under ``key`` in any family, ordered by key."""
        return sorted((k, v) for k, v in self.rows.items() if k.endswith(f"/{key}"))

    async def query(self, sql: str) -> list[list[tuple[str, str]]]:
        """There is no SQL here.

        Raises:
            AstDbError: Always.
        """
        raise AstDbError(f"an AstDB in memory answers no SQL: {sql}")

    async def put(self, family: str, key: str, value: str) -> None:
        """Store a value.

        Raises:
            AstDbError: No family or key, or one of them is too long.
        """
        if not family or not key:
            raise AstDbError("a family and a key are needed")
        full = f"/{family}/{key}"
        if _length(full) > MAX_KEY_BYTES or "\0" in full:
            raise AstDbError(f"/family/key must be text of at most {MAX_KEY_BYTES} bytes")
        if _length(value) > MAX_VALUE_BYTES:
            raise AstDbError(f"a value must not be longer than {MAX_VALUE_BYTES} bytes")
        self._change(full, value)

    async def delete(self, family: str, key: str) -> bool:
        """Remove one key; returns whether it was there."""
        full = f"/{family}/{key}"
        if full not in self.rows:
            return False
        self._change(full, None)
        return True

    async def delete_tree(self, family: str, key: str = "") -> int:
        """Remove a family, or a tree of keys in it; returns how many keys that were."""
        gone = self.keys(family, key) if family else []
        for full in gone:
            self._change(full, None)
        return len(gone)

    def close(self) -> None:
        """Nothing is pending, nothing is held."""

    def _change(self, full: str, value: str | None) -> None:
        if value is None:
            del self.rows[full]
        else:
            self.rows[full] = value
        if self.on_change is not None:
            self.on_change(full, value)


def _is_below(key: str, top: str) -> bool:
    return not top or key == top or key.startswith(f"{top}/")


def _length(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
