"""The spool: its layout, what is moved, and what is left when the process dies at any moment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchroom.config.voicemail.mailboxes import BoxOptions, Mailbox
from switchroom.voicemail.message import Message
from switchroom.voicemail.spool import Counts, MailboxFullError, NoMessageError, Spool, Stored

BOX = Mailbox("default", "100", "1234")
OTHER = Mailbox("sales", "200", "1")


def message(number: int) -> Message:
    return Message(f"{number}-0000000{number}", "100", number, duration=number)


def put(spool: Spool, number: int, folder: str = "INBOX", suffix: str = ".wav") -> Stored:
    sound = spool.temporary(BOX, suffix)
    sound.write_bytes(b"sound %d" % number)
    return spool.add(BOX, folder, message(number), [sound])


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def names(root: Path) -> list[str]:
    return list(files(root))


def whole(spool: Spool, box: Mailbox, folder: str) -> list[tuple[str, list[bytes]]]:
    """Each message of a folder with its sounds."""
    return [
        (each.message.id, [path.read_bytes() for path in spool.sounds(box, each)])
        for each in spool.messages(box, folder)
    ]


def test_the_layout_is_the_originals(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put(spool, 1)
    put(spool, 2)
    put(spool, 3, "Old")
    assert names(tmp_path) == [
        f"default/100/{name}" for name in (
            "INBOX/msg0000.txt", "INBOX/msg0000.wav", "INBOX/msg0001.txt", "INBOX/msg0001.wav",
            "Old/msg0000.txt", "Old/msg0000.wav",
        )
    ]  # fmt: skip
    assert spool.counts(BOX) == Counts(urgent=0, new=2, old=1)
    assert [each.message.id for each in spool.messages(BOX, "INBOX")] == [
        "1-00000001", "2-00000002",
    ]  # fmt: skip


def test_an_existing_spool_opens_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "default" / "100" / "INBOX"
    folder.mkdir(parents=True)
    (folder / "msg0003.txt").write_text("[message]\norigtime=1700000000\nduration=4\n")
    (folder / "msg0003.WAV").write_bytes(b"gsm")
    (folder / "msg0003.gsm").write_bytes(b"gsm")
    (folder / ".lock").write_bytes(b"")
    spool = Spool(tmp_path)
    (found,) = spool.messages(BOX, "INBOX")
    assert (found.number, found.message.duration) == (3, 4)
    assert found.message.id.startswith("1700000000-")
    (again,) = spool.messages(BOX, "INBOX")
    assert again.message.id == found.message.id  # what it got stays
    spool.move(BOX, found, "Old")
    assert [name for name in names(tmp_path) if "lock" not in name] == [
        f"default/100/Old/msg0000.{suffix}" for suffix in ("WAV", "gsm", "txt")
    ]


def test_moving_removing_and_closing_gaps(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    first, second, third = (put(spool, number) for number in (1, 2, 3))
    spool.move(BOX, first, "Old")
    spool.remove(BOX, second)
    assert [each.number for each in spool.messages(BOX, "INBOX")] == [2]
    spool.compact(BOX, "INBOX")
    assert whole(spool, BOX, "INBOX") == [("3-00000003", [b"sound 3"])]
    assert whole(spool, BOX, "Old") == [("1-00000001", [b"sound 1"])]
    spool.move(BOX, third, "Work")  # its number was another one when it was looked at
    assert whole(spool, BOX, "Work") == [("3-00000003", [b"sound 3"])]
    with pytest.raises(NoMessageError):
        spool.remove(BOX, second)


def test_a_copy_in_another_mailbox(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    stored = put(spool, 1)
    copy = spool.copy(BOX, stored, OTHER, "INBOX", message(9))
    assert whole(spool, OTHER, "INBOX") == [("9-00000009", [b"sound 1"])]
    assert copy.number == 0
    assert whole(spool, BOX, "INBOX") == [("1-00000001", [b"sound 1"])]


def test_deleted_messages_are_kept_as_the_mailbox_wants(tmp_path: Path) -> None:
    box = Mailbox("default", "100", "", options=BoxOptions(deleted_kept=2))
    spool = Spool(tmp_path)
    for number in (1, 2, 3):
        spool.discard(box, put(spool, number))
    assert whole(spool, box, "Deleted") == [
        ("2-00000002", [b"sound 2"]), ("3-00000003", [b"sound 3"]),
    ]  # fmt: skip
    assert [each.number for each in spool.messages(box, "Deleted")] == [0, 1]
    spool.discard(BOX, put(spool, 4))
    assert spool.counts(BOX) == Counts()


def test_a_folder_has_an_end(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    folder = tmp_path / "default" / "100" / "INBOX"
    folder.mkdir(parents=True)
    (folder / "msg9999.txt").write_text(message(1).to_text())
    with pytest.raises(MailboxFullError):
        put(spool, 2)


def test_greetings_and_passwords(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.greeting(BOX, "unavail") is None
    for suffix in (".wav", ".gsm"):
        sound = spool.temporary(BOX, suffix)
        sound.write_bytes(b"hello")
        spool.set_greeting(BOX, "unavail", [sound])
    assert spool.greeting(BOX, "unavail") == tmp_path / "default" / "100" / "unavail"
    assert names(tmp_path) == ["default/100/unavail.gsm"]  # the older format would be heard first
    spool.remove_greeting(BOX, "unavail")
    assert spool.greeting(BOX, "unavail") is None
    assert spool.password(BOX) is None
    spool.set_password(BOX, "9876")
    assert spool.password(BOX) == "9876"
    secret = tmp_path / "default" / "100" / "secret.conf"
    assert secret.read_text() == "[general]\npassword = 9876\n"
    assert secret.stat().st_mode & 0o77 == 0


class Died(BaseException):
    """The process was killed."""


def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Die at the n-th time that the disk is changed."""
    done = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **more: Any) -> Any:
            nonlocal done
            done += 1
            if done == step:
                raise Died
            return real(*arguments, **more)

        return run

    monkeypatch.setattr(os, "link", dying(os.link))
    for name in ("unlink", "replace", "mkdir"):
        monkeypatch.setattr(Path, name, dying(getattr(Path, name)))


@pytest.mark.parametrize("step", range(1, 10))
def test_killed_while_a_message_is_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    spool = Spool(tmp_path)
    put(spool, 1)
    sound = spool.temporary(BOX, ".wav")
    sound.write_bytes(b"sound 2")
    with monkeypatch.context() as patched:
        killed_at(patched, step)
        try:
            spool.add(BOX, "INBOX", message(2), [sound])
        except Died:
            pass
        else:
            assert step > 4
    spool.sweep(BOX)
    first, *rest = whole(spool, BOX, "INBOX")
    assert first == ("1-00000001", [b"sound 1"])
    assert rest in ([], [("2-00000002", [b"sound 2"])])
    assert len(names(tmp_path)) == 2 + 2 * len(rest)  # nothing else is left
    put(spool, 3)
    assert whole(spool, BOX, "INBOX")[-1] == ("3-00000003", [b"sound 3"])


@pytest.mark.parametrize("step", range(1, 8))
def test_killed_while_messages_are_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every message is whole in exactly one folder, whenever it happens."""
    spool = Spool(tmp_path)
    stored = [put(spool, number) for number in (1, 2, 3)]
    with monkeypatch.context() as patched:
        killed_at(patched, step)
        try:
            spool.move(BOX, stored[0], "Old")
            spool.compact(BOX, "INBOX")
        except Died:
            pass
    found = sorted(whole(spool, BOX, "INBOX") + whole(spool, BOX, "Old"))
    assert found == [(f"{n}-0000000{n}", [b"sound %d" % n]) for n in (1, 2, 3)]
    spool.sweep(BOX)
    spool.compact(BOX, "INBOX")
    assert sorted(whole(spool, BOX, "INBOX") + whole(spool, BOX, "Old")) == found
    assert len(names(tmp_path)) == 6
