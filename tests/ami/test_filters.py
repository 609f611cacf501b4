import pytest

from switchroom.ami.filters import FilterError, parse_filter, passes
from switchroom.ami.message import Message

NEW = Message([("Event", "Newchannel"), ("Channel", "PJSIP/alice-00000001"), ("Exten", "100")])
LOCAL = Message([("Event", "Newchannel"), ("Channel", "Local/1@a-00000001;1"), ("Exten", "1")])
HANGUP = Message([("Event", "Hangup"), ("Channel", "PJSIP/alice-00000001"), ("Cause", "16")])
ALL = (NEW, LOCAL, HANGUP)


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        ([], (NEW, LOCAL, HANGUP)),
        ([("", "Event: Newchannel")], (NEW, LOCAL)),
        ([("", "!Channel: Local/")], (NEW, HANGUP)),
        ([("", "Event: Newchannel"), ("", "!Channel: Local/")], (NEW,)),
        ([("", "Event: Newchannel"), ("", "Event: Hangup")], (NEW, LOCAL, HANGUP)),
        ([("", "Exten: 1[0-9]+")], (NEW,)),
        ([("name(Hangup)", "")], (HANGUP,)),
        ([("action(exclude),name(Newchannel)", "")], (HANGUP,)),
        ([("name(newchannel),header(Channel),method(starts_with)", "PJSIP/")], (NEW,)),
        ([("header(Channel),method(ends_with)", ";1")], (LOCAL,)),
        ([("header(Cause),method(exact)", "16")], (HANGUP,)),
        ([("action(include), header(Channel), method(contains)", "alice")], (NEW, HANGUP)),
        ([("header(Exten)", "^1$")], (LOCAL,)),
    ],
)
def test_filters(lines: list[tuple[str, str]], heard: tuple[Message, ...]) -> None:
    filters = [parse_filter(text, criteria) for criteria, text in lines]
    assert tuple(each for each in ALL if passes(filters, each)) == heard


@pytest.mark.parametrize(
    ("criteria", "text"),
    [
        ("", "("),
        ("", "(a{999}){999}"),
        ("action(maybe)", "x"),
        ("method(sounds_like)", "x"),
        ("method(exact)", ""),
        ("colour(red)", "x"),
        ("name(Hangup", "x"),
    ],
)
def test_what_is_no_filter(criteria: str, text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text, criteria)
