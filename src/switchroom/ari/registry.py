"""Operations of the REST interface: how one is declared, and how they are collected.

The decorator only marks; :func:`collect_operations` imports the modules of ``ari/resources``, one a
resource, and builds the table. The signature says which parameters there are and where their values
come from; the docstring is what ``api-docs`` tell::

    @operation("POST", "/channels/{channelId}/answer", "answer", errors=(404, 409))
    async def answer(ari: Request, channel_id: str) -> None:
        \"\"\"Answer a call.

Args:
            ari: The request.
            channel_id: Of the channel.
        \"\"\"
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from switchroom.base.errors import SwitchroomError

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])

_MARK = "__switchroom_ari_operation__"
_TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE = frozenset({"false", "no", "off", "0", "n", "f", ""})


class DuplicateOperationError(SwitchroomError):
    """Two functions claim the same method and path."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What a parameter is called where that is not its name with humps."""

    name: str


@dataclass(frozen=True, slots=True)
class InBody:
    """A parameter that comes in a JSON body only."""

    kind: str = "containers"  #: as the swagger files call it
    is_whole: bool = False  #: it is the whole body, and not a member of it


BodyVariables = Annotated[dict[str, Any] | None, InBody()]  #: ``{"variables": {…}}``


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation."""

    name: str  #: on the wire
    keyword: str  #: in the function
    place: str  #: ``path``, ``query`` or ``body``
    type: Any
    is_required: bool
    default: Any
    help: str
    body: InBody | None = None

    @property
    def is_list(self) -> bool:
        """Whether several values may be given, with commas or one by one."""
        return any(get_origin(each) is list for each in (self.type, *get_args(self.type)))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: a method on a path."""

    method: str
    path: str
    nickname: str
    errors: tuple[int, ...]
    created: str
    resource: str
    run: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    returns: Any
    summary: str
    notes: str
    binder: type[msgspec.Struct]

    @property
    def changes(self) -> bool:
        """Whether a read-only user may not do it."""
        return self.method != "GET"

    def bind(
        self, path: Mapping[str, str], query: Mapping[str, Sequence[str]], body: Any
    ) -> dict[str, Any]:
        """The function's arguments.

        Args:
            path: What stands in the path, decoded.
            query: Of the query and of a form.
            body: A decoded JSON body; None: there is none.

        Raises:
            ValueError: Something is missing, or is no value of its type.
        """
        fields = body if isinstance(body, dict) else {}
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            value = _raw(parameter, path, query, fields, body)
            if value is not None:
                found[parameter.name] = value
        missing = [p.name for p in self.parameters if p.is_required and p.name not in found]
        if missing:
            raise ValueError(f"Missing parameter: {', '.join(missing)}")
        try:
            bound = msgspec.convert(found, self.binder, strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(f"Invalid parameter: {error}") from error
        return {each.keyword: getattr(bound, each.keyword) for each in self.parameters}


def _raw(
    parameter: Parameter,
    path: Mapping[str, str],
    query: Mapping[str, Sequence[str]],
    fields: Mapping[str, Any],
    body: Any,
) -> Any:
    """The value as it came; None: it did not."""
    name = parameter.name
    if parameter.place == "path":
        return path.get(name)
    if parameter.body is not None:
        return body if parameter.body.is_whole else fields.get(name)
    value: Any = query[name] if name in query else fields.get(name)
    if value is None:
        return None
    values = value if isinstance(value, list | tuple) else [value]
    if parameter.is_list:
        return [part for each in values for part in str(each).split(",") if part]
    if not values:
        return None
    return _boolean(name, values[-1]) if parameter.type is bool else values[-1]


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(f"Invalid parameter: {name} is yes or no, not {value!r}")


def operation(
    method: str, path: str, nickname: str, *, errors: Sequence[int] = (), created: str = ""
) -> Callable[[HandlerT], HandlerT]:
    """Mark ``(request, …) -> model`` as an operation.

    Args:
        method: Of HTTP.
        path: Below the interface's own, with ``{names}`` of what stands in it.
        nickname: What clients make a method's name from.
        errors: The statuses that it may refuse with.
        created: Where what it makes is found afterwards: ``/playbacks/{id}``; answered with 201.
    """

    def mark(run: HandlerT) -> HandlerT:
        setattr(run, _MARK, (method, path, nickname, tuple(errors), created))
        return run

    return mark


@functools.cache
def collect_operations() -> tuple[Operation, ...]:
    """Import every module of ``ari/resources`` and return what is marked there.

    Raises:
        DuplicateOperationError: Two of them claim one method and path.
    """
    package = importlib.import_module("switchroom.ari.resources")
    found: dict[tuple[str, str], Operation] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if getattr(value, "__module__", None) != module.__name__ or not hasattr(value, _MARK):
                continue
            made = _read(value)
            if found.setdefault((made.method, made.path), made) is not made:
                raise DuplicateOperationError(f"{made.method} {made.path}")
    return tuple(found.values())


def camel_case(name: str) -> str:
    """``device_states``: ``deviceStates``."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in others)


def _read(run: Callable[..., Any]) -> Operation:
    method, path, nickname, errors, created = getattr(run, _MARK)
    hints = get_type_hints(run, include_extras=True)
    helps = _argument_helps(inspect.getdoc(run) or "")
    in_path = set(re.findall(r"{(\w+)}", path))
    parameters = []
    for each in list(inspect.signature(run).parameters.values())[1:]:
        kind, extras = _unwrapped(hints[each.name])
        name = next((x.name for x in extras if isinstance(x, Wire)), camel_case(each.name))
        body = next((x for x in extras if isinstance(x, InBody)), None)
        is_required = each.default is inspect.Parameter.empty
        parameters.append(
            Parameter(
                name=name,
                keyword=each.name,
                place="path" if name in in_path else "body" if body else "query",
                type=kind,
                is_required=is_required,
                default=None if is_required else each.default,
                help=helps.get(each.name, ""),
                body=body,
            )
        )
    summary, _, notes = (inspect.getdoc(run) or "").partition("\n")
    return Operation(
        method=method,
        path=path,
        nickname=nickname,
        errors=errors,
        created=created,
        resource=path.split("/")[1],
        run=run,
        parameters=tuple(parameters),
        returns=hints.get("return"),
        summary=summary,
        notes=" ".join(re.split(r"\n\s*(?:Args|Returns|Raises):", notes)[0].split()),
        binder=_binder(run.__name__, parameters),
    )


def _unwrapped(hint: Any) -> tuple[Any, Sequence[Any]]:
    if get_origin(hint) is Annotated:
        kind, *extras = get_args(hint)
        return kind, extras
    return hint, ()


def _binder(name: str, parameters: Sequence[Parameter]) -> type[msgspec.Struct]:
    """The structure that checks and converts the values."""
    fields: list[Any] = [
        (each.keyword, each.type)
        if each.is_required
        else (each.keyword, each.type, msgspec.field(default=each.default))
        for each in parameters
    ]
    names = {each.keyword: each.name for each in parameters}
    return msgspec.defstruct(f"{name}_parameters", fields, rename=names, kw_only=True)


_ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def _argument_helps(text: str) -> dict[str, str]:
    _, _, arguments = text.partition("Args:\n")
    section = re.split(r"\n\S", arguments)[0]
    return {name: " ".join(help_.split()) for name, help_ in _ARGUMENT.findall(section)}
