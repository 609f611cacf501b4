"""AST_SORCERY(): a field of a configuration object, wherever it is kept.

Family: SIP
"""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.channels.sip.endpoints.pushed import FIELDS
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.options import Kind, Options
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.config_objects import ConfigObjectError


@function("AST_SORCERY")
async def ast_sorcery(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    module_name: str,
    object_type: str,
    object_id: str,
    field_name: str,
    retrieval_method: str = "",
    retrieval_details: Rest = "",
) -> str:
    """What a configuration object is configured with; defaults count, secrets are not told.

    Args:
        channel: The channel.
        module_name: ``res_pjsip``, ``res_pjsip_endpoint_identifier_ip`` or
            ``res_pjsip_outbound_registration``.
        object_type: ``endpoint``, ``auth``, ``aor``, ``identify``, ``registration``, ``transport``
            or ``domain_alias``.
        object_id: The object's name.
        field_name: The option.
        retrieval_method: ``concat``, all values of it, or ``single``, one of them.
        retrieval_details: What stands between the values, a comma if empty; or the number of the
            one that is wanted, 1 if empty.

    Examples:
        NoOp(${AST_SORCERY(res_pjsip,endpoint,alice,context)})
        NoOp(${AST_SORCERY(res_pjsip,endpoint,alice,set_var,single,2)})
        NoOp(${AST_SORCERY(res_pjsip,aor,alice,contact,concat,&)})
    """
    technology = channel.pbx.technologies.get("PJSIP")
    if not isinstance(technology, SipTechnology):
        raise DialplanError("AST_SORCERY: there is no SIP here")
    kind, name, field = object_type.strip().lower(), object_id.strip(), field_name.strip().lower()
    service = technology.service
    try:
        attributes = await service.objects.find(module_name.strip(), kind, name)
    except ConfigObjectError as error:
        raise DialplanError(f"AST_SORCERY: {error}") from error
    values = [value for known, value in attributes if known == field]
    if not values:
        raise DialplanError(f"AST_SORCERY: {kind} {name!r} has no field {field_name!r}")
    return _chosen(
        _written(service, kind, name, field) or values,
        retrieval_method.strip().lower() or "concat",
        retrieval_details,
    )


def _written(service: SipService, kind: str, name: str, field: str) -> Sequence[str]:
    """Each value of an option that may come several times; nothing of the others."""
    found = getattr(service.settings.pjsip, FIELDS.get(kind, ""), {}).get(name)
    options: Options | None = getattr(found, "options", None)
    option = options.table.get(field) if options is not None else None
    if options is None or option is None:
        return ()
    if option.kind is Kind.LIST:
        return options.words(field)
    return options.lines(field) if option.kind is Kind.TEXT else ()


def _chosen(values: Sequence[str], method: str, details: str) -> str:
    if method == "concat":
        return (details or ",").join(values)
    if method != "single":
        raise DialplanError(f"AST_SORCERY: {method!r} is neither concat nor single")
    number = leading_int(details) if details.strip() else 1
    if number is None or number < 1:
        raise DialplanError(f"AST_SORCERY: {details!r} is not the number of a value")
    return values[number - 1] if number <= len(values) else ""
