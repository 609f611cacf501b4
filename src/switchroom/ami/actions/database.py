"""The AstDB."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request

NOT_FOUND = "Database entry not found"
_NO_FAMILY = "No family specified."
_NO_KEY = "No key specified."


@action("DBGet", Privilege.SYSTEM | Privilege.REPORTING)
def db_get(request: Request) -> Reply:
    """Read one key."""
    family = request.required("Family", _NO_FAMILY)
    key = request.required("Key", _NO_KEY)
    value = request.pbx.astdb.get(family, key)
    if value is None:
        raise ActionError(NOT_FOUND)
    event = Listed("DBGetResponse", (("Family", family), ("Key", key), ("Val", value)))
    return listing("Result will follow", "DBGetComplete", [event])


@action("DBGetTree", Privilege.SYSTEM | Privilege.REPORTING)
def db_get_tree(request: Request) -> Reply:
    """Read all keys, those of a family, or those below a key."""
    place = "/".join(filter(None, (request.get("Family"), request.get("Key"))))
    events = [
        Listed("DBGetTreeResponse", (("Key", key), ("Val", value)))
        for key, value in request.pbx.astdb.items(place)
    ]
    if not events:
        raise ActionError(NOT_FOUND)
    return listing("Result will follow", "DBGetTreeComplete", events)


@action("DBPut", Privilege.SYSTEM)
async def db_put(request: Request) -> Reply:
    """Store a value; it is on disk when this is answered."""
    family = request.required("Family", _NO_FAMILY)
    key = request.required("Key", _NO_KEY)
    await request.pbx.astdb.put(family, key, request.get("Val"))
    return done("Updated database successfully")


@action("DBDel", Privilege.SYSTEM)
async def db_del(request: Request) -> Reply:
    """Remove a key."""
    family = request.required("Family", _NO_FAMILY)
    key = request.required("Key", _NO_KEY)
    if not await request.pbx.astdb.delete(family, key):
        raise ActionError(NOT_FOUND)
    return done("Key deleted successfully")


@action("DBDelTree", Privilege.SYSTEM)
async def db_del_tree(request: Request) -> Reply:
    """Remove a family, or what is below a key."""
    family = request.required("Family", _NO_FAMILY)
    if not await request.pbx.astdb.delete_tree(family, request.get("Key")):
        raise ActionError(NOT_FOUND)
    return done("Key tree deleted successfully")
