"""Caches of tables of phones."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.channels.sip.endpoints.memory_caches import MemoryCaches
from switchroom.config.sorcery import MemoryCache


def _required(request: Request, header: str, what: str) -> str:
    action = request.get("Action")
    return request.required(header, f"{action} requires that {what} name be provided.")


def _cache(request: Request) -> tuple[MemoryCaches, MemoryCache]:
    name = _required(request, "Cache", "a cache")
    caches = request.pbx.datastore(MemoryCaches)
    found = caches.known.get(name)
    if found is None:
        raise ActionError("The provided cache does not exist")
    return caches, found


def _expire_object(request: Request) -> None:
    caches, found = _cache(request)
    if not caches.expire(found, _required(request, "Object", "an object")):
        raise ActionError("The provided object could not be found in the cache")


@action("SorceryMemoryCacheExpire", Privilege.SYSTEM)
def expire(request: Request) -> Reply:
    """Have all objects of a cache read anew before they are used again."""
    caches, found = _cache(request)
    caches.expire(found)
    return done("All objects were expired from the cache")


@action("SorceryMemoryCacheExpireObject", Privilege.SYSTEM)
def expire_object(request: Request) -> Reply:
    """Have an object of a cache read anew before it is used again."""
    _expire_object(request)
    return done("The provided object was expired from the cache")


@action("SorceryMemoryCacheStale", Privilege.SYSTEM)
def stale(request: Request) -> Reply:
    """As SorceryMemoryCacheExpire: what is old is never used while it is read."""
    caches, found = _cache(request)
    caches.expire(found)
    return done("All objects were marked as stale in the cache")


@action("SorceryMemoryCacheStaleObject", Privilege.SYSTEM)
def stale_object(request: Request) -> Reply:
    """As SorceryMemoryCacheExpireObject."""
    _expire_object(request)
    return done("The provided object was marked as stale in the cache")


@action("SorceryMemoryCachePopulate", Privilege.SYSTEM)
def populate(request: Request) -> Reply:
    """Read nothing: all mapped tables are read whole at the start and once a minute."""
    _cache(request)
    return done("Cache populated")
