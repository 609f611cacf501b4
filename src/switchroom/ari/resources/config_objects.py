"""Configuration objects that programs read and push."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import msgspec

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.asterisk import ConfigTuple
from switchroom.ari.registry import InBody, operation
from switchroom.pbx.config_objects import Attributes, ConfigObjectError

OBJECT = "/asterisk/config/dynamic/{configClass}/{objectType}/{id}"
Fields = Annotated[dict[str, Any] | list[Any] | None, InBody()]
T = TypeVar("T")


async def _known(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except ConfigObjectError as error:
        raise AriError(error.http_status, str(error)) from error


def _tuples(attributes: Attributes) -> list[ConfigTuple]:
    return [ConfigTuple(attribute=name, value=value) for name, value in attributes]


@operation("GET", OBJECT, "getObject", errors=(404,))
async def get_object(
    ari: Request, config_class: str, object_type: str, id_: str
) -> list[ConfigTuple]:
    """Tell the attributes of a configuration object, its secrets aside.

    Args:
        ari: The request.
        config_class: ``res_pjsip``.
        object_type: ``endpoint``, ``aor``, ``auth``, ``identify``, ``registration``,
            ``domain_alias``, ``transport``.
        id_: Its name.
    """
    return _tuples(await _known(ari.context.objects.find(config_class, object_type, id_)))


@operation("PUT", OBJECT, "updateObject", errors=(400, 403, 404))
async def update_object(
    ari: Request, config_class: str, object_type: str, id_: str, fields: Fields = None
) -> list[ConfigTuple]:
    """Make a configuration object, or change some attributes of one; it counts at once.

    ``sorcery.conf`` says which types may be pushed, and where they are kept.

    Args:
        ari: The request.
        config_class: ``res_pjsip``.
        object_type: ``endpoint``, ``aor``, ``auth``, ``identify``, ``registration``,
            ``domain_alias``.
        id_: Its name.
        fields: Objects with ``attribute`` and ``value``.
    """
    try:
        changes = msgspec.convert(fields or [], list[ConfigTuple])
    except msgspec.ValidationError as error:
        raise AriError(400, f"fields: {error}") from error
    wanted = [(each.attribute, each.value) for each in changes]
    return _tuples(await _known(ari.context.objects.put(config_class, object_type, id_, wanted)))


@operation("DELETE", OBJECT, "deleteObject", errors=(403, 404))
async def delete_object(ari: Request, config_class: str, object_type: str, id_: str) -> None:
    """Take away a configuration object that was pushed.

    Args:
        ari: The request.
        config_class: ``res_pjsip``.
        object_type: ``endpoint``, ``aor``, ``auth``, ``identify``, ``registration``,
            ``domain_alias``.
        id_: Its name.
    """
    await _known(ari.context.objects.delete(config_class, object_type, id_))
