"""Names, words, letters and counts: one step each."""

from pathlib import Path

import pytest

from tests.tools.check.support import checked, underlined

NAMES = "SW301,SW302,SW304,SW305,SW306,SW307,SW308,SW309,SW321,SW322,SW323,SW324,SW325"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("Answer()", []),
        ("answer", []),
        ("Anwser()", [("SW301", "Anwser")]),
        ("ExecIf($[${x}]?Anwser():Answer())", [("SW301", "Anwser")]),
        ("ExecIf($[${x}]?Exec(Anwser(1)))", [("SW301", "Anwser")]),
        ("Exec(${application}(1))", []),
        ("Originate(PJSIP/1,app,Anwser,1)", [("SW301", "Anwser")]),
        ("Verbose(1,${callerid(num)})", [("SW302", "callerid")]),
        ("Verbose(1,${TOUPER(${TOLOWER(x)})})", [("SW302", "TOUPER")]),
        ("Set(CALERID(num)=1)", [("SW302", "CALERID")]),
        ("Verbose(1,${${name}(x)})", []),
        ("Verbose(1,${ODBC_ANY(x)})", []),
        ("Dial(PJSIP/1,20,tT)", []),
        ("Dial(PJSIP/1,20,Yt)", [("SW304", "Y")]),
        ("Dial(PJSIP/1,20,tL(1000:200)g)", []),
        ("Dial(PJSIP/1,20,${options}Y)", []),
        ("Dial(PJSIP/1,20,M(x))", [("SW325", "M")]),
        ("Playback(beep,noanswer)", []),
        ("Playback(beep,noansewr)", [("SW304", "noansewr")]),
        ("Verbose(1,${CALLERID(nmae)})", [("SW305", "nmae")]),
        ("Verbose(1,${CALLERID(NUM)}${CALLERID(number)}${CALLERID(ANI-num)})", []),
        ("Verbose(1,${CALLERID(${which})})", []),
        ("Set(CALLERID(nmae)=x)", [("SW305", "nmae")]),
        ("Verbose(1,${CONFBRIDGE_INFO(paries,1)})", [("SW305", "paries")]),
        ("Verbose(1,${QUEUE_MEMBER(support,lgged)})", [("SW305", "lgged")]),
        ("Verbose(1,${AGENT(1:satus)})", [("SW305", "satus")]),
        ("Verbose(1,${CHANNEL(langauge)})", [("SW305", "langauge")]),
        ("Verbose(1,${CHANNEL(rtp,dest)}${CHANNEL(pjsip,call-id)})", []),
        ("Verbose(1,${CDR(dispostion)})", [("SW305", "dispostion")]),
        ("Verbose(1,${CDR(my own field)})", []),
        ("Set(TIMEOUT(digits)=3)", [("SW305", "digits")]),
        ("Read()", [("SW306", "Read")]),
        ("Wait(1,2)", [("SW306", "Wait")]),
        ("Verbose(1,two, three, four)", []),
        ("NoOp(a,b,c,d,e,f,g)", []),
        ("Playback(${everything})", []),
        ("Verbose(1,${CUT(x)})", [("SW306", "CUT")]),
        ("Verbose(1,${CUT(x,-,1)})", []),
        ("Set(LEN(x)=1)", [("SW307", "LEN")]),
        ("Set(CHANNEL(state)=Up)", [("SW307", "state")]),
        ("Set(CHANNEL(language)=de)", []),
        ("Verbose(1,${MUTEAUDIO(in)})", [("SW308", "MUTEAUDIO")]),
        ("Set(EXTEN=200)", [("SW309", "EXTEN")]),
        ("MeetMe(100)", [("SW321", "MeetMe")]),
        ("SIPAddHeader(X-A: b)", [("SW321", "SIPAddHeader")]),
        ("SetCIDNum(100)", [("SW321", "SetCIDNum")]),
        ("Verbose(1,${SIP_HEADER(From)})", [("SW321", "SIP_HEADER")]),
        ("Verbose(1,${LANGUAGE()})", [("SW321", "LANGUAGE")]),
        ("Dial(Zap/1)", [("SW322", "Zap")]),
        ("Dial(PJSIP/1&SIP/2)", [("SW322", "SIP")]),
        ("Verbose(1,${CALLERIDNUM})", [("SW323", "CALLERIDNUM")]),
        ("Dial(PJSIP/1|20)", [("SW324", "|")]),
        ("GotoIf($[${x} | ${y}]?2:3)", []),
        ("System(ls | wc)", []),
        ("Verbose(1,${CUT(x|-|1)})", [("SW324", "|"), ("SW306", "CUT")]),
    ],
)
def test_step(step: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    report = checked(tmp_path, f"[phones]\nexten => 100,1,{step}\n", NAMES)
    found = sorted((f.code, underlined(f)) for f in report.findings)
    assert found == sorted(expected)


def test_messages_say_what_was_meant(tmp_path: Path) -> None:
    text = (
        "[phones]\nexten => 1,1,Plaback(beep)\n same => n,Verbose(1,${CALLERID(nmae)}${Cdr(src)})\n"
    )
    found = [f.message for f in checked(tmp_path, text, "SW301,SW302,SW305").findings]
    assert found == [
        "there is no application Plaback; did you mean Playback?",
        "CALLERID does not know 'nmae'; did you mean name?",
        "there is no function Cdr; did you mean CDR?",
    ]


def test_functions_of_func_odbc_conf_are_known_by_name(tmp_path: Path) -> None:
    text = """\
[phones]
exten => 1,1,Verbose(1,${ODBC_NAME(1)}${CRM_NAME(1)}${ODBC_NAEM(1)})
; func_odbc.conf
[NAME]
readsql = SELECT 1
[CRM]
prefix = CRM
[NAME]
prefix = CRM
readsql = SELECT 1
"""
    assert [underlined(f) for f in checked(tmp_path, text, "SW302").findings] == ["ODBC_NAEM"]


def test_each_name_that_is_not_built_yet_is_reported_once(tmp_path: Path) -> None:
    text = "[phones]\nexten => 1,1,Festival(a)\n same => n,Festival(b)\n same => n,Answer()\n"
    found = checked(tmp_path, text, "SW303").findings
    assert [f.message for f in found] == [
        "Festival (and in 1 more place): known to Asterisk, not built in Switchroom yet"
    ]


@pytest.mark.parametrize(
    ("call", "file", "expected"),
    [
        ("Queue(support)", "queues.conf\n[support]\n", None),
        ("Queue(suport)", "queues.conf\n[support]\n", "there is no queue suport; did you mean support?"),
        ("Queue(suport)", "queues.conf\n[general]\n; extconfig.conf\n[settings]\nqueues => odbc\n", None),
        ("AddQueueMember(suport)", "queues.conf\n[support]\n", "there is no queue suport; did you mean support?"),
        ("VoiceMail(100&200,u)", "voicemail.conf\n[default]\n100 => 1\n", "there is no mailbox 200@default; did you mean 100@default?"),
        ("VoiceMail(100@sales)", "voicemail.conf\n[default]\n100 => 1\n", "there is no mailbox 100@sales"),
        ("ConfBridge(1,wide)", "confbridge.conf\n[wide]\ntype = user\n", "there is no bridge profile wide"),
        ("ConfBridge(1,wide,default_user)", "confbridge.conf\n[wide]\ntype = bridge\n", None),
        ("MusicOnHold(jazz)", "musiconhold.conf\n[default]\n", "there is no class of music jazz"),
        ("MusicOnHold(default)", "musiconhold.conf\n[jazz]\n", None),
        ("FollowMe(100)", "followme.conf\n[101]\n", "there is no follow-me list 100"),
        ("Queue(suport)", "features.conf\n", None),
    ],
)  # fmt: skip
def test_things_of_other_files(call: str, file: str, expected: str | None, tmp_path: Path) -> None:
    report = checked(tmp_path, f"[phones]\nexten => 100,1,{call}\n; {file}", "SW242")
    assert [f.message for f in report.findings] == ([expected] if expected else [])


PHONES = (
    "; pjsip.conf\n[alice]\ntype = endpoint\n; sip.conf\n[bob]\ntype = friend\nhost = dynamic\n"
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Dial(PJSIP/alice)", []),
        ("Dial(SIP/alice&PJSIP/bob)", []),
        ("Dial(PJSIP/123@alice)", []),
        ("Dial(SIP/bob/123)", []),
        ("Dial(SIP/123@sip.example.com)", []),
        ("Dial(PJSIP/alice/sip:123@10.0.0.1)", []),
        ("Dial(PJSIP/${who})", []),
        ("Dial(PJSIP/alcie)", ["there is no endpoint alcie; did you mean alice?"]),
        ("Dial(PJSIP/123@trunk)", ["there is no endpoint trunk"]),
        ("Dial(PJSIP/${who}@trunk)", ["there is no endpoint trunk"]),
        ("Dial(PJSIP/${EXTEN})", ["there is no endpoint 100"]),
        ("Dial(${TRUNK}/123)", ["there is no endpoint trunk"]),
        ("Originate(PJSIP/alcie,app,Echo)", ["there is no endpoint alcie; did you mean alice?"]),
    ],
)
def test_endpoints(call: str, expected: list[str], tmp_path: Path) -> None:
    dialplan = f"[globals]\nTRUNK = SIP/trunk\n[phones]\nexten => 100,1,{call}\n"
    report = checked(tmp_path, dialplan + PHONES, "SW241")
    assert [f.message for f in report.findings] == expected


def test_devices_of_hints_and_queues(tmp_path: Path) -> None:
    text = "[phones]\nexten => 1,hint,PJSIP/alice&PJSIP/alcie&Custom:x\nexten => 1,1,Queue(q)\n"
    text += PHONES + "; queues.conf\n[q]\nmember => SIP/bob,1\nmember => SIP/bbo\n"
    found = checked(tmp_path, text, "SW241").findings
    assert [(f.place.path.name, underlined(f)) for f in found] == [
        ("extensions.conf", "PJSIP/alcie"),
        ("queues.conf", "SIP/bbo"),
    ]


def test_sounds(tmp_path: Path) -> None:
    sounds = tmp_path / "sounds"
    (sounds / "de" / "our").mkdir(parents=True)
    (sounds / "de" / "our" / "menu.wav").touch()
    (sounds / "greeting.gsm").touch()
    text = """\
[phones]
exten => 1,1,Playback(hello-world&greeting&our/menu&de/our/menu)
 same => n,Playback(hello-wrold)
 same => n,Background(vm-goodbye&farewell)
 same => n,Read(x,/tmp/any&http://sounds.example/a.wav&${which})
 same => n,Record(memo.wav)
 same => n,Playback(memo)
 same => n,Dial(PJSIP/1,,A(announcment))
"""
    found = checked(tmp_path, text, "SW501", sounds=[sounds]).findings
    assert [(underlined(f), f.severity.word) for f in found] == [
        ("hello-wrold", "warning"),
        ("farewell", "warning"),
        ("announcment", "warning"),
    ]
    without = checked(tmp_path, text, "SW501").findings
    assert [(underlined(f), f.severity.word) for f in without if underlined(f) == "farewell"] == [
        ("farewell", "info")
    ]
