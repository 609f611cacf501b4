"""Key calls of the three systems, run through in virtual time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from switchroom.pbx.channel import Channel
from tests.dialplan.systems.test_loading import load
from tests.support.calls import Ran, run_call

WEDNESDAY_NOON = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()
WEDNESDAY_NIGHT = datetime(2026, 11, 25, 22, tzinfo=UTC).timestamp()
CHRISTMAS = datetime(2026, 12, 25, 12, tzinfo=UTC).timestamp()


def nothing(channel: Channel, data: str) -> None:
    """An application that does nothing here."""


def sets(name: str, value: str) -> Callable[[Channel, str], None]:
    return lambda channel, data: channel.set_variable(name, value)


# in the manner of VICIdial: 1.4


DIALLER = {"AGI": nothing, "DeadAGI": nothing, "MeetMe": nothing, "Voicemail": nothing}


def test_a_carrier_call_is_logged_before_and_after() -> None:
    number = "913125551234"
    ran = run_call(
        load("vicidial"),
        "default",
        number,
        stubs=DIALLER,
        parties={"DAHDI/g1/13125551234": "answer"},
    )
    assert ran.dialled == ["DAHDI/g1/13125551234"]
    assert ran.data("AGI") == ["agi://127.0.0.1:4577/call_log"]
    assert ran.path == [f"{number}@default:1", f"{number}@default:2", "h@default:1"]
    assert ran.data("DeadAGI")[0].startswith(
        "agi://127.0.0.1:4577/call_log--HVcauses--PRI-----NODEBUG-----16-----ANSWER-----"
    )


def test_a_busy_carrier_jumps_to_n_plus_101() -> None:
    ran = run_call(
        load("vicidial"),
        "default",
        "913125551234",
        stubs=DIALLER,
        parties={"DAHDI/g1/13125551234": "busy"},
    )
    assert [step[2] for step in ran.steps[:4]] == [1, 2, 103, 104]
    assert ran.data("NoOp") == ["busy: BUSY"]


def test_a_phone_that_is_busy_has_its_own_voicemail_and_others_go_on() -> None:
    parties = {"SIP/cc103": "busy", "SIP/cc101": "busy", "SIP/cc102": "silent"}
    ran = run_call(load("vicidial"), "default", "103", stubs=DIALLER, parties=parties)
    assert ran.data("Voicemail") == ["b103"]
    ran = run_call(load("vicidial"), "default", "101", stubs=DIALLER, parties=parties)
    assert ran.data("Voicemail") == ["u0101"]
    assert ran.path[-4:-1] == [f"8502666666660101@default:{n}" for n in (1, 2, 3)]


def test_applications_without_parentheses_and_conditions_with_pipes() -> None:
    ran = run_call(load("vicidial"), "default", "8168", caller="12")
    assert ran.data("SayDigits") == ["12"]
    assert ran.path[-2:] == ["8160@default:4", "h@default:1"]
    for caller, said in (("13125551234", "long,1234"), ("5551234", "7,1234"), ("", "none,none")):
        ran = run_call(load("vicidial"), "default", "8170", caller=caller)
        assert ran.data("NoOp") == [said]


def test_a_customer_comes_in_by_a_number_or_another() -> None:
    ran = run_call(load("vicidial"), "trunkinbound", "8005551007", stubs=DIALLER)
    assert ran.path == [*(f"8005551007@trunkinbound:{n}" for n in range(1, 6)), "h@trunkinbound:1"]
    assert "CL_GALLERIA07" in ran.data("AGI")[0]
    ran = run_call(load("vicidial"), "trunkinbound", "999", stubs=DIALLER)
    assert ran.data("AGI") == ["agi-DID_route.agi"]


def test_servers_reach_each_other_by_a_prefix() -> None:
    ran = run_call(load("vicidial"), "servers", "010*010*010*011*8160")
    assert ran.path == [
        "010*010*010*011*8160@servers:1",
        *(f"8160@default:{n}" for n in (1, 2, 3, 4)),
        "h@default:1",
    ]
    ran = run_call(load("vicidial"), "servers", "010*010*010*011*78600051*1", stubs=DIALLER)
    assert ran.data("AGI") == ["agi-VDADfixCXFER.agi"]


# in the manner of Wazo: routines


LINES = {
    "/lines/101/interface": "PJSIP/north101",
    "/lines/102/interface": "PJSIP/north102",
    "/lines/101/busy": "voicemail:101",
    "/lines/102/forward": "101",
    "/groups/north-1/members": "PJSIP/north103&PJSIP/north104",
    "/groups/north-1/timeout": "15",
    "/routes/4930111": "user:101",
    "/routes/4930112": "group:north-1:hours",
    "/schedules/hours": "9:00-17:00,mon-fri,*,*",
    "/trunks/national/1": "PJSIP/trunk-a",
    "/trunks/national/2": "PJSIP/trunk-b",
    "/permissions/140/national": "no",
}


def wazo(context: str, number: str, now: float = WEDNESDAY_NOON, **more: object) -> Ran:
    stubs = {
        "VoiceMail": sets("VMSTATUS", "SUCCESS"),
        "MixMonitor": nothing,
        "SayUnixTime": nothing,
    }
    return run_call(
        load("wazo", now), context, number, database=LINES, stubs=stubs, now=now, **more  # type: ignore[arg-type]  # passed through
    )  # fmt: skip


def test_a_user_is_called_in_frames_of_gosub() -> None:
    ran = wazo("tenant-north", "101", parties={"PJSIP/north101": "silent"})
    assert ran.data("Dial") == ["PJSIP/north101,20,tT"]
    assert ran.data("Gosub")[:2] == ["user,s,1(101,20)", "presubroutine,s,1(user,101)"]
    assert ran.data("Return")[-2:] == ["NOANSWER", ""]  # the last is that of h
    assert ran.variables["TENANT"] == "north"
    assert "line" not in ran.variables  # it was the routine's own


def test_busy_leads_to_voicemail() -> None:
    ran = wazo("tenant-north", "101", parties={"PJSIP/north101": "busy"})
    assert ran.data("VoiceMail") == ["101@default,b"]


def test_a_forwarded_line_and_one_in_a_circle() -> None:
    ran = wazo("tenant-north", "102", parties={"PJSIP/north101": "answer"})
    assert ran.dialled == ["PJSIP/north101"]
    lines = LINES | {"/lines/101/forward": "102"}
    ran = run_call(load("wazo"), "tenant-north", "102", database=lines)
    assert "LOOP" in ran.data("Return")
    assert ran.dialled == []


def test_an_incoming_call_finds_its_route_in_its_hours() -> None:
    parties = {"PJSIP/north101": "answer", "PJSIP/north104": "answer"}
    assert wazo("incoming-north", "+4930111", parties=parties).dialled == ["PJSIP/north101"]
    ran = wazo("incoming-north", "4930112", parties=parties)
    assert sorted(ran.dialled) == ["PJSIP/north103", "PJSIP/north104"]
    ran = wazo("incoming-north", "4930112", WEDNESDAY_NIGHT, parties=parties)
    assert ran.data("Playback") == ["tenant/closed,noanswer"]
    ran = wazo("incoming-north", "4930112", CHRISTMAS, parties=parties)
    assert ran.data("Playback") == ["tenant/closed,noanswer"]
    assert wazo("incoming-north", "4930119").data("Playback") == ["no-user-find"]


def test_a_number_that_is_included_by_night_only() -> None:
    assert load("wazo", WEDNESDAY_NIGHT).find("incoming-north", "4930999", 2) is not None
    by_night = wazo("incoming-north", "4930999", WEDNESDAY_NIGHT)
    assert by_night.path[0] == "4930999@incoming-north:1"
    assert by_night.data("NoOp") == ["incoming 4930999 of incoming-north"]  # its own pattern first


def test_trunks_are_tried_in_order_and_permissions_asked() -> None:
    parties = {"PJSIP/trunk-b/0301": "answer", "PJSIP/trunk-a/0301": "congestion"}
    assert wazo("tenant-north", "0301", parties=parties).dialled == [
        "PJSIP/trunk-a/0301",
        "PJSIP/trunk-b/0301",
    ]
    ran = wazo("tenant-north", "0301", caller="140", parties=parties)
    assert ran.dialled == []
    assert ran.data("Playback") == ["you-dont-have-access"]


def test_features_write_the_database() -> None:
    ran = wazo("tenant-north", "*25", caller="101")
    assert ran.data("Playback") == ["dnd-on"]
    ran = wazo("tenant-north", "*21201", caller="101")
    assert ran.data("Set") == ["DB(lines/101/forward)=201"]


def test_a_menu_takes_keys_and_comes_back() -> None:
    ran = wazo("tenant-north", "190", keys="1", parties={"PJSIP/north103": "busy"})
    assert "1@tenant-north-menu:1" in ran.path
    assert ran.path.count("s@tenant-north-menu:2") == 2
    ran = wazo("tenant-north", "190", keys="9")
    assert ran.data("Gosub") == ["announce,s,1(invalid)"]


def test_a_context_that_was_added_to_by_hand() -> None:
    ran = wazo("tenant-south", "299", parties={"PJSIP/north101": "answer"})
    assert ran.dialled == ["PJSIP/north101"]


# in the manner of FreePBX: macros


USERS = {
    "/DEVICE/201/user": "201",
    "/DEVICE/201/dial": "PJSIP/201",
    "/DEVICE/202/user": "202",
    "/DEVICE/202/dial": "PJSIP/202",
    "/AMPUSER/201/cidname": "Alice",
    "/AMPUSER/201/device": "201",
    "/AMPUSER/201/voicemail": "default",
    "/AMPUSER/202/cidname": "Bob",
    "/AMPUSER/202/device": "202",
    "/AMPUSER/202/voicemail": "default",
    "/AMPUSER/200/device": "200",
    "/DEVICE/200/dial": "PJSIP/200",
}
STUBS = {
    **dict.fromkeys(("MixMonitor", "NoCDR", "ResetCDR", "PlayTones", "Queue"), nothing),
    "Voicemail": sets("VMSTATUS", "SUCCESS"),
}


def freepbx(
    context: str,
    number: str,
    now: float = WEDNESDAY_NOON,
    database: Mapping[str, str] | None = None,
    **more: object,
) -> Ran:
    rows = USERS | dict(database or {})
    return run_call(
        load("freepbx", now), context, number, now=now, database=rows, stubs=STUBS, **more  # type: ignore[arg-type]  # passed through
    )  # fmt: skip


def macros(ran: Ran) -> list[str]:
    return [data.partition(",")[0] for data in ran.data("Macro")]


def test_an_extension_is_called_by_macros_within_macros() -> None:
    parties = {"PJSIP/202": "silent"}
    ran = freepbx("from-internal", "202", caller="201", parties=parties)
    assert macros(ran)[:5] == ["exten-vm", "user-callerid", "record-enable", "dial-one", "vm"]
    assert ran.data("Dial") == ["PJSIP/202,15,Ttr"]
    assert ran.data("Voicemail") == ["202@default,su"]
    assert 'CALLERID(all)="Alice" <201>' in ran.data("Set")
    assert ran.variables["TTL"] == "64"


def test_busy_do_not_disturb_and_forwarding() -> None:
    parties = {"PJSIP/201": "busy", "PJSIP/202": "answer"}
    ran = freepbx("from-internal", "201", caller="202", parties=parties)
    assert ran.data("Voicemail") == ["201@default,sb"]
    ran = freepbx(
        "from-internal", "201", caller="202", database={"/DND/201": "YES"}, parties=parties
    )
    assert ran.dialled == []
    assert ran.data("Voicemail") == ["201@default,sb"]
    ran = freepbx(
        "from-internal", "201", caller="202", database={"/CFB/201": "202"}, parties=parties
    )
    assert ran.dialled == ["PJSIP/201", "PJSIP/202"]


def test_an_extension_without_voicemail_says_what_is_wrong() -> None:
    ran = freepbx("from-internal", "200", caller="201", parties={"PJSIP/200": "busy"})
    assert "s-BUSY@macro-exten-vm:4" in ran.path
    ran = freepbx("from-internal", "200", caller="201")
    assert "s-CHANUNAVAIL@macro-exten-vm:1" in ran.path  # by the pattern _s-!


def test_trunks_fail_through_with_their_own_caller_ids() -> None:
    parties = {"PJSIP/provider-a/030123456": "congestion", "PJSIP/provider-b/0030123456": "answer"}
    ran = freepbx("from-internal", "030123456", caller="201", parties=parties)
    assert ran.dialled == ["PJSIP/provider-a/030123456", "PJSIP/provider-b/0030123456"]
    assert "1?Set(CALLERID(num)=49301234)" in ran.data("ExecIf")
    assert "Calling Out Route: national" in ran.data("NoOp")
    ran = freepbx("from-internal", "234567", caller="201")
    assert "TRUNK: DAHDI/g0 DISABLED - falling through to next trunk" in ran.data("NoOp")
    assert ran.data("Playback") == ["our-lines-are-busy,noanswer"]


def test_a_custom_trunk_and_a_number_that_nobody_routes() -> None:
    parties = {"PJSIP/provider-a/0301": "congestion", "IAX2/backup/0301": "answer"}
    ran = freepbx("from-internal", "0301", caller="201", parties=parties)
    assert ran.data("Dial")[2] == "Local/0301@backup-gateway,300,T"
    ran = freepbx("from-internal", "1234567890", caller="201")
    assert ran.data("Playback")[0].startswith("silence/1&cannot-complete-as-dialed")


def test_calls_from_outside_by_day_and_by_night() -> None:
    ran = freepbx(
        "from-trunk", "4930123400", caller="0171", keys="3", parties={"PJSIP/201": "answer"}
    )
    assert "s@ivr-1:1" in ran.path
    assert ran.dialled == ["PJSIP/201"]
    assert ran.variables["FROM_DID"] == "4930123400"
    ran = freepbx("from-trunk", "4930123400", WEDNESDAY_NIGHT, caller="0171")
    assert ran.data("Playback") == ["custom/announcement-0,noanswer"]
    ran = freepbx("from-trunk", "4930123400", caller="0171", database={"/blacklist/0171": "1"})
    assert ran.path[-1] == "hangup@app-blackhole:2"


def test_a_menu_asks_three_times() -> None:
    ran = freepbx("ivr-menus", "7000", parties={})
    assert ran.path.count("s@ivr-1:11") == 3
    assert ran.data("Playback") == ["goodbye"]


def test_features_of_a_user() -> None:
    ran = freepbx("from-internal", "*78", caller="201")
    assert "DB(DND/201)=YES" in ran.data("Set")
    ran = freepbx("from-internal", "*740", caller="201", keys="202#")
    assert "DB(CFU/201)=202" in ran.data("Set")
    ran = freepbx("from-internal", "*05", caller="201", database={"/sysspeeddials/5": "202"},
                  parties={"PJSIP/202": "answer"})  # fmt: skip
    assert ran.dialled == ["PJSIP/202"]
    ran = freepbx("from-internal", "900", caller="201", parties={"PJSIP/200": "answer"})
    assert ran.data("Playback") == ["please-enter-the;pin"]
    assert ran.dialled == ["PJSIP/200"]


def test_callers_of_a_did_are_told_apart() -> None:
    dialplan = load("freepbx")
    found = [
        dialplan.find("from-trunk", "4930124000", 1, caller) for caller in ("4917155", "", "5")
    ]
    assert [each.priorities[1].data if each else "" for each in found] == [
        "__FROM_DID=4930124000",
        "app-announcement-1,s,1",
        "__FROM_DID=${EXTEN}",
    ]
    ran = freepbx("from-trunk", "4930124000", caller="")
    assert ran.data("Playback") == ["custom/announcement-1,noanswer"]
    assert ran.path[-1] == "hangup@app-blackhole:2"


def test_nobody_knows_the_did() -> None:
    ran = freepbx("from-trunk", "999", caller="1")
    assert ran.path[:6] == [
        *("999@from-trunk:1", "999@from-trunk:2", "999@from-trunk:3"),
        *("s@from-trunk:4", "s@from-trunk:5", "s@from-trunk:6"),
    ]
    assert ran.data("SayAlpha")[0] == "999"


def test_the_override_file_is_first() -> None:
    dialplan = load("freepbx")
    found = dialplan.find("macro-outisbusy", "s", 2)
    assert found is not None
    assert found.priorities[2].data == "our-lines-are-busy,noanswer"
    assert found.priorities[4].application == "Macro"
