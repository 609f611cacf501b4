"""From a request to its answer, whatever it came by: HTTP or a WebSocket."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote

import msgspec

from switchroom.ari.context import AriContext, Request
from switchroom.ari.errors import AriError
from switchroom.ari.registry import Operation
from switchroom.ari.routing import Routes, path_values
from switchroom.base.errors import MediaError
from switchroom.config.ari import AriUser
from switchroom.pbx.channel import HangupError

logger = logging.getLogger(__name__)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MAX_PARAMETERS = 1_000

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came.

    Args:
        method: In capitals.
        path: Below the interface's own, encoded.
        query: The text behind the question mark.
        body: As it is.
        content_type: Of the body.
    """

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


@dataclass(frozen=True, slots=True)
class File:
    """What an operation returns that answers with octets."""

    body: bytes
    content_type: str


def refusal(status: int, message: str, **headers: str) -> Answer:
    """An error as clients read it."""
    return Answer(status, msgspec.json.encode({"message": message}), headers=headers)


class Dispatcher:
    """Runs operations.

    Args:
        context: What they use.
        operations: All there are.
    """

    def __init__(self, context: AriContext, operations: Sequence[Operation]) -> None:
        self._context = context
        self._routes = Routes(operations)

    def methods(self, path: str) -> Sequence[str]:
        """What may be done at a path; nothing where there is none."""
        return sorted(self._routes.find(path)[0])

    async def run(self, user: AriUser, asked: Asked) -> Answer:
        """Answer a request of somebody who has shown who he is."""
        operations, values = self._routes.find(asked.path)
        if not operations:
            return refusal(404, "Resource not found")
        operation = operations.get(asked.method)
        if operation is None:
            return refusal(405, "Invalid method", Allow=", ".join(sorted(operations)))
        if user.is_read_only and operation.changes:
            return refusal(403, "Write access denied")
        return await self._do(operation, user, asked, path_values(operation, values))

    async def _do(
        self, operation: Operation, user: AriUser, asked: Asked, values: Mapping[str, str]
    ) -> Answer:
        try:
            query, body = _parameters(asked)
            bound = operation.bind(values, query, body)
            found = operation.run(Request(self._context, user), **bound)
            answer = await found if inspect.isawaitable(found) else found
        except AriError as error:
            return refusal(error.status, str(error))
        except (ValueError, HangupError, MediaError) as error:
            return refusal(*_seen(error))
        except Exception:  # a supervisor: one request's fault is answered, and harms nobody else
            logger.exception("%s %s failed", asked.method, asked.path)
            return refusal(500, "Internal error")
        return self._rendered(operation, answer)

    def _rendered(self, operation: Operation, answer: Any) -> Answer:
        if answer is None:
            return Answer(204)
        if isinstance(answer, File):
            return Answer(200, answer.body, answer.content_type)
        body = msgspec.json.encode(answer)
        if self._context.config.is_pretty:
            body = msgspec.json.format(body, indent=2)
        if operation.created:
            return Answer(201, body, headers={"Location": _location(operation, answer)})
        return Answer(200, body)


def _location(operation: Operation, answer: Any) -> str:
    name = operation.created[operation.created.index("{") + 1 : -1]
    return operation.created.replace(f"{{{name}}}", quote(str(getattr(answer, name)), safe=""))


def _seen(error: Exception) -> tuple[int, str]:
    """What went wrong below, as a client reads it."""
    if isinstance(error, HangupError):
        return 404, "Channel not found"
    return (400 if isinstance(error, ValueError) else 500), str(error)


def _parameters(asked: Asked) -> tuple[Query, Any]:
    """Those of the query and of a form, and what a JSON body says.

    Raises:
        ValueError: There are too many, or the body is no JSON.
    """
    query = parse_qs(asked.query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    kind = asked.content_type.partition(";")[0].strip().lower()
    if not asked.body.strip():
        return query, None
    if kind == FORM:
        form = parse_qs(
            asked.body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=MAX_PARAMETERS,
        )
        return {**form, **query}, None
    try:
        return query, msgspec.json.decode(asked.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"The body is no JSON: {error}") from error
