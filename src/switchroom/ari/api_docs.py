"""The interface as machines read it: swagger 1.1, that ari-client downloads, and OpenAPI 3.

Both are made from the operations and models themselves.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from switchroom.ari.dispatch import Answer, refusal
from switchroom.ari.models.model import Date, Event, Long, Model
from switchroom.ari.registry import Operation, Parameter, collect_operations

API_VERSION = "2.0.0"
SWAGGER_VERSION = "1.1"  #: clients accept no other

_SIMPLE = {
    str: "string", int: "int", bool: "boolean", float: "double", bytes: "binary",
    Date: "Date", Long: "long",
}  # fmt: skip

_OPEN_API = {
    "string": {"type": "string"}, "int": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"}, "boolean": {"type": "boolean"},
    "double": {"type": "number", "format": "double"},
    "Date": {"type": "string", "format": "date-time"}, "object": {"type": "object"},
    "containers": {"type": "object"}, "binary": {"type": "string", "format": "binary"},
}  # fmt: skip

_WEB_SOCKET = Parameter("app", "app", "query", list[str], is_required=True, default=None,
                        help="Applications to serve.")  # fmt: skip
_ALL = Parameter("subscribeAll", "subscribe_all", "query", bool, is_required=False, default=None,
                 help="Hear of everything, asked for or not.")  # fmt: skip


@functools.cache
def collect_models() -> Mapping[str, type[Model]]:
    """All models by their names."""
    package = importlib.import_module("switchroom.ari.models")
    found: dict[str, type[Model]] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            is_model = isinstance(value, type) and issubclass(value, Model) and value is not Model
            if is_model and value.__module__ == module.__name__:
                found[value.__name__] = value
    return found


def type_name(kind: Any) -> str:
    """A type as the swagger files call it."""
    if kind is None or kind is type(None):
        return "void"
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin = get_origin(kind)
    if origin is list:
        return f"List[{type_name(get_args(kind)[0])}]"
    if origin is dict:
        return "object"
    if origin is Union or type(kind).__name__ == "UnionType":
        known = [each for each in get_args(kind) if each not in {type(None), msgspec.UnsetType}]
        return type_name(known[0])
    return "binary" if kind.__name__ == "File" else str(kind.__name__)


class ApiDocs:
    """Answers ``api-docs/…``.

    Args:
        path: Where the interface is mounted.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def answer(self, name: str, host: str) -> Answer:
        """One file.

        Args:
            name: ``resources.json``, ``channels.json``, ``openapi.json``.
            host: How the client calls this node.
        """
        stem = name.removesuffix(".json")
        base = f"http://{host}{self._path}"
        operations = collect_operations()
        made: dict[str, Any] | None = None
        if stem == "resources":
            made = resource_listing(base)
        elif stem == "openapi":
            made = open_api(base)
        elif any(each.resource == stem for each in operations):
            made = api_declaration(stem, base)
        return Answer(200, msgspec.json.encode(made)) if made else refusal(404, "No such file")


def resource_listing(base: str) -> dict[str, Any]:
    """``resources.json``."""
    names = sorted({each.resource for each in collect_operations()})
    return {
        "_comment": "Made from the operations themselves",
        "apiVersion": API_VERSION,
        "swaggerVersion": SWAGGER_VERSION,
        "basePath": base,
        "apis": [
            {"path": f"/api-docs/{name}.{{format}}", "description": f"{_spoken(name)} resources"}
            for name in names
        ],
    }


def _spoken(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f" {found[0].lower()}", name).capitalize()


def api_declaration(resource: str, base: str) -> dict[str, Any]:
    """One resource's file."""
    operations = [each for each in collect_operations() if each.resource == resource]
    apis: dict[str, list[dict[str, Any]]] = {}
    for each in operations:
        apis.setdefault(each.path, []).append(_operation(each))
    if resource == "events":
        apis["/events"] = [_event_web_socket()]
    models = _models_of(operations)
    if resource == "events":
        models |= {"Message", "Event"} | set(_events())
        for name in list(models):
            models |= _reached(name)
    return {
        "apiVersion": API_VERSION,
        "swaggerVersion": SWAGGER_VERSION,
        "basePath": base,
        "resourcePath": f"/api-docs/{resource}.{{format}}",
        "apis": [
            {"path": path, "description": _spoken(resource), "operations": found}
            for path, found in apis.items()
        ],
        "models": {name: _model(name) for name in sorted(models)},
    }


def _event_web_socket() -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "summary": "WebSocket connection for events.",
        "nickname": "eventWebsocket",
        "responseClass": "Message",
        "upgrade": "websocket",
        "websocketProtocol": "ari",
        "parameters": [_parameter(_WEB_SOCKET), _parameter(_ALL)],
        "errorResponses": [],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "httpMethod": operation.method,
        "summary": operation.summary,
        "notes": operation.notes,
        "nickname": operation.nickname,
        "responseClass": type_name(operation.returns),
        "parameters": [_parameter(each) for each in operation.parameters],
        "errorResponses": [
            {"code": code, "reason": _REASONS.get(code, "It cannot be done.")}
            for code in operation.errors
        ],
    }


_REASONS = {
    400: "A parameter is missing, or is none.",
    403: "It is not allowed.",
    404: "There is no such thing.",
    409: "It is not in a state for that.",
    412: "The channel is not in a state for that.",
    422: "It cannot be done with what was named.",
}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    data_type = type_name(parameter.type)
    if parameter.body is not None:
        data_type = parameter.body.kind
    elif parameter.is_list:
        data_type = data_type.removeprefix("List[").removesuffix("]")
    found: dict[str, Any] = {
        "name": parameter.name,
        "description": parameter.help,
        "paramType": parameter.place,
        "required": parameter.is_required,
        "allowMultiple": parameter.is_list,
        "dataType": data_type,
    }
    if parameter.default not in {None, ""}:
        found["defaultValue"] = parameter.default
    return found


def _events() -> list[str]:
    return sorted(name for name, each in collect_models().items() if issubclass(each, Event)
                  and each is not Event)  # fmt: skip


def _names_in(kind: Any) -> set[str]:
    return set(re.findall(r"\w+", type_name(kind))) & set(collect_models())


def _models_of(operations: list[Operation]) -> set[str]:
    found: set[str] = set()
    for operation in operations:
        for name in _names_in(operation.returns):
            found |= _reached(name)
    return found


def _reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """A model and those that it consists of."""
    if name in seen or name not in collect_models():
        return {name}
    found = {name}
    for _, kind, _ in model_fields(collect_models()[name]):
        for inner in _names_in(kind):
            found |= _reached(inner, seen | {name})
    return found


def model_fields(model: type[Model]) -> list[tuple[str, Any, bool]]:
    """Name on the wire, type and whether it is always there, of each field."""
    hints = get_type_hints(model)
    return [
        (each.encode_name, hints[each.name], each.required)
        for each in msgspec.structs.fields(model)
    ]


def _own_fields(name: str) -> list[tuple[str, Any, bool]]:
    """A model's fields, without those that stand in every event."""
    model = collect_models()[name]
    is_event = issubclass(model, Event) and model is not Event
    return [each for each in model_fields(model) if not (is_event and each[0] == "timestamp")]


_MESSAGE = {
    "id": "Message",
    "description": "What the WebSocket carries.",
    "discriminator": "type",
    "properties": {
        "type": {"type": "string", "required": True},
        "asterisk_id": {"type": "string", "required": False},
    },
    "subTypes": ["MissingParams", "Event"],
}


def _model(name: str) -> dict[str, Any]:
    if name == "Message":
        return dict(_MESSAGE)
    properties = {
        field: {"required": required, "type": type_name(kind)}
        for field, kind, required in _own_fields(name)
    }
    found: dict[str, Any] = {
        "id": name,
        "description": inspect.getdoc(collect_models()[name]) or "",
        "properties": properties,
    }
    if name == "Event":
        properties["application"] = {"required": True, "type": "string"}
        found["subTypes"] = _events()
    return found


# OpenAPI


def open_api(base: str) -> dict[str, Any]:
    """All of it as one document of OpenAPI 3."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in collect_operations():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _open_operation(operation)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Asterisk REST Interface of Switchroom", "version": API_VERSION},
        "servers": [{"url": base}],
        "security": [{"basic": []}, {"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "key": {"type": "apiKey", "in": "query", "name": "api_key"},
            },
            "schemas": {name: _schema(name) for name in sorted(collect_models())},
        },
    }


def _open_operation(operation: Operation) -> dict[str, Any]:
    parameters = [each for each in operation.parameters if each.body is None]
    bodies = [each for each in operation.parameters if each.body is not None]
    returns = type_name(operation.returns)
    good: dict[str, Any] = {"description": "Done."}
    if returns != "void":
        kind = "application/octet-stream" if returns == "binary" else "application/json"
        good["content"] = {kind: {"schema": _open_type(returns)}}
    found: dict[str, Any] = {
        "operationId": f"{operation.resource}_{operation.nickname}",
        "tags": [operation.resource],
        "summary": operation.summary,
        "parameters": [_open_parameter(each) for each in parameters],
        "responses": {
            "204" if returns == "void" else "200": good,
            **{str(c): {"description": _REASONS.get(c, "")} for c in operation.errors},
        },
    }
    if bodies:
        found["requestBody"] = {"content": {"application/json": {"schema": _body_schema(bodies)}}}
    return found


def _body_schema(bodies: list[Parameter]) -> dict[str, Any]:
    whole = [each for each in bodies if each.body is not None and each.body.is_whole]
    if whole:
        return {"type": "object", "description": whole[0].help}
    properties = {each.name: {"type": "object", "description": each.help} for each in bodies}
    return {"type": "object", "properties": properties}


def _open_parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(_open_type(type_name(parameter.type)))
    if parameter.default not in {None, ""}:
        schema["default"] = parameter.default
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "description": parameter.help,
        "schema": schema,
    }


def _open_type(name: str) -> Mapping[str, Any]:
    inner = re.fullmatch(r"List\[(.*)\]", name)
    if inner:
        return {"type": "array", "items": _open_type(inner[1])}
    return _OPEN_API.get(name) or {"$ref": f"#/components/schemas/{name}"}


def _schema(name: str) -> dict[str, Any]:
    fields = model_fields(collect_models()[name])
    found: dict[str, Any] = {
        "type": "object",
        "description": inspect.getdoc(collect_models()[name]) or "",
        "properties": {field: _open_type(type_name(kind)) for field, kind, _ in fields},
    }
    if required := [field for field, _, is_required in fields if is_required]:
        found["required"] = required
    return found
