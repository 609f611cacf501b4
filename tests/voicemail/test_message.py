"""What a message's text file says, in both directions."""

from __future__ import annotations

from switchroom.voicemail.message import Message, parse_message

#: As the original writes it.
TEXT = """;
; Message Information file
;
[message]
origmailbox=100
context=internal
macrocontext=
exten=100
rdnis=unknown
priority=2
callerchan=PJSIP/bob-00000001
callerid="Bob" <200>
origdate=Tue Nov 14 10:13:20 PM UTC 2023
origtime=1700000000
category=
msg_id=1700000000-00000001
flag=
duration=7
"""


def test_a_file_of_the_original_is_read_and_written_as_it_was() -> None:
    message = parse_message(TEXT)
    assert (message.id, message.mailbox, message.time) == (
        "1700000000-00000001", "100", 1700000000,
    )  # fmt: skip
    assert (message.caller_name, message.caller_number, message.duration) == ("Bob", "200", 7)
    assert message.to_text() == TEXT


def test_the_date_is_made_from_the_time() -> None:
    text = Message("1-1", "100", 1700000000).to_text()
    assert "origdate=Tue Nov 14 10:13:20 PM UTC 2023\n" in text
    assert "callerid=Unknown\n" in text
    assert parse_message(text).caller == ""


def test_a_caller_writes_no_line_of_the_file() -> None:
    evil = Message("1-1", "100", 1, caller='"x\nflag=Urgent\r" <1>')
    again = parse_message(evil.to_text())
    assert (again.flag, again.caller_number) == ("", "1")
    assert again.caller_name == "x flag=Urgent"


def test_damaged_files_are_as_good_as_they_are() -> None:
    assert parse_message("").id == ""
    found = parse_message("duration=abc\norigtime=5x\n=\nflag = Urgent\n")
    assert (found.duration, found.time, found.is_urgent) == (0, 0, True)


def test_callers() -> None:
    def of(text: str) -> tuple[str, str]:
        message = Message("", "", 0, caller=text)
        return message.caller_name, message.caller_number

    assert of('"Bob B" <+49 30>') == ("Bob B", "+49 30")
    assert of("<200>") == ("", "200")
    assert of("200") == ("", "200")
    assert of("Bob") == ("", "")
