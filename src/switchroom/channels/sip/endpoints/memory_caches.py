"""``memory_cache`` of ``sorcery.conf``: what is believed of a table without a look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from switchroom.config.sorcery import MemoryCache


class MemoryCaches:
    """Those of a node, by ``pbx.datastore(MemoryCaches)``; realtime fills it.

    Auths and aors are read with the endpoint that they belong to: their copies are as old as its.
    """

    def __init__(self) -> None:
        self.known: Mapping[str, MemoryCache] = {}
        #: Names of endpoints, with the seconds since each was looked at.
        self.ages: Callable[[], Mapping[str, float]] = dict
        #: Believes no copy any more, of one object or of all; returns whether there was any.
        self.forget: Callable[[str], bool] = lambda _: False

    def objects(self, cache: MemoryCache) -> dict[str, float]:
        """What is believed without a look, and how old it is in seconds."""
        if cache.kind != "endpoint":
            return {}
        return {name: age for name, age in self.ages().items() if age < cache.keep_for}

    def expire(self, cache: MemoryCache, name: str = "") -> bool:
        """Have an object looked at before it is used again, or all; whether it was there."""
        if name and name not in self.objects(cache):
            return False
        self.forget(name)
        return True
