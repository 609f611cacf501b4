"""Passwords of mailboxes: where they are, which are good, and how one is changed."""

from __future__ import annotations

import hmac
import re
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import from_octets, to_octets
from switchroom.config.voicemail.mailboxes import FIXED, Mailbox
from switchroom.storage.whole_file import replace_file

_SECTION = re.compile(r"\s*\[(?P<name>[^\]]*)\]")


class PasswordError(SwitchroomError):
    """A password cannot be written where it belongs."""


def is_password(expected: str, keyed: str) -> bool:
    """Whether what was keyed is the password; takes as long for a wrong one."""
    return hmac.compare_digest(
        to_octets(expected.removeprefix(FIXED)), to_octets(keyed)
    )  # fmt: skip


def written_password(text: str, box: Mailbox, password: str) -> str | None:
    """A configuration file with another password of a mailbox.

    Args:
        text: The file's. Where its sections are in another file, which includes it, the mailbox may
            stand above all of them.
        box: Its password is the one that is replaced.
        password: The new one.

    Returns:
        None where the mailbox is not in this text, or not with that password.
    """
    line_of = re.compile(
        rf"(?P<front>\s*{re.escape(box.number)}\s*=>?\s*){re.escape(box.password)}(?P<rest>\s*(?:[,;].*)?)"
    )
    lines = text.split("\n")
    context = ""
    for number, line in enumerate(lines):
        if section := _SECTION.match(line):
            context = section["name"].strip()
        elif context in {"", box.context} and (found := line_of.fullmatch(line)):
            lines[number] = f"{found['front']}{password}{found['rest']}"
            return "\n".join(lines)
    return None


def write_password(path: Path, box: Mailbox, password: str) -> None:
    """Change a password in a configuration file, which is replaced at once; blocks.

    Raises:
        PasswordError: The file cannot be written, or the mailbox is not in it.
    """
    try:
        text = written_password(from_octets(path.read_bytes()), box, password)
        if text is None:
            raise PasswordError(f"mailbox {box.name} is not in {path} with its old password")
        real = path.resolve()  # a link stays one
        replace_file(real, to_octets(text), mode=real.stat().st_mode & 0o777)
    except OSError as error:
        raise PasswordError(f"cannot write {path}: {error.strerror}") from error
