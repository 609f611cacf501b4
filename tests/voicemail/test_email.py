"""The e-mail itself: headers that nobody can break, and texts in any language."""

from __future__ import annotations

from datetime import UTC

import pytest

from switchroom.config.voicemail.mailboxes import BoxOptions, GeneralVoicemail, Mailbox
from switchroom.voicemail.email import (
    Attachment,
    Letter,
    build_email,
    email_letter,
    letter_variables,
    pager_letter,
    unescape,
)
from switchroom.voicemail.message import Message

BOX = Mailbox("default", "100", "1", "Zoë Ünal", "zoe@example.com", "pager@example.com")
MESSAGE = Message("1-1", "100", 1_700_000_000, 75, caller='"Bob" <200>')


@pytest.mark.parametrize("charset", ["ISO-8859-1", "UTF-8", "no-such-charset"])
def test_any_charset(charset: str) -> None:
    letter = Letter(BOX.email, "Büro", "Grüße", "Zoë ☎\n")
    mail = build_email(letter, BOX, MESSAGE, charset=charset, host="pbx.example.com")
    text = mail.as_bytes()
    assert max(len(line) for line in text.splitlines()) < 998
    assert mail["From"] == "Büro <asterisk@pbx.example.com>"
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Zoë ☎"]


def test_headers_cannot_be_added_by_callers() -> None:
    evil = Message("1-1", "100", 1, caller='"x\r\nBcc: all@example.com" <1>')
    letter = Letter(BOX.email, "a\nb", "c\r\nBcc: all@example.com", "")
    mail = build_email(letter, BOX, evil, charset="UTF-8", host="h")
    assert mail["Bcc"] is None
    assert b"\r\nBcc:" not in mail.as_bytes()


def test_an_address_that_is_none_is_kept_as_it_is() -> None:
    box = Mailbox("default", "100", "1", "X", "root")
    mail = build_email(Letter("root", "", "", ""), box, MESSAGE, charset="UTF-8", host="h")
    assert mail["To"] == "root"


def test_the_sound_is_attached() -> None:
    mail = build_email(
        Letter(BOX.email, "", "s", "b"), BOX, MESSAGE, charset="UTF-8", host="h",
        attachment=Attachment("msg0002.WAV", bytes(range(256))),
    )  # fmt: skip
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("audio/x-wav", "msg0002.WAV")
    assert part.get_content() == bytes(range(256))


def test_what_texts_may_name() -> None:
    found = letter_variables(BOX, MESSAGE, 4, "%d.%m.%Y %H:%M", UTC)
    assert found["VM_DUR"] == "1:15"
    assert found["VM_MSGNUM"] == "5"
    assert found["VM_DATE"] == "14.11.2023 22:13"
    assert (found["VM_CIDNAME"], found["VM_CIDNUM"]) == ("Bob", "200")
    nobody = letter_variables(BOX, Message("1-1", "100", 1), 0, "%d", None)
    assert nobody["VM_CALLERID"] == nobody["VM_CIDNUM"] == "an unknown caller"


def test_which_words_are_taken() -> None:
    general = GeneralVoicemail(pager_subject="P", pager_body="a\\nb", pager_from="F")
    own = Mailbox("d", "1", "", options=BoxOptions(email_subject="S", email_body="c\\td"))
    assert email_letter(own, general) == Letter("", "", "S", "c\td")
    assert pager_letter(BOX, general) == Letter("pager@example.com", "F", "P", "a\nb")
    assert email_letter(BOX, general).subject.startswith("[PBX]: ")
    assert not email_letter(BOX, GeneralVoicemail(without_tag=True)).subject.startswith("[")
    assert unescape("a\\\\n") == "a\\n"


def test_the_date_is_in_the_words_of_the_owners_locale(caplog: pytest.LogCaptureFixture) -> None:
    box = Mailbox("default", "100", "1", options=BoxOptions(locale="zz_ZZ.UTF-8"))
    values = letter_variables(box, MESSAGE, 0, "%A", UTC)
    assert values["VM_DATE"] == "Tuesday"
    assert "no locale zz_ZZ.UTF-8" in caplog.text, "it was asked for"
