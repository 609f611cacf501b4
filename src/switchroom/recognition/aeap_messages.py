"""The words of the Asterisk External Application Protocol: requests and responses as JSON objects.

Each request has a name, an id and mostly ``params``; its response has the same name and id, and
``error_msg`` where it could not be done. Both sides may ask.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from switchroom.base.errors import SwitchroomError
from switchroom.recognition.engine import HIGHEST_SCORE, Result

VERSION = "0.1.0"
MAX_RESULTS = 100
MAX_TEXT = 4096  #: letters of a result


class AeapError(SwitchroomError):
    """A message makes no sense, or says that something could not be done."""


@dataclass(frozen=True, slots=True)
class Message:
    """One that came."""

    name: str
    id: str
    is_request: bool
    fields: Mapping[str, Any]
    error: str = ""  #: why it could not be done

    @property
    def params(self) -> Mapping[str, Any]:
        """What it is about; empty where nothing is said."""
        params = self.fields.get("params")
        return params if isinstance(params, dict) else {}


@dataclass(frozen=True, slots=True)
class Request:
    """One of ours."""

    name: str
    fields: Mapping[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def to_text(self) -> bytes:
        """As it is sent."""
        return json.dumps({"request": self.name, "id": self.id, **self.fields}).encode()


def setup(codecs: Sequence[str], params: Mapping[str, str]) -> Request:
    """The first request: what we can send, best first, and what we wish."""
    fields: dict[str, Any] = {
        "version": VERSION,
        "codecs": [{"name": name} for name in codecs],
    }
    if params:
        fields["params"] = dict(params)
    return Request("setup", fields)


def response(to: Message, error: str = "") -> bytes:
    """The answer to a request."""
    fields = {"response": to.name, "id": to.id}
    if error:
        fields["error_msg"] = error
    return json.dumps(fields).encode()


def parse_message(text: bytes) -> Message:
    """Read one.

    Raises:
        AeapError: It is none.
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AeapError(f"a message is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise AeapError("a message is no object")
    is_request = "request" in fields
    name, number = fields.get("request" if is_request else "response"), fields.get("id")
    if not isinstance(name, str) or not isinstance(number, str):
        raise AeapError("a message has no name, or no id")
    error_text = fields.get("error_msg")
    return Message(name, number, is_request, fields, str(error_text) if error_text else "")


def chosen_codec(answer: Message, offered: Sequence[str]) -> str:
    """The codec that the answer to ``setup`` takes.

    Raises:
        AeapError: None of those that were offered.
    """
    codecs = answer.fields.get("codecs")
    if codecs is None:
        return offered[0]
    for codec in codecs if isinstance(codecs, list) else [codecs]:
        name = codec.get("name") if isinstance(codec, dict) else codec
        if isinstance(name, str) and name.lower() in offered:
            return name.lower()
    raise AeapError(f"it takes none of {', '.join(offered)}")


def parse_results(value: object) -> tuple[Result, ...]:
    """Results as a program tells them; what is left out is empty.

    Raises:
        AeapError: They are none.
    """
    if not isinstance(value, list):
        raise AeapError("results are no list")
    return tuple(_result(each) for each in value[:MAX_RESULTS])


def _result(value: object) -> Result:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise AeapError("a result has no text")
    score = value.get("score", 0)
    if isinstance(score, bool) or not isinstance(score, int | float) or not isfinite(score):
        raise AeapError("a score is no number")
    best = value.get("best", 0)
    return Result(
        value["text"][:MAX_TEXT],
        max(0, min(HIGHEST_SCORE, round(score))),
        str(value.get("grammar") or "")[:MAX_TEXT],
        best if isinstance(best, int) and best >= 0 else 0,
    )
