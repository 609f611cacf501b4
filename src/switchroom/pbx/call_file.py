"""Call files: a text that asks for a call, as ``/var/spool/asterisk/outgoing`` gets them.

Channel: PJSIP/alice
MaxRetries: 2
RetryTime: 60
Application: Playback
Data: hello-world
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import leading_int
from switchroom.config.language.values import is_true
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan

MAX_BYTES = 64 * 1024


class CallFileError(SwitchroomError):
    """A file asks for nothing that can be done."""


@dataclass(frozen=True, slots=True)
class CallFile:
    """What a file asks for."""

    channel: str = ""
    maximum_retries: int = 0
    retry_time: float = 300.0  #: seconds between the beginnings of two attempts
    wait_time: float = 45.0  #: seconds to wait for an answer
    context: str = "default"
    extension: str = ""
    priority: int = 1
    application: str = ""
    data: str = ""
    caller: str = ""
    account: str = ""
    archives: bool = False  #: it is moved to ``outgoing_done`` when it is over
    always_deletes: bool = True  #: also where its time of change lies ahead
    early_media: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    attempts: int = 0  #: begun so far, as the file tells (``StartRetry``, ``EndRetry``)

    def order(self) -> Origination:
        """As a call to make."""
        then: RunApplication | RunDialplan
        if self.application:
            then = RunApplication(self.application, self.data)
        else:
            then = RunDialplan(self.context, self.extension, self.priority)
        return Origination(
            self.channel,
            then,
            within=self.wait_time,
            caller=parse_caller_id(self.caller) if self.caller else CallerId(),
            variables=self.variables,
            account=self.account,
        )


def _number(text: str, name: str) -> int:
    number = leading_int(text)
    if number is None or number < 0:
        raise CallFileError(f"{name} is no number: {text!r}")
    return number


def _variable(file: CallFile, text: str) -> CallFile:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise CallFileError(f"Setvar needs name=value, not {text!r}")
    return replace(file, variables=(*file.variables, (name.strip(), value)))


Reader = Callable[[CallFile, str], CallFile]

_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "channel": lambda file, text: replace(file, channel=text),
        "callerid": lambda file, text: replace(file, caller=text),
        "application": lambda file, text: replace(file, application=text),
        "data": lambda file, text: replace(file, data=text),
        "maxretries": lambda file, text: replace(file, maximum_retries=_number(text, "MaxRetries")),
        "retrytime": lambda file, text: replace(
            file, retry_time=float(max(1, _number(text, "RetryTime")))
        ),
        "waittime": lambda file, text: replace(
            file, wait_time=float(max(1, _number(text, "WaitTime")))
        ),
        "context": lambda file, text: replace(file, context=text),
        "extension": lambda file, text: replace(file, extension=text),
        "exten": lambda file, text: replace(file, extension=text),
        "priority": lambda file, text: replace(file, priority=_number(text, "Priority")),
        "account": lambda file, text: replace(file, account=text),
        "archive": lambda file, text: replace(file, archives=is_true(text)),
        "alwaysdelete": lambda file, text: replace(file, always_deletes=is_true(text)),
        "early_media": lambda file, text: replace(file, early_media=is_true(text)),
        "setvar": _variable,
        "set": _variable,
        # Each attempt is noted in the file when it begins.
        "startretry": lambda file, _: replace(file, attempts=file.attempts + 1),
        "delayedretry": lambda file, _: file,
        "abortretry": lambda file, _: file,
        "endretry": lambda file, _: file,
        "codecs": lambda file, _: file,
    }
)


def parse_call_file(text: str) -> tuple[CallFile, list[str]]:
    """Read a call file; returns the keys that nobody knows as well.

    Raises:
        CallFileError: It asks for nothing that can be done.
    """
    file, unknown = CallFile(), []
    for raw in text.splitlines():
        line = raw.partition("#")[0] if raw.lstrip().startswith("#") else raw.partition(";")[0]
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        reader = _READERS.get(name.strip().lower()) if colon else None
        if reader is None:
            unknown.append(line.strip())
        else:
            file = reader(file, value.strip())
    technology, slash, resource = file.channel.partition("/")
    if not technology or not slash or not resource:
        raise CallFileError("there is no Channel: Technology/resource")
    if not file.application and not file.extension:
        raise CallFileError("there is neither Application nor Extension")
    return file, unknown
