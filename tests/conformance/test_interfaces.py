"""What a genuine Asterisk 22 answered on its console and to AMI, on a whole node of the same configuration."""

from __future__ import annotations

import asyncio
import difflib
import re
from typing import Any

import pytest

from tests.conformance.recorded_ami import Comparison, Message, compare, parse
from tests.conformance.recorded_node import RECORDED, Answers, ask_everything

#: Parts of the suite of their own, since they belong to what is built there.
#: AMI: where we answer otherwise, and why. Whoever makes one of them equal takes it out.
AMI_DIFFERENCES = {
    "PJSIPShowEndpoint": "the secret is not told (Password)",
    "PJSIPShowAuths": "the secrets are not told (Password)",
    "Originate 1": "a device whose state stays as it was is told once, not with each of its channels",
    "Originate 3": "as above; a half that ends within Answer has done that priority here",
    "Parkinglots": "the recorded system had no parking",
    "ParkedCalls": "the recorded system had no parking",
}

#: The console: the same.
CLI_DIFFERENCES = {
    "core show channeltypes": "there are no technologies for media that never were a call",
    "dialplan show": "the original's context of PERIODIC_HOOK is no extension here",
    "parking show": "the recorded system had no parking",
    "features show": "the recorded system had a features.conf",
    "manager show connected": "numbers of files are others",
    "logger mute": "the first time mutes here; there the console was mute from the start",
    "http show status": "what is served differs",
    "pjproject show log mappings": "there is no pjproject here",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return asyncio.run(ask_everything(tmp_path_factory.mktemp("recorded")))


def ami_cases() -> list[Any]:
    seen: dict[str, int] = {}
    cases = []
    for number, each in enumerate(RECORDED["ami_idle"]):
        name = each["action"]["Action"]
        seen[name] = seen.get(name, 0) + 1
        title = name if seen[name] == 1 and name != "Originate" else f"{name} {seen[name]}"
        cases.append(pytest.param(number, id=title))
    return cases


def without_prose(message: Message, ours: set[str]) -> Message:
    """Of ListCommands: names and rights of what is built here."""
    return [
        (name, value.rpartition("(Priv")[2]) for name, value in message
        if name in ours or name == "Response"
    ]  # fmt: skip


def ami_pair(answers: Answers, number: int) -> tuple[list[Message], list[Message]]:
    wanted = parse(RECORDED["ami_idle"][number]["answer"])
    found = parse(answers.ami[number])
    if RECORDED["ami_idle"][number]["action"]["Action"] == "ListCommands":
        ours = {name for name, _ in found[0]} & {name for name, _ in wanted[0]}
        return [without_prose(wanted[0], ours)], [without_prose(found[0], ours)]
    if RECORDED["ami_idle"][number]["action"]["Action"] == "DeviceStateList":
        wanted, found = devices_of(wanted), devices_of(found)
    return wanted, found


def devices_of(messages: list[Message]) -> list[Message]:
    """In an order of ours: theirs is a hash table's.

    Mailboxes come with voicemail; members that are gone are devices no more here; and whether a queue
    has a free member is told from the start here, not from the first change on.
    """
    gone = (
        "MWI:100@default", "MWI:200@default",
        "Queue:support_pause_PJSIP/dave", "Queue:support_pause_PJSIP/carol",
    )  # fmt: skip
    told = [each for each in messages if not {("Device", device) for device in gone} & set(each)]
    return sorted(
        [
            (name, "" if name == "ListItems" or available_queue in each else value)
            for name, value in each
        ]
        for each in told
        for available_queue in [("Device", "Queue:sales_avail")]
    )


@pytest.mark.parametrize("number", ami_cases())
def test_ami_answers_as_recorded(
    answers: Answers, number: int, request: pytest.FixtureRequest
) -> None:
    title = request.node.callspec.id
    result = compare(*ami_pair(answers, number))
    if title in AMI_DIFFERENCES:
        assert result.differences, f"{title} is as recorded now: take it out of the list"
    else:
        assert result.differences == []


def test_ami_as_a_whole(answers: Answers) -> None:
    same = fields = 0
    for case in ami_cases():
        (number,) = case.values
        result = compare(*ami_pair(answers, number))
        if case.id not in {"Parkinglots", "ParkedCalls"}:  # the recorded system had other modules
            same, fields = same + result.same, fields + result.fields
    assert same / fields >= 0.95, (same, fields)


def test_a_call_tells_what_the_recorded_one_told(answers: Answers) -> None:
    """The first of the recorded calls, event by event; those of devices come when they come."""

    def told(text: str) -> list[Message]:
        found = parse(text)
        end = next(n for n, m in enumerate(found) if ("Event", "OriginateResponse") in m)
        return sorted(
            m for m in found[: end + 1] if ("Event", "DeviceStateChange") not in m
        )  # fmt: skip

    wanted = told(RECORDED["ami_call"][0]["events"])
    found = told(answers.calls)
    assert [each[0] for each in wanted] == [each[0] for each in found]
    result = compare(wanted, found)
    assert result.differences == []


#: What the call of the recording that waits in a queue tells, in its order.
QUEUE_EVENTS = {
    "QueueCallerJoin", "AgentCalled", "AgentRingNoAnswer", "QueueCallerAbandon", "QueueCallerLeave",
}  # fmt: skip


def told_of_queues(text: str) -> list[Message]:
    return [
        [(n, v) for n, v in message if n not in {"RingTime", "HoldTime"}]
        for message in parse(text)
        if message[0][1] in QUEUE_EVENTS or ("Device", "Queue:sales") in message
    ]


def test_a_call_that_waits_tells_what_the_recorded_one_told(answers: Answers) -> None:
    wanted = told_of_queues("".join(each["events"] for each in RECORDED["ami_call"]))
    found = told_of_queues(answers.calls + answers.hung_up)
    assert [each[0] for each in wanted] == [each[0] for each in found]
    assert compare(wanted, found).differences == []


def masked(text: str) -> list[str]:
    """Without what differs from system to system, and without help prose."""
    text = re.sub(r"^Asterisk \S+ built by .*", "Asterisk VERSION built by …", text)
    text = re.sub(r"(uptime|reload): \d+ seconds?", r"\1: N seconds", text)
    text = re.sub(r"\b\d{10}\.\d+\b", "UNIQUE", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"(Server: Asterisk/[\d.]+)-\S+", r"\1", text)
    text = re.sub(r"\S+/log/messages.log +File", "/LOG/messages.log File", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)
    text = re.sub(r"(?m)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f] ", "UUID ", text)  # cut off
    text = re.sub(r"(?m)^(Usage: .*\n(?:   OR: .*\n)*)[\s\S]*", r"\1", text)
    text = re.sub(r"-[0-9a-f]{8};", "-NUMBER;", re.sub(r"wait: \d+:\d+", "wait: N", text))
    text = re.sub(r"was \d+ secs ago", "was N secs ago", text)
    text = re.sub(r"(?m) \S*(/etc/\w+\.conf) *$", r" \1", text)
    return text.rstrip().splitlines()


CLI_CASES = [
    pytest.param(number, id=each["command"]) for number, each in enumerate(RECORDED["cli_idle"])
]


@pytest.mark.parametrize("number", CLI_CASES)
def test_the_console_answers_as_recorded(
    answers: Answers, number: int, request: pytest.FixtureRequest
) -> None:
    command = RECORDED["cli_idle"][number]["command"]
    wanted = masked(RECORDED["cli_idle"][number]["output"])
    found = masked(answers.cli[number])
    if command in CLI_DIFFERENCES and wanted != found:
        return  # what is built meanwhile may be as recorded before somebody looks here
    assert list(difflib.unified_diff(wanted, found, lineterm="", n=0)) == []


def test_the_console_as_a_whole(answers: Answers) -> None:
    """Line by line, over all that was recorded; what is missing stands in the list above."""
    same = lines = 0
    for case in CLI_CASES:
        number: Any = case.values[0]
        wanted = masked(RECORDED["cli_idle"][number]["output"])
        found = masked(answers.cli[number])
        matcher = difflib.SequenceMatcher(None, wanted, found, autojunk=False)
        same += sum(block.size for block in matcher.get_matching_blocks())
        lines += max(len(wanted), len(found))
    assert same / lines >= 0.92, (same, lines)


#: The console while four calls are up: what is not as recorded, and why.
BUSY_DIFFERENCES = {
    "core show channels": "an announcer of a conference is no channel here (CBAnn)",
    "core show channels concise": "as above",
    "core show channels verbose": "as above",
    "core show channel Local/600@internal-00000006;2": "BRIDGEPEER is not set in conferences",
    "bridge show all": "an announcer is not counted",
    "channel request hangup all": "an announcer is no channel here",
}


def busy(text: str) -> list[str]:
    """As :func:`masked`; rows in any order, since the original's is that of a hash table."""
    lines = masked(re.sub(r"\b\d+ calls? processed", "N calls processed", text))
    lines = [
        re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{1,4}$", "UUID", each.rstrip())
        for each in lines
    ]
    masks = (
        (r"-[0-9a-f]{8}(?=[;!, ]|$)", "-NUMBER"), (r"\b\d\d:\d\d:\d\d\b", "TIME"),
        (r"![0-9]+!(?=(UUID)?!UNIQUE$)", "!N!"), (r"\d+h\d+m\d+s", "TIME"),
        (r"\[C-[0-9a-f]{8}\]", "[C-NUMBER]"), (r"sequence=\d+", "sequence=N"),
    )  # fmt: skip
    for form, instead in masks:
        lines = [re.sub(form, instead, each) for each in lines]
    return sorted(lines)


def busy_pair(answers: Answers, number: int) -> tuple[list[str], list[str]]:
    return busy(RECORDED["cli_busy"][number]["output"]), busy(answers.cli_busy[number])


BUSY_CASES = [
    pytest.param(number, id=each["command"]) for number, each in enumerate(RECORDED["cli_busy"])
]


@pytest.mark.parametrize("number", BUSY_CASES)
def test_a_busy_console_answers_as_recorded(answers: Answers, number: int) -> None:
    command = RECORDED["cli_busy"][number]["command"]
    wanted, found = busy_pair(answers, number)
    if command not in BUSY_DIFFERENCES:
        assert list(difflib.unified_diff(wanted, found, lineterm="", n=0)) == []


def test_a_busy_console_as_a_whole(answers: Answers) -> None:
    same = lines = 0
    for number in range(len(RECORDED["cli_busy"])):
        wanted, found = busy_pair(answers, number)
        matcher = difflib.SequenceMatcher(None, wanted, found, autojunk=False)
        same += sum(block.size for block in matcher.get_matching_blocks())
        lines += max(len(wanted), len(found))
    assert same / lines >= 0.87, (same, lines)


def told_in_all(answers: Answers) -> tuple[Comparison, Comparison]:
    """The events of the four calls, and of their ends, against the recorded ones.

    Without those of devices: they come when they come, on a busy machine behind what is looked at.
    """

    def told(text: str) -> list[Message]:
        return [each for each in parse(text) if ("Event", "DeviceStateChange") not in each]

    began, ended = (told(each["events"]) for each in RECORDED["ami_call"])
    return compare(began, told(answers.calls)), compare(ended, told(answers.hung_up))


def test_the_events_of_calls_as_a_whole(answers: Answers) -> None:
    """Field by field. What differs: an announcer
    is no channel (BridgeNumChannels, BRIDGEPEER); and times, since the recorded calls lasted longer.
    """
    began, ended = told_in_all(answers)
    assert began.same / began.fields >= 0.94, (began.same, began.fields, began.differences)
    assert ended.same / ended.fields >= 0.90, (ended.same, ended.fields, ended.differences)
