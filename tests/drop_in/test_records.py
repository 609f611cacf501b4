"""Records of calls, logs, files of calls and what a reload takes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drop_in.lab import DIALPLAN
from tests.drop_in.manager import Manager, Message
from tests.drop_in.server import Server

pytestmark = pytest.mark.peer


def records_of(manager: Manager, extension: str, context: str = "dials") -> list[Message]:
    """The records of a call, once all of it is over."""
    number = manager.originate(
        f"Local/{extension}@{context}/n", Application="Wait", Data="3", CallerID="Ann <100>"
    )
    manager.wait("OriginateResponse", ActionID=number)
    manager.wait_for_silence()
    manager.do("Ping")
    return [
        each for each in manager.told("Cdr") if each["Channel"].startswith(f"Local/{extension}@")
    ]


@pytest.mark.parametrize(
    ("extension", "disposition", "application"),
    [("talks", "ANSWERED", "Dial"), ("busy", "BUSY", "Dial"), ("late", "NO ANSWER", "Dial")],
)
def test_dispositions(manager: Manager, extension: str, disposition: str, application: str) -> None:
    found = [each for each in records_of(manager, extension) if each["DestinationChannel"]]
    (record,) = found
    assert (record["Disposition"], record["LastApplication"]) == (disposition, application)
    assert (record["Source"], record["CallerID"]) == ("100", '"Ann" <100>')
    assert record["Destination"] == extension
    answered = disposition == "ANSWERED"
    assert (int(record["BillableSeconds"]) >= 1) is answered
    assert (record["AnswerTime"] != "") is answered


def test_what_the_dialplan_writes_into_a_record(manager: Manager, server: Server) -> None:
    record = next(each for each in records_of(manager, "marked", "records")
                  if each["Channel"].endswith(";2"))  # fmt: skip
    assert (record["AccountCode"], record["AMAFlags"]) == ("acc", "BILLING")
    assert record["UserField"] == "mine"
    log = server.folder / "astlogdir/cdr-csv/Master.csv"
    assert '"acc","100","marked","records"' in server.wait_for(log, '"acc"')


def test_forked_records_and_none_at_all(manager: Manager) -> None:
    forked = [each for each in records_of(manager, "forks", "records")
              if each["Channel"].endswith(";2")]  # fmt: skip
    assert sorted(each["UserField"] for each in forked) == ["", "second"]
    manager.mark()
    left = records_of(manager, "unrecorded", "records")
    assert [each["Channel"][-2:] for each in left] == [";1"]


def test_channel_events_come_in_order(manager: Manager) -> None:
    manager.originate("Local/talks@dials/n", Application="Wait", Data="3")
    end = manager.wait("CEL", EventName="LINKEDID_END")
    told = [each for each in manager.told("CEL") if each["LinkedID"] == end["LinkedID"]]
    channels = {each["Channel"] for each in told}
    assert len(channels) == 4
    for channel in channels:
        names = [each["EventName"] for each in told if each["Channel"] == channel]
        assert names[0] == "CHAN_START"
        assert [each for each in names if each in {"HANGUP", "CHAN_END"}] == ["HANGUP", "CHAN_END"]
    assert told[-1]["EventName"] == "LINKEDID_END"
    assert [each["EventName"] for each in told].count("BRIDGE_ENTER") == 2


def test_a_dialplan_is_read_anew(manager: Manager, server: Server) -> None:
    server.write(
        "extensions.conf", DIALPLAN + "[late]\nexten => 1,1,UserEvent(Late)\n same => n,Wait(9)\n"
    )
    try:
        assert server.ask("dialplan reload") == "Dialplan reloaded.\n"
        manager.originate("Local/1@late/n", Application="Wait", Data="9")
        manager.wait("UserEvent", UserEvent="Late")
    finally:
        server.write("extensions.conf", DIALPLAN)
        server.ask("dialplan reload")
    assert "There is no existence of 'late' context\n" in server.ask("dialplan show late")


def test_a_module_of_the_core_is_reloaded_by_name(manager: Manager, server: Server) -> None:
    assert server.ask("module reload cdr") == "Module 'cdr' reloaded successfully.\n"
    assert server.ask("module reload app_queue") == "Module 'app_queue' reloaded successfully.\n"
    assert server.ask("module reload nothing") == "No such module 'nothing'\n"
    assert manager.do("Reload", Module="cdr")["Response"] == "Success"


def test_a_file_of_a_call_that_nobody_answers_is_tried_again(
    manager: Manager, server: Server
) -> None:
    spool = server.folder / "astspooldir"
    draft = spool / "tmp" / "again"
    draft.write_text(
        "Channel: Local/busy@answers/n\nMaxRetries: 1\nRetryTime: 1\nWaitTime: 5\n"
        "Context: answers\nExtension: stays\nPriority: 1\nAlwaysDelete: yes\n"
    )
    draft.rename(spool / "outgoing" / "again")
    for _ in range(2):
        manager.wait("DialEnd", DialStatus="BUSY")
        manager.mark()
    gone(server, spool / "outgoing" / "again")


def gone(server: Server, path: Path) -> None:
    """Wait until a file is no more: its folder is looked at when the server has done a command."""
    for _ in range(100):
        if not path.exists():
            return
        server.ask("core show uptime")
    raise AssertionError(server.log())


def test_what_the_dialplan_says_is_in_the_log(manager: Manager, server: Server) -> None:
    manager.originate("Local/functions@features/n", Application="Wait", Data="9")
    manager.wait("Newexten", Application="Verbose")
    text = server.wait_for(server.folder / "astlogdir/full", "said by the dialplan")
    assert "Executing [functions@features:1] Answer(" in text
    server.ask("logger rotate")
    assert (server.folder / "astlogdir/full.0").exists()


def test_who_may_only_read_changes_nothing(server: Server) -> None:
    with Manager(server, "reader") as reader:
        for action, given in (
            ("Originate", {"Channel": "Local/stays@answers", "Application": "Wait"}),
            ("Command", {"Command": "core stop now"}),
            ("Setvar", {"Variable": "X", "Value": "1"}),
            ("DBPut", {"Family": "a", "Key": "b", "Val": "c"}),
            ("QueueAdd", {"Queue": "empty", "Interface": "Local/x"}),
            ("Reload", {}),
        ):
            answer = reader.do(action, **given)
            assert (answer["Response"], answer["Message"]) == ("Error", "Permission denied")
