"""Passwords that are easily guessed, PINs that anyone can read, and doors left open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from switchroom.config.language.reader import Section
from switchroom.config.language.values import is_true
from switchroom.tools.check.calls import Call, calls_to, place_of
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import all_writes

MIN_LENGTH = 8  #: of a password that no machine guesses at once
MIN_DIGITS = 12  #: of one that is all digits
#: Which argument of an application is a PIN.
_PIN_AT = {"authenticate": 0, "disa": 0, "meetme": 2}
_COMMON = frozenset(
    {"password", "passw0rd", "secret", "changeme", "letmein", "asterisk", "switchroom", "welcome"}
    | {"12345678", "123456789", "1234567890", "87654321", "qwertyui", "qwerty123", "admin123"}
    | {"password1", "password123", "administrator", "testtest", "abcd1234", "abc12345", "00000000"}
)


def _weakness(password: str, *names: str) -> tuple[str, Severity] | None:
    """Why a password is easily guessed."""
    if password.lower() in {name.lower() for name in names if name}:
        return "the password is the name", Severity.ERROR
    if password.lower() in _COMMON:
        return "the password is one of those that are tried first", Severity.ERROR
    if password.isdigit() and len(password) < MIN_DIGITS:
        return (
            f"the password is {len(password)} digits: all of them are soon tried",
            Severity.WARNING,
        )
    if len(password) < MIN_LENGTH:
        return f"the password has {len(password)} letters, too few", Severity.WARNING
    return None


def _of(section: Section, option: str) -> tuple[str, Path, int]:
    """The last value of an option, and where it stands."""
    for entry in reversed(section.entries):
        if entry.name.lower() == option:
            return entry.value, entry.path, entry.line
    return "", section.path, section.line


@rule("SW711", Severity.WARNING)
def weak_password(project: Project) -> Iterator[Problem]:
    """A password that is easily guessed.

    The name itself, a word that is tried first, or a few letters. Machines try thousands of
    passwords an hour at any server they find; a password need not be remembered, so let it be long.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/100)
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones
        auth = 100
        [100]
        type = auth
        username = 100
        password = 100

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/100)
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq
    """
    for section in project.sections("pjsip.conf"):
        if section.get("type").lower() == "auth":
            yield from _weak(project, section, "password", section.get("username"))
    for section in project.sections("sip.conf"):
        if section.name not in {"general", "authentication"}:
            names = section.get("defaultuser"), section.get("username")
            yield from _weak(project, section, "secret", *names)
    for section in project.sections("manager.conf"):
        if section.name != "general":
            yield from _weak(project, section, "secret")


def _weak(project: Project, section: Section, option: str, *names: str) -> Iterator[Problem]:
    password, path, line = _of(section, option)
    weakness = _weakness(password, section.name, *names) if password else None
    if weakness is not None:
        message, severity = weakness
        yield Problem(
            _option(project, path, line, option), f"[{section.name}]: {message}", severity
        )


def _option(project: Project, path: Path, line: int, option: str) -> Place:
    """The option's name: a report never quotes what stands behind it."""
    return project.lines.word(path, line, option)


@rule("SW712", Severity.WARNING)
def mailbox_password(project: Project) -> Iterator[Problem]:
    """A mailbox whose password is its number.

    Wrong::

        [phones]
        exten => 100,1,VoiceMail(100)
        ; voicemail.conf
        [default]
        100 => 100,Alice

    Right::

        [phones]
        exten => 100,1,VoiceMail(100)
        ; voicemail.conf
        [default]
        100 => 739104,Alice
    """
    for section in project.sections("voicemail.conf"):
        if section.name in {"general", "zonemessages"}:
            continue
        for entry in section.entries:
            password = entry.value.partition(",")[0].strip()
            if password and password.lstrip("-") == entry.name:
                place = project.lines.word(entry.path, entry.line, entry.name)
                yield Problem(place, f"the password of mailbox {entry.name} is its number")


@rule("SW713", Severity.WARNING)
def readable_pin(project: Project) -> Iterator[Problem]:
    """A PIN that stands in the dialplan.

    Whoever may read the files, or `dialplan show`, knows it. Keep it in the AstDB (Authenticate
    takes a family with option `d`), or in a file of its own.

    Wrong::

        [phones]
        exten => 100,1,Authenticate(1234)

    Right::

        [phones]
        exten => 100,1,Authenticate(/pins/door,d)
    """
    for call in calls_to(project, *_PIN_AT):
        pin = call.argument(_PIN_AT[call.key])
        if pin.text.isdigit():
            yield Problem(
                place_of(project, call, pin), f"the PIN of {call.name}() can be read here"
            )
    for use in project.once(all_uses):
        if use.name == "CONFBRIDGE" and use.is_write:
            item = use.argument(1)
            if item is not None and item.text.lower() in {"pin", "admin_pin"}:
                yield from _set_pin(project, use.call, item)


def _set_pin(project: Project, call: Call, item: Word) -> Iterator[Problem]:
    for write in project.once(all_writes):
        if write.call is call and write.value.text.strip().isdigit():
            yield Problem(
                place_of(project, call, item), "the PIN of the conference can be read here"
            )


@rule("SW714", Severity.ERROR)
def open_disa(project: Project) -> Iterator[Problem]:
    """DISA() without a password.

    Whoever calls in gets a dial tone of yours and calls on at your cost.

    Wrong::

        [incoming]
        exten => 100,1,DISA(no-password,outbound)
        [outbound]
        exten => _NXXXXXX,1,Dial(DAHDI/g1/${EXTEN})

    Right::

        [incoming]
        exten => 100,1,DISA(/etc/asterisk/disa.txt,outbound)
        [outbound]
        exten => _NXXXXXX,1,Dial(DAHDI/g1/${EXTEN})
    """
    for call in calls_to(project, "disa"):
        if call.argument(0).text.lower() == "no-password":
            place = place_of(project, call, call.argument(0))
            yield Problem(place, "DISA() asks nobody for a password")


@rule("SW715", Severity.ERROR)
def live_dangerously(project: Project) -> Iterator[Problem]:
    """The option live_dangerously.

    With it, protocols from outside (AMI, ARI, SIP headers that are evaluated) may use functions
    such as SHELL(), FILE() and DB_DELETE().

    Wrong::

        [phones]
        exten => 100,1,Answer()
        ; asterisk.conf
        [options]
        live_dangerously = yes

    Right::

        [phones]
        exten => 100,1,Answer()
        ; asterisk.conf
        [options]
        live_dangerously = no
    """
    for section in project.sections("asterisk.conf"):
        for entry in section.entries:
            if entry.name.lower() == "live_dangerously" and is_true(entry.value):
                place = project.lines.whole(entry.path, entry.line)
                yield Problem(place, "functions that reach out of the system are open to outsiders")
