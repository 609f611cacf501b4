"""Jumps, includes, order: small dialplans and what is found in them."""

from pathlib import Path

import pytest

from tests.tools.check.support import checked, underlined

PLACES = "SW201,SW202,SW203,SW204,SW205"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        # what exists
        ("Goto(200,1)", []),
        ("Goto(office,200,1)", []),
        ("Goto(office,200,again)", []),
        ("Goto(2)", []),
        ("Goto(end)", []),
        ("Goto(${somewhere},200,1)", []),
        ("Goto(${place})", []),
        ("Goto(office,${EXTEN},1)", []),
        ("Goto(office,20${digit},1)", []),
        ("Goto(+1)", []),
        ("GotoIf($[${x}]?office,200,1:end)", []),
        ("GotoIf($[${x}]?:end)", []),
        ("GotoIfTime(9:00-17:00,mon-fri,*,*?office,200,1)", []),
        ("Gosub(office,200,again(a,b))", []),
        ("Dial(Local/200@office/n)", []),
        ("Dial(Local/${EXTEN}@off${which})", []),
        ("Dial(PJSIP/100,,U(office^a))", [("SW202", "office")]),
        ("Dial(PJSIP/100,,G(office^200^1))", []),
        ("Dial(PJSIP/100,,F(office,200,1))", []),
        ("Dial(PJSIP/100,,U(office,200,1(x)))", []),
        ("Dial(PJSIP/100,,F(ofice,200,1))", [("SW201", "ofice")]),
        ("Goto(pattern,5551234,1)", []),
        ("Set(CHANNEL(hangup_handler_push)=office,200,1)", []),
        # what does not
        ("Goto(ofice,200,1)", [("SW201", "ofice")]),
        ("Goto(office,300,1)", [("SW202", "300")]),
        ("Goto(office,200,agian)", [("SW203", "agian")]),
        ("Goto(office,200,7)", [("SW203", "7")]),
        ("Goto(nowhere)", [("SW203", "nowhere")]),
        ("Goto(ofice-${x},200,1)", [("SW201", "ofice-${x}")]),
        ("Goto(office,30${digit},1)", [("SW202", "30${digit}")]),
        ("Goto(pattern,4441234,1)", [("SW202", "4441234")]),
        ("GotoIf($[${x}]?office,300,1:nowhere)", [("SW202", "300"), ("SW203", "nowhere")]),
        ("GotoIfTime(9:00-17:00,mon-fri,*,*?ofice,200,1)", [("SW201", "ofice")]),
        ("ExecIf($[${x}]?Goto(ofice,200,1):Gosub(office,200,no))",
         [("SW201", "ofice"), ("SW203", "no")]),
        ("Gosub(ofice,200,1(a,b))", [("SW201", "ofice")]),
        ("Macro(ofice,a)", [("SW201", "ofice")]),
        ("Dial(Local/200@ofice/n)", [("SW201", "ofice")]),
        ("Dial(PJSIP/100&Local/300@office)", [("SW202", "300")]),
        ("Dial(PJSIP/100,,gU(ofice^a))", [("SW201", "ofice")]),
        ("Dial(PJSIP/100,,b(ofice^200^1(x)))", [("SW201", "ofice")]),
        ("Queue(support,,,,,,ofice)", [("SW201", "ofice")]),
        ("Originate(PJSIP/100,exten,ofice,200,1)", [("SW201", "ofice")]),
        ("Originate(PJSIP/100,app,Goto,ofice)", [("SW203", "ofice")]),
        ("Originate(Local/200@ofice,app,Echo)", [("SW201", "ofice")]),
        ("Background(beep,,,ofice)", [("SW201", "ofice")]),
        ("Set(CHANNEL(hangup_handler_push)=ofice,200,1)", [("SW201", "ofice")]),
        ("Set(__TRANSFER_CONTEXT=ofice)", [("SW201", "ofice")]),
        ("DISA(no-password,ofice)", [("SW201", "ofice")]),
        ("RetryDial(beep,1,3,Local/200@ofice)", [("SW201", "ofice")]),
        ("RetryDial(beep,1,3,PJSIP/1,20,U(ofice))", [("SW201", "ofice")]),
        ("Page(Local/200@ofice,b(ofice^1^1))", [("SW201", "ofice"), ("SW201", "ofice")]),
        ("FollowMe(1,B(ofice^1^1))", [("SW201", "ofice")]),
        ("ChanIsAvail(Local/200@ofice)", [("SW201", "ofice")]),
        ("AddQueueMember(support,Local/200@ofice/n)", [("SW201", "ofice")]),
        ("ChannelRedirect(${other},ofice,200,1)", [("SW201", "ofice")]),
        ("ChannelRedirect(${other},200,2)", [("SW203", "2")]),
        ("BlindTransfer(200,ofice)", [("SW201", "ofice")]),
        ("ExtenSpy(200@ofice)", [("SW201", "ofice")]),
        ("Pickup(200@PICKUPMARK&100@ofice)", [("SW201", "ofice")]),
        ("Set(CHANNEL(after_bridge_goto)=ofice,200,1)", [("SW201", "ofice")]),
        ("Set(GOTO_ON_BLINDXFR=ofice^200^1)", [("SW201", "ofice")]),
        ("Dial(PJSIP/1,,M(ofice^a))", [("SW201", "ofice")]),
        ("Gosub(office,300)", [("SW202", "office")]),
        ("Goto(a,b,c,d)", []),
        ("Goto()", []),
        ("Dial(Local/${x})", []),
        ("Dial(Local/200)", [("SW201", "200")]),
        ("Dial(PJSIP/1,,b(office", [("SW203", "office")]),
    ],
)  # fmt: skip
def test_jumps(step: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    text = f"""\
[phones]
exten => 100,1,{step}
 same => n(end),Hangup()
exten => 200,1,Answer()
[office]
exten => 200,1,Answer()
 same => n(again),Goto(again)
[pattern]
exten => _555X.,1,Answer()
"""
    report = checked(tmp_path, text, PLACES)
    assert [(f.code, underlined(f)) for f in report.findings] == expected


def test_a_label_may_stand_in_another_extension_that_the_number_means(tmp_path: Path) -> None:
    text = """\
[phones]
exten => _1XX,1,Goto(there)
exten => _2XX,1,Goto(there)
exten => _[12]X5,1,Answer()
exten => 123,1,Answer()
exten => 123,n(there),Hangup()
exten => _3X.,1,Goto(there)
exten => _30!,1,Answer()
exten => _30!,n(there),Hangup()
exten => _4XX,1,Goto(there)
exten => _4XXX,1,Answer()
exten => _4XXX,n(there),Hangup()
"""
    report = checked(tmp_path, text, PLACES)
    assert [f.place.line for f in report.findings] == [3, 10]


def test_a_jump_within_an_include_may_end_in_any_context_that_includes_it(tmp_path: Path) -> None:
    text = """\
[incoming]
include => services
exten => 1,1,Answer()
[services]
exten => 2,1,Goto(1,1)
exten => 3,1,Goto(4,1)
"""
    report = checked(tmp_path, text, PLACES)
    assert [(f.code, f.place.line) for f in report.findings] == [("SW202", 6)]


@pytest.mark.parametrize(
    "line",
    [
        "switch => Realtime/office@extensions",
        "include => elsewhere\n[elsewhere]\nswitch => DUNDi/x",
    ],
)
def test_nothing_is_certain_behind_a_switch(line: str, tmp_path: Path) -> None:
    text = f"[phones]\nexten => 100,1,Goto(office,999,1)\n[office]\nexten => 1,1,Answer()\n{line}\n"
    assert checked(tmp_path, text, PLACES).findings == ()


def test_what_modules_make_and_what_is_programmed_exists(tmp_path: Path) -> None:
    text = """\
[phones]
include => parkedcalls
include => my-parking
exten => 100,1,Goto(from-python,1,1)
exten => 101,1,Goto(from-ael,1,1)
; res_parking.conf
[default]
context => my-parking
; extensions.ael
context from-ael { 1 => Answer(); };
"""
    (tmp_path / "extensions.py").write_text("CONTEXT = 'from-python'\n")
    assert checked(tmp_path, text, PLACES).findings == ()


def test_a_lua_dialplan_may_have_any_context(tmp_path: Path) -> None:
    (tmp_path / "extensions.lua").write_text("extensions = {}\n")
    text = "[phones]\nexten => 100,1,Goto(anywhere,1,1)\ninclude => anything\n"
    assert checked(tmp_path, text, PLACES).findings == ()


def test_exec_adds_what_nobody_knows_only_where_it_is_allowed(tmp_path: Path) -> None:
    text = "[phones]\nexten => 100,1,Goto(made,1,1)\n#exec /bin/make-dialplan\n"
    codes = [f.code for f in checked(tmp_path, text, f"SW101,{PLACES}").findings]
    assert codes == ["SW201", "SW101"]
    allowed = text + "; asterisk.conf\n[options]\nexecincludes = yes\n"
    assert checked(tmp_path, allowed, f"SW101,{PLACES}").findings == ()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["1,Answer()", "2,Hangup()"], []),
        (["1,Answer()", "n,Goto(1)", "n,Playback(beep)"], [("SW211", 4)]),
        (["1,Answer()", "n,Goto(1)", "n,Hangup()"], [("SW211", 4)]),
        (["1,Answer()", "n,GotoIf($[${x}]?1:end)", "n,NoOp()", "n(end),Hangup()"], [("SW211", 4)]),
        (["1,Answer()", "n,GotoIf($[${x}]?end)", "n,NoOp()", "n(end),Hangup()"], []),
        (["1,Answer()", "n,Congestion()", "n,NoOp()"], [("SW211", 4)]),
        (["1,Answer()", "n,Congestion(5)", "n,NoOp()"], []),
        (["1,While($[${x} < 3])", "n,ContinueWhile()", "n,EndWhile()", "n,Hangup()"], []),
        (["1,If($[${x}])", "n,Goto(1)", "n,Else()", "n,NoOp()", "n,EndIf()"], []),
        (["1,Answer()", "3,Hangup()"], [("SW212", 3)]),
        (["1,Goto(3)", "3,Hangup()"], []),
        (["1,Goto(${where})", "5,Hangup()"], []),
        (["2,Answer()", "3,Hangup()"], [("SW213", 2)]),
        (["1(a),Answer()", "n(b),Goto(a)"], [("SW214", 3)]),
        (["1(a),Answer()", "n,Goto(${label})"], []),
        (["hint,PJSIP/100"], []),
    ],
)
def test_order(lines: list[str], expected: list[tuple[str, int]], tmp_path: Path) -> None:
    text = "[phones]\n" + "".join(f"exten => 100,{line}\n" for line in lines)
    report = checked(tmp_path, text, "SW211,SW212,SW213,SW214")
    assert [(f.code, f.place.line) for f in report.findings] == expected


def test_priority_jumping_of_old(tmp_path: Path) -> None:
    text = "[phones]\nexten => 1,1,Dial(PJSIP/1)\nexten => 1,102,Busy()\n"
    assert [f.code for f in checked(tmp_path, text, "SW212").findings] == ["SW212"]
    asked = "[general]\npriorityjumping = yes\n" + text
    assert checked(tmp_path, asked, "SW212").findings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an exact extension of the context itself may hide one of the include: that is an override
        ("[a]\ninclude => b\nexten => 1,1,Answer()\n[b]\nexten => 1,1,Busy()\n", []),
        ("[a]\ninclude => b\nexten => _X.,1,Answer()\n[b]\nexten => 1,1,Busy()\n", []),
        ("[a]\ninclude => b\nexten => _X.,1,Answer()\n[b]\nexten => 12,1,Busy()\n", [2]),
        ("[a]\ninclude => b\nexten => _X!,1,Answer()\n[b]\nexten => 1,1,Busy()\n", [2]),
        ("[a]\ninclude => b\nexten => _X.,1,Answer()\n[b]\nexten => h,1,NoOp()\n", []),
        ("[a]\ninclude => b\nexten => _9.,1,Answer()\n[b]\nexten => _9XX,1,Busy()\n", [2]),
        ("[a]\ninclude => b\nexten => _9.,1,Answer()\n[b]\nexten => _8XX,1,Busy()\n", []),
        ("[a]\ninclude => b\ninclude => c\n[b]\nexten => _X.,1,Answer()\n[c]\nexten => 12,1,Busy()\n",
         [3]),
        ("[a]\ninclude => c\ninclude => b\n[b]\nexten => _X.,1,Answer()\n[c]\nexten => 12,1,Busy()\n",
         []),
    ],
)  # fmt: skip
def test_hidden_includes(text: str, expected: list[int], tmp_path: Path) -> None:
    report = checked(tmp_path, text, "SW222")
    assert [f.place.line for f in report.findings] == expected


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        ("_XX", "_[0-9]X", True),
        ("_XX", "_xx", True),
        ("_NX", "_ZX", False),
        ("5551234", "555-1234", True),
        ("100/1", "100/2", False),
        ("100/1", "100", False),
    ],
)
def test_same_meaning(first: str, second: str, tmp_path: Path, *, is_found: bool) -> None:
    text = f"[a]\nexten => {first},1,Answer()\nexten => {second},1,Busy()\n"
    assert bool(checked(tmp_path, text, "SW223").findings) is is_found


@pytest.mark.parametrize(
    ("steps", "is_found"),
    [
        (["Playback(beep)"], True),
        (["Playback(beep)", "Return()"], False),
        (["Hangup()"], False),
        (["Goto(phones,100,1)"], False),
        (["GotoIf($[${x}]?phones,100,1)"], False),
        (["ExecIf($[${x}]?Return())", "Playback(beep)"], False),
        (["Set(x=1)", "Congestion(5)"], True),
    ],
)
def test_routines_come_back(steps: list[str], tmp_path: Path, *, is_found: bool) -> None:
    lines = [f"exten => s,{n},{step}" for n, step in enumerate(steps, start=1)]
    text = "[phones]\nexten => 100,1,Gosub(there,s,1)\n[there]\n" + "\n".join(lines) + "\n"
    assert bool(checked(tmp_path, text, "SW215").findings) is is_found


def test_contexts_that_calls_come_into(tmp_path: Path) -> None:
    text = """\
[phones]
exten => 1,1,Answer()
; pjsip.conf
[1]
type = endpoint
context = phnes
[2]
type = endpoint
; sip.conf
[general]
context = phones
[3]
type = friend
host = dynamic
[4]
type = friend
host = dynamic
context = office
; queues.conf
[support]
context = leave
; voicemail.conf
[general]
context = anything
"""
    found = checked(tmp_path, text, "SW206").findings
    assert [(f.place.path.name, f.place.line, f.message) for f in found] == [
        ("pjsip.conf", 3, "there is no context [phnes]; did you mean phones?"),
        ("pjsip.conf", 4, "calls of 2 come into [default], which there is not"),
        ("queues.conf", 2, "there is no context [leave]"),
        ("sip.conf", 9, "there is no context [office]"),
    ]


def test_contexts_behind_switches_and_in_globals_are_reached(tmp_path: Path) -> None:
    text = """\
[globals]
AFTER = after-hours
[phones]
switch => Local/@services
exten => 1,1,Answer()
[services]
exten => 2,1,Answer()
[after-hours]
exten => 3,1,Answer()
; pjsip.conf
[1]
type = endpoint
context = phones
"""
    assert checked(tmp_path, text, "SW221").findings == ()


def test_contexts_that_nobody_reaches(tmp_path: Path) -> None:
    text = """\
[phones]
include => services
exten => 1,1,Goto(ivr-${LANGUAGE},s,1)
exten => 2,1,Dial(PJSIP/1,,U(announce))
[services]
exten => 3,1,Queue(support)
[ivr-en]
exten => s,1,Answer()
[announce]
exten => s,1,Return()
[leave-queue]
exten => 1,1,Hangup()
[forgotten]
exten => 1,1,Goto(phones,1,1)
; queues.conf
[support]
context = leave-queue
; pjsip.conf
[1]
type = endpoint
context = phones
"""
    report = checked(tmp_path, text, "SW221")
    assert [underlined(f) for f in report.findings] == ["[forgotten]"]
    anywhere = text.replace("exten => 2,1,", "exten => 4,1,Goto(${place},s,1)\nexten => 2,1,")
    assert checked(tmp_path, anywhere, "SW221").findings == ()
