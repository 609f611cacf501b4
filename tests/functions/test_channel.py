import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import AccountCodeChanged
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan, value_of
from tests.support.fakes import make_channel


@pytest.mark.parametrize(
    ("assignment", "read", "value"),
    [
        ("x=", "${CHANNEL(name)}|${CHANNEL(channeltype)}|${CHANNEL(EXTEN)}", "Fake/1-00000000|Fake|s"),
        ("CHANNEL(language)=de", "${CHANNEL(language)}", "de"), ("CHANNEL(accountcode)=a,b", "${CHANNEL(accountcode)}", "a,b"),
        ("CHANNEL(amaflags)=omit", "${CHANNEL(amaflags)}", "1"), ("CHANNEL(amaflags)=9", "${CHANNEL(amaflags)}", "3"),
        ("CHANNEL(callgroup)=1,3-5,99", "${CHANNEL(callgroup)}", "1, 3, 4, 5"), ("CHANNEL(pickupgroup)=x", "${CHANNEL(pickupgroup)}", ""),
        ("CHANNEL(callgroup)=60-4000000000", "${CHANNEL(callgroup)}", "60, 61, 62, 63"),
        ("CHANNEL(namedcallgroup)=a, b", "${CHANNEL(namedcallgroup)}", "a,b"),
        ("CHANNEL(transfercapability)=video", "${CHANNEL(transfercapability)}", "VIDEO"),
        ("CHANNEL(transfercapability)=x", "${CHANNEL(transfercapability)}", "SPEECH"),
        ("CHANNEL(max_forwards)=3", "${CHANNEL(max_forwards)}", "3"), ("CHANNEL(name)=x", "${CHANNEL(name)}", "Fake/1-00000000"),
        ("CHANNEL(bogus)=x", "[${CHANNEL(bogus)}]", "[]"), ("x=", "${CHANNEL(audionativeformat)}", "(slin)"),
    ],
)  # fmt: skip
def test_item(assignment: str, read: str, value: str) -> None:
    assert value_of(f"Set({assignment})", f"Set(R={read})") == value


def test_hangup_handlers_run_after_h_the_last_one_first() -> None:
    conf = lines_of(
        "Set(CHANNEL(hangup_handler_push)=later,s,1(a))",
        "Set(CHANNEL(hangup_handler_push)=later,s,1(b))",
        "Set(CHANNEL(hangup_handler_push)=nowhere,s,1)",
        "Hangup()",
    )
    conf += "exten => h,1,Set(R=h)\n[later]\nexten => s,1,Set(R=${R}${ARG1})\n same => n,Return()\n"
    assert run_dialplan(conf)["R"] == "hba"


@pytest.mark.parametrize(
    ("change", "ran"),
    [("pop", "a"), ("wipe", ""), ("pop=later,s,1(c)", "ca"), ("wipe=later,s,1(c)", "c")],
)
def test_hangup_handlers_are_taken_back(change: str, ran: str) -> None:
    item, _, routine = change.partition("=")
    conf = lines_of(
        "Set(CHANNEL(hangup_handler_push)=later,s,1(a))",
        "Set(CHANNEL(hangup_handler_push)=later,s,1(b))",
        f"Set(CHANNEL(hangup_handler_{item})={routine})",
    )
    conf += "[later]\nexten => s,1,Set(R=${R}${ARG1})\n same => n,Return()\n"
    assert run_dialplan(conf)["R"] == ran


def with_another(pbx: Pbx, channel: Channel) -> None:
    other = make_channel(pbx, name="PJSIP/alice-0000000a")
    other.variables["v"] = "theirs"
    other.caller.number = "5"
    channel.linked_id = other.unique_id


def read_with_another(*lines: str) -> str:
    return run_dialplan(lines_of(*lines), prepare=with_another)["R"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${CHANNELS()}", "Fake/1-00000000 PJSIP/alice-0000000a"), ("${CHANNELS(^PJSIP)}", "PJSIP/alice-0000000a"),
        ("${CHANNELS([)}", ""), ("${CHANNEL_EXISTS(PJSIP/alice-0000000a)}${CHANNEL_EXISTS(pjsip/ALICE)}", "11"),
        ("${CHANNEL_EXISTS(PJSIP/bob)}${CHANNEL_EXISTS()}", "0"), ("${CHANNEL_EXISTS(${UNIQUEID})}", "1"),
        ("${IMPORT(PJSIP/alice,v)}${IMPORT(PJSIP/alice,CALLERID(num))}", "theirs5"), ("${IMPORT(PJSIP/bob,v)}", ""),
        ("${MASTER_CHANNEL(v)}", "theirs"), ("${IMPORT(PJSIP/alice,EVAL(1))}", ""),
    ],
)  # fmt: skip
def test_other_channels(text: str, value: str) -> None:
    assert read_with_another(f"Set(R={text})") == value


@pytest.mark.parametrize("name", ["MASTER_CHANNEL(w)", "EXPORT(PJSIP/alice,w)"])
def test_setting_on_another_channel(name: str) -> None:
    assert read_with_another(f"Set({name}=set)", "Set(R=${IMPORT(PJSIP/alice,w)}|${w})") == "set|"


def test_writing_a_function_on_another_channel() -> None:
    lines = [
        "Set(EXPORT(PJSIP/alice,CALLERID(num))=7)",
        "Set(R=${IMPORT(PJSIP/alice,CALLERID(num))})",
    ]
    assert read_with_another(*lines) == "7"


def test_shared_variables() -> None:
    lines = ["Set(SHARED(x,PJSIP/alice)=1)", "Set(SHARED(x)=2)"]
    assert (
        read_with_another(
            *lines, "Set(R=${SHARED(x,PJSIP/alice)}${SHARED(x)}${SHARED(x,none)}[${x}])"
        )
        == "12[]"
    )


def test_another_account_is_told() -> None:
    told: list[str] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        channel.account_code = "old"
        pbx.events.subscribe(AccountCodeChanged, lambda event: told.append(event.before))

    conf = lines_of("Set(CHANNEL(accountcode)=new)", "Set(CHANNEL(accountcode)=new)")
    run_dialplan(conf, prepare=prepare)
    assert told == ["old"]
