"""Mailboxes as files, in the layout of ``/var/spool/asterisk/voicemail``.

    default/100/INBOX/msg0000.txt  msg0000.wav      a message; it is there when its text is
    default/100/unavail.wav  busy.wav  greet.wav  temp.wav
    default/100/secret.conf                          with ``passwordlocation = spooldir``
    default/100/tmp/                                 what is being recorded

A message's sounds are under their name before its text gets there by one rename or link, and they
are taken away after it: readers need no lock, and whenever the process dies each message is whole
or not there. Everything here blocks: it is called in worker threads, one at a time a mailbox.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import from_octets, to_octets
from switchroom.config.voicemail.mailboxes import MOST_MESSAGES, Mailbox
from switchroom.storage.whole_file import replace_file, sync_path
from switchroom.voicemail.folders import DELETED, FOLDERS, INBOX, OLD, URGENT
from switchroom.voicemail.message import Message, parse_message

_TEXT = re.compile(r"msg([0-9]{4})\.txt")
_ANY = re.compile(r"msg([0-9]{4})\.\w+")
_UNFINISHED = re.compile(r"\..+\.txt(\.[0-9a-f]{8})?")
_SECRET = "secret.conf"
GREETINGS = ("unavail", "busy", "greet", "temp")


class MailboxFullError(SwitchroomError):
    """No number is left in a folder."""


class NoMessageError(SwitchroomError):
    """The message is not there any more."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages a mailbox has."""

    urgent: int = 0
    new: int = 0  #: without the urgent ones
    old: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A message and where it is."""

    folder: str
    number: int
    message: Message


class Spool:
    """All mailboxes below one folder.

    Args:
        root: ``<astspooldir>/voicemail``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, box: Mailbox, name: str = "") -> Path:
        """The folder of a mailbox, or one in it; it need not be there."""
        return self.root / box.context / box.number / name

    def temporary(self, box: Mailbox, suffix: str) -> Path:
        """A new name for what is being recorded; its folder is there then."""
        folder = self.folder(box, "tmp")
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{secrets.token_hex(8)}{suffix}"

    def sweep(self, box: Mailbox) -> None:
        """Remove what a process left that died at work; nobody else may be at work."""
        for path in _entries(self.folder(box, "tmp")):
            path.unlink(missing_ok=True)
        present = {path.name for path in _entries(self.folder(box))}
        for folder in present.intersection(FOLDERS):
            numbers = set(self._numbers(box, folder))
            for path in _entries(self.folder(box, folder)):
                match = _ANY.fullmatch(path.name)
                if (match and int(match[1]) not in numbers) or _UNFINISHED.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    # messages

    def count(self, box: Mailbox, folder: str) -> int:
        """How many messages a folder has."""
        return len(self._numbers(box, folder))

    def counts(self, box: Mailbox) -> Counts:
        """How many messages a mailbox has that its owner is told of."""
        return Counts(*(self.count(box, folder) for folder in (URGENT, INBOX, OLD)))

    def known_counts(self, box: Mailbox) -> Counts:
        """The same, without waiting for anybody."""
        return self.counts(box)

    def messages(self, box: Mailbox, folder: str) -> list[Stored]:
        """The messages of a folder, the oldest first."""
        found = (self._read(box, folder, number) for number in self._numbers(box, folder))
        return [each for each in found if each is not None]

    def find(self, box: Mailbox, folder: str, message_id: str) -> Stored:
        """A message by its id.

        Raises:
            NoMessageError: It is not in that folder.
        """
        for each in self.messages(box, folder):
            if each.message.id == message_id:
                return each
        raise NoMessageError(f"there is no message {message_id} in {box.name}/{folder}")

    def sound(self, box: Mailbox, stored: Stored) -> Path:
        """Its sound without the suffix."""
        return self.folder(box, stored.folder) / f"msg{stored.number:04}"

    def fetch(self, box: Mailbox, stored: Stored) -> Path:
        """Have its sound as a file, and say where, without the suffix."""
        return self.sound(box, stored)

    def forget_fetched(self, box: Mailbox) -> None:
        """What was fetched is not needed any more."""

    def sounds(self, box: Mailbox, stored: Stored) -> list[Path]:
        """All its sound files."""
        return _sounds(self.sound(box, stored))

    def add(self, box: Mailbox, folder: str, message: Message, sounds: Sequence[Path]) -> Stored:
        """Put a message into a folder, behind the others; the sounds are moved there.

        Raises:
            MailboxFullError: There is no room.
            OSError: The disk refuses.
        """
        place = self.folder(box, folder)
        place.mkdir(parents=True, exist_ok=True)
        for sound in sounds:
            sync_path(sound)
        text = place / f".{secrets.token_hex(8)}.txt"
        replace_file(text, to_octets(message.to_text()))
        number = self._claim(box, folder, sounds)
        text.replace(place / f"msg{number:04}.txt")
        sync_path(place)
        for sound in sounds:
            sound.unlink()
        return Stored(folder, number, message)

    def copy(  # from where, to where
        self, box: Mailbox, stored: Stored, to: Mailbox, folder: str, message: Message
    ) -> Stored:
        """Put the sound of a message into another mailbox or folder too.

        Args:
            box: Where it is.
            stored: It.
            to: Who gets it.
            folder: Where to.
            message: What is said of it there.

        Raises:
            MailboxFullError: There is no room.
            OSError: The disk refuses.
        """
        copies = []
        for sound in self.sounds(box, stored):
            copies.append(self.temporary(to, sound.suffix))
            shutil.copyfile(sound, copies[-1])
        return self.add(to, folder, message, copies)

    def move(self, box: Mailbox, stored: Stored, folder: str) -> Stored:
        """Move a message behind the others of a folder.

        Raises:
            NoMessageError: It is not there any more.
            MailboxFullError: There is no room.
        """
        stored = self._still(box, stored)
        self.folder(box, folder).mkdir(parents=True, exist_ok=True)
        number = self._claim(box, folder, self.sounds(box, stored))
        return self._settle(box, stored, folder, number)

    def remove(self, box: Mailbox, stored: Stored) -> None:
        """Remove a message for good.

        Raises:
            NoMessageError: It is not there any more.
        """
        stored = self._still(box, stored)
        sounds = self.sounds(box, stored)
        self.sound(box, stored).with_suffix(".txt").unlink()
        for sound in sounds:
            sound.unlink()

    def discard(self, box: Mailbox, stored: Stored) -> None:
        """Remove a message, or keep it among the last deleted ones where the mailbox wants that.

        Raises:
            NoMessageError: It is not there any more.
        """
        kept = box.options.deleted_kept
        if not kept or stored.folder == DELETED:
            self.remove(box, stored)
            return
        before = self.messages(box, DELETED)
        for each in before[: max(0, len(before) - kept + 1)]:
            self.remove(box, each)
        self.move(box, stored, DELETED)
        self.compact(box, DELETED)

    def compact(self, box: Mailbox, folder: str) -> None:
        """Let the numbers of a folder's messages begin with 0 and leave none out."""
        for wanted, number in enumerate(self._numbers(box, folder)):
            stored = self._read(box, folder, number)
            if number == wanted or stored is None:
                continue
            target = self.folder(box, folder) / f"msg{wanted:04}"
            for orphan in _sounds(target):  # of a message that never became whole
                orphan.unlink()
            for sound in self.sounds(box, stored):
                _link(sound, target.with_suffix(sound.suffix))
            self._settle(box, stored, folder, wanted)

    def rewrite(self, box: Mailbox, stored: Stored, message: Message) -> Stored:
        """Let a message's text say something else."""
        path = self.sound(box, stored).with_suffix(".txt")
        replace_file(path, to_octets(message.to_text()))
        return replace(stored, message=message)

    def _numbers(self, box: Mailbox, folder: str) -> list[int]:
        names = (each.name for each in _entries(self.folder(box, folder)))
        return sorted(int(match[1]) for name in names if (match := _TEXT.fullmatch(name)))

    def _read(self, box: Mailbox, folder: str, number: int) -> Stored | None:
        path = self.folder(box, folder) / f"msg{number:04}.txt"
        try:
            message = parse_message(from_octets(path.read_bytes()))
        except OSError:  # somebody else removed or moved it
            return None
        if not message.id:  # a spool of an old version
            message = replace(message, id=fresh_id(message.time))
            replace_file(path, to_octets(message.to_text()))
        return Stored(folder, number, message)

    def _still(self, box: Mailbox, stored: Stored) -> Stored:
        """Where a message is now: numbers change when another call cleans up."""
        now = self._read(box, stored.folder, stored.number)
        if now is not None and now.message.id == stored.message.id:
            return now
        return self.find(box, stored.folder, stored.message.id)

    def _claim(self, box: Mailbox, folder: str, sounds: Sequence[Path]) -> int:
        """The next number; the sounds are linked to their new names, the text is not there yet."""
        place = self.folder(box, folder)
        names = (each.name for each in _entries(place))
        taken = (int(match[1]) for name in names if (match := _ANY.fullmatch(name)))
        number = max(taken, default=-1) + 1
        while number <= MOST_MESSAGES:
            try:
                for sound in sounds:
                    _link(sound, place / f"msg{number:04}{sound.suffix}")
            except FileExistsError:  # somebody outside of this process was quicker
                number += 1
            else:
                return number
        raise MailboxFullError(f"{box.name}/{folder} is full")

    def _settle(self, box: Mailbox, stored: Stored, folder: str, number: int) -> Stored:
        """The sounds have their new name: let the text follow, and take the old ones away."""
        old = self.sound(box, stored)
        sounds = self.sounds(box, stored)
        moved = Stored(folder, number, stored.message)
        old.with_suffix(".txt").replace(self.sound(box, moved).with_suffix(".txt"))
        for sound in sounds:
            sound.unlink()
        return moved

    # greetings and passwords

    def greeting(self, box: Mailbox, kind: str) -> Path | None:
        """A greeting without its suffix; None where it was not recorded."""
        stem = self.folder(box, kind)
        return stem if _sounds(stem) else None

    def set_greeting(self, box: Mailbox, kind: str, sounds: Sequence[Path]) -> None:
        """Let these sounds, which are moved, be a greeting."""
        stem = self.folder(box, kind)
        before = _sounds(stem)
        for sound in sounds:
            sync_path(sound)
            sound.replace(stem.with_suffix(sound.suffix))
        kept = {stem.with_suffix(sound.suffix) for sound in sounds}
        for path in before:
            if path not in kept:
                path.unlink(missing_ok=True)

    def remove_greeting(self, box: Mailbox, kind: str) -> None:
        """Do without a greeting."""
        for path in _sounds(self.folder(box, kind)):
            path.unlink(missing_ok=True)

    def password(self, box: Mailbox) -> str | None:
        """The password that is kept in the spool; None where there is none."""
        try:
            text = from_octets(self.folder(box, _SECRET).read_bytes())
        except OSError:
            return None
        match = re.search(r"(?m)^\s*password\s*=>?\s*(\S*)", text)
        return match[1] if match else None

    def set_password(self, box: Mailbox, password: str) -> None:
        """Keep a password in the spool."""
        path = self.folder(box, _SECRET)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, f"[general]\npassword = {password}\n".encode(), mode=0o600)


def fresh_id(seconds: int) -> str:
    """The id of a new message."""
    return f"{seconds}-{secrets.token_hex(4)}"


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # not there yet
        return []


def _sounds(stem: Path) -> list[Path]:
    """The files that are called ``stem`` and a suffix, without the text."""
    return sorted(
        each
        for each in _entries(stem.parent)
        if each.name.partition(".")[0] == stem.name and each.suffix != ".txt"
    )


def _link(source: Path, target: Path) -> None:
    """Give a file a second name; a copy of it where the file system has no links.

    Raises:
        FileExistsError: The name is taken.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with source.open("rb") as reader, target.open("xb") as writer:
            shutil.copyfileobj(reader, writer)
