"""Functions that are a line or two each."""

from pathlib import Path

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.events import VariableSet
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.hangup_causes import note_end
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.properties import RecordProperties
from switchroom.pbx.states.presence import PresenceChanged, PresenceState
from tests.support.dialplan import lines_of, run_dialplan, value_of
from tests.support.fakes import make_channel


def test_variables_that_are_taken_away() -> None:
    lines = [
        "Set(_v=1)",
        "Set(GLOBAL(g)=2)",
        "Set(DELETE(v)=)",
        "Set(R=${VARIABLE_EXISTS(v)}${GLOBAL_EXISTS(g)})",
    ]
    more = [
        "Set(GLOBAL_DELETE(g)=)",
        "Set(GLOBAL_DELETE(none)=)",
        "Set(R=${R}${GLOBAL_EXISTS(g)}[${g}])",
    ]
    assert value_of(*lines, *more) == "010[]"


def test_blacklist() -> None:
    lines = [
        "Set(DB(blacklist/123)=1)",
        "Set(CALLERID(num)=124)",
        "Set(R=${BLACKLIST()})",
        "Set(CALLERID(num)=123)",
    ]
    assert value_of(*lines, "Set(R=${R}${BLACKLIST()})") == "01"


def test_dial_group() -> None:
    lines = [
        "Set(DIALGROUP(g)=SIP/1&SIP/2)", "Set(DIALGROUP(g,add)=SIP/3)", "Set(DIALGROUP(g,add)=SIP/1)",
        "Set(DIALGROUP(g,del)=SIP/2)", "Set(DIALGROUP(g,swap)=SIP/9)", "Set(R=${DIALGROUP(g)}|${DIALGROUP(none)})",
    ]  # fmt: skip
    assert value_of(*lines) == "SIP/1&SIP/3|"


def test_hangup_causes_of_dialled_channels() -> None:
    def prepare(pbx: Pbx, channel: Channel) -> None:
        for name, cause in (
            ("Fake/a-01", HangupCause.USER_BUSY),
            ("Fake/b-02", HangupCause.NO_ANSWER),
        ):
            dialled = make_channel(pbx, name=name)
            dialled.hangup_cause = cause
            note_end(channel, dialled)

    read = "${HANGUPCAUSE_KEYS()}|${HANGUPCAUSE(Fake/a-01,ast)}|${HANGUPCAUSE(Fake/b-02,tech)}|${HANGUPCAUSE(x,ast)}"
    outcome = run_dialplan(
        lines_of(f"Set(R={read})", "HangupCauseClear()", "Set(S=${HANGUPCAUSE_KEYS()})"),
        prepare=prepare,
    )
    assert outcome["R"] == "Fake/a-01,Fake/b-02|User busy||"
    assert outcome["S"] == ""


def test_ast_config(tmp_path: Path) -> None:
    (tmp_path / "q.conf").write_text(
        "[a]\nmember=1\nMember => 2\n[b]\nmember=3\n[a](+)\nmember=4\n"
    )

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.directories = Directories(astetcdir=tmp_path)

    calls = [
        "q.conf,a,member",
        "q.conf,a,MEMBER,1",
        "q.conf,a,member,-1",
        "q.conf,a,member,9",
        "q.conf,c,member",
        "none.conf,a,b",
    ]
    read = "|".join(f"${{AST_CONFIG({call})}}" for call in calls)
    assert run_dialplan(lines_of(f"Set(R={read})"), prepare=prepare, real=True)["R"] == "1|2|4|||"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("${CDR(src)}|${CDR(clid)}|${CDR(dst)}|${CDR(dcontext)}", '5|"Ann" <5>|s|default'), ("${CDR(channel)}", "Fake/1-00000000"),
        ("${CDR(duration)}${CDR(billsec)}", "00"), ("${CDR(amaflags)}${CDR(amaflags,u)}", "OMIT1"), ("${CDR(mine)}", "added"),
        ("${CDR(accountcode)}${CHANNEL(accountcode)}", "acctacct"), ("[${CDR(end)}${CDR(nosuch)}]", "[]"),
        ("${CDR(end,u)}", "0.000000"), ("${REGEX(\"^20[0-9-]+ [0-9:]+$\" ${CDR(start)})}", "1"), ("${CDR(disposition)}", "NO ANSWER"),
        ("${LEN(${CDR(start,f)})}", "17"), ("${CDR(uniqueid)}", "${UNIQUEID}"),
    ],
)  # fmt: skip
def test_cdr(read: str, value: str) -> None:
    lines = [
        'Set(CALLERID(all)="Ann" <5>)', "Set(CDR(accountcode)=acct)", "Set(CDR(amaflags)=omit)", "Set(CDR(Mine)=added)",
        "Set(CDR(src)=9)", f"Set(R={read})", f"Set(S={value})",
    ]  # fmt: skip
    outcome = run_dialplan(lines_of(*lines))
    assert outcome["R"] == outcome["S"]


def test_cdr_of_an_answered_call_in_h() -> None:
    conf = lines_of("Answer()", "Hangup()") + "exten => h,1,Set(R=${CDR(disposition)})\n"
    assert run_dialplan(conf)["R"] == "ANSWERED"
    assert ChannelState.UP.text == "Up"


def test_presence() -> None:
    told: list[PresenceChanged] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.events.subscribe(PresenceChanged, told.append)

    lines = [
        "Set(PRESENCE_STATE(CustomPresence:ann)=away,lunch,back, at two)", "Set(PRESENCE_STATE(CustomPresence:ann)=gone)",
        "Set(PRESENCE_STATE(PJSIP:ann)=away)", "Set(PRESENCE_STATE(CustomPresence:bob)=dnd,,SGk=,e)",
        "Set(R=${PRESENCE_STATE(CustomPresence:ann,value)}|${PRESENCE_STATE(CustomPresence:ann,subtype)})",
        "Set(R=${R}|${PRESENCE_STATE(CustomPresence:ann,subtype,e)}|${PRESENCE_STATE(CustomPresence:bob,message)})",
        "Set(R=${R}|${PRESENCE_STATE(CustomPresence:eve,value)}|${PRESENCE_STATE(CustomPresence:ann,mood)})",
    ]  # fmt: skip
    assert run_dialplan(lines_of(*lines), prepare=prepare)["R"] == "away|lunch|bHVuY2g=|Hi|not_set|"
    assert [(event.provider, event.presence.state) for event in told] == [
        ("CustomPresence:ann", PresenceState.AWAY), ("CustomPresence:bob", PresenceState.DND),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "known"),
    [
        ("app_macro.so", "1"), ("app_stack", "1"), ("func_strings.so", "1"), ("func_callerid.so", "1"), ("chan_local.so", "0"),
        ("res_odbc.so", "0"), ("app_nonsense.so", "0"), ("cdr_odbc.so", "0"),
    ],
)  # fmt: skip
def test_modules(module: str, known: str) -> None:
    assert value_of(f"Set(R=${{IFMODULE({module})}})") == known


def test_variables_that_the_channel_answers() -> None:
    conf = """
[default]
exten => s,1,Set(CALLERID(all)="Ann" <5>)
 same => n,Set(R=${CALLINGPRES}${CALLINGANI2}${CALLINGTON}|${HINT}|${HINTNAME}|${ASTETCDIR}|${LEN(${ENTITYID})})
 same => n,Set(HINT=mine)
 same => n,Set(R=${R}|${HINT})
exten => s,hint,PJSIP/ann(Ann)
"""
    assert run_dialplan(conf)["R"] == "000|PJSIP/ann|Ann|/etc/asterisk|17|PJSIP/ann"


def test_db_delete_is_written_too() -> None:
    assert value_of("Set(DB(a/b)=1)", "Set(DB_DELETE(a/b)=)", "Set(R=${DB_EXISTS(a/b)})") == "0"


def test_record_properties() -> None:
    properties: list[RecordProperties] = []

    def prepare(_: Pbx, channel: Channel) -> None:
        properties.append(channel.datastore(RecordProperties))

    lines = [
        "Set(CDR_PROP(disable)=1)",
        "Set(CDR_PROP(party_a)=1)",
        "Set(CDR_PROP(party_a)=0)",
        "Set(CDR_PROP(x)=1)",
    ]
    run_dialplan(lines_of(*lines), prepare=prepare)
    assert properties == [RecordProperties(is_disabled=True)]


def test_hangup_causes_after_a_dial() -> None:
    conf = r"""
[default]
exten => s,1,Dial(Local/busy@to/n&Local/gone@to/n,5)
 same => n,Set(R=${HANGUPCAUSE_KEYS()}|${HANGUPCAUSE(Local/busy@to-00000000\;1,ast)}|${HANGUPCAUSE(Local/gone@to-00000001\;1,ast)})
[to]
exten => busy,1,Hangup(17)
exten => gone,1,Hangup(1)
"""
    found = run_dialplan(conf, technologies={"LOCAL": LocalTechnology()})["R"]
    assert (
        found
        == "Local/busy@to-00000000;1,Local/gone@to-00000001;1|User busy|Unallocated (unassigned) number"
    )


def test_a_global_variable_is_told_as_one_of_no_channel() -> None:
    told: list[VariableSet] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.events.subscribe(VariableSet, told.append)

    run_dialplan(lines_of("Set(GLOBAL(night)=yes)"), prepare=prepare)
    assert told == [VariableSet("none", "none", "night", "yes")]
