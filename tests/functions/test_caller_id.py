import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import CallerChanged, ConnectedLineChanged
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan, value_of

ALL = '"Leif" <+1 (519) 555-1212>'


@pytest.mark.parametrize(
    ("assignment", "read", "value"),
    [
        (f"CALLERID(all)={ALL}", "${CALLERID(all)}", '"Leif" <+15195551212>'),
        ("CALLERID(all)=Plain Name", "${CALLERID(name)}|${CALLERID(num)}", "Plain Name|"),
        ("CALLERID(num)= 12 ", "${CALLERID(num)}", "12"),
        ("CALLERID(num-pres)=prohib", "${CALLERID(num-pres)}|${CALLERID(pres)}", "prohib|unavailable"),
        ("CALLERID(num-pres)=35", "${CALLERID(num-pres)}", "prohib"),
        ("CALLERID(num-pres)=bogus", "${CALLERID(num-pres)}", "allowed_not_screened"),
        ("CALLERID(name-charset)=klingon", "${CALLERID(name-charset)}", "iso8859-1"),
        ("CALLERID(num-plan)=33", "${CALLERID(num-plan)}|${CALLERID(ton)}", "33|33"),
        ("CALLERID(tag)=vip", "${CALLERID(TAG)}", "vip"),
        ("CALLERID(dnid)=800", "${CALLERID(dnid)}|${CALLERID(DNID-num)}", "800|800"),
        ("CALLERID(dnid-num-plan)=2", "${CALLERID(dnid-num-plan)}", "2"),
        ("CALLERID(dnid-subaddr)=5", "${CALLERID(dnid-subaddr)}${CALLERID(dnid-subaddr-valid)}", "51"),
        ("CALLERID(subaddr)=ab", "${CALLERID(subaddr)}|${CALLERID(subaddr-valid)}", "ab|1"),
        ("CALLERID(subaddr-type)=2", "${CALLERID(subaddr-type)}${CALLERID(subaddr-odd)}", "20"),
        ("CALLERID(rdnis)=7", "${CALLERID(rdnis)}|${REDIRECTING(from-num)}", "7|7"),
        ('CALLERID(ani-all)="A" <1>', "${CALLERID(ANI-name)}${CALLERID(ani)}|${CALLERID(num)}", "A1|"),
        ("CALLERID(ani2)=62", "${CALLERID(ani2)}", "62"),
        ("CALLERID(priv-name)=secret", "${CALLERID(priv-name)}|${CALLERID(name)}", "secret|"),
        ("CALLERID(bogus)=1", "${CALLERID(bogus)}on", "on"),
        ("CALLERID(num-valid)=1", "${CALLERID(num-valid)}|${CALLERID(pres)}", "1|allowed_not_screened"),
        ("CONNECTEDLINE(num,i)=9", "${CONNECTEDLINE(all)}|${CONNECTEDLINE(num-valid)}", '"" <9>|1'),
        ("CONNECTEDLINE(ani)=9", "${CONNECTEDLINE(num)}", ""),
        ("REDIRECTING(reason)=cfb", "${REDIRECTING(reason)}|${REDIRECTING(orig-reason)}", "cfb|unknown"),
        ("REDIRECTING(reason)=user-busy", "${REDIRECTING(reason)}", "cfb"),
        ("REDIRECTING(reason)=10", "${REDIRECTING(reason)}", "away"),
        ("REDIRECTING(reason)=lunch", "${REDIRECTING(reason)}", "lunch"),
        ("REDIRECTING(count)=3", "${REDIRECTING(count)}", "3"),
        ("REDIRECTING(priv-to-num)=8", "${REDIRECTING(priv-to-num)}|${REDIRECTING(to-num)}", "8|"),
        ("REDIRECTING(from-name)=B", "${REDIRECTING(from-all)}|${REDIRECTING(pres)}", '"B" <>|allowed_not_screened'),
        ("REDIRECTING(from)=B", "${REDIRECTING(from)}on", "on"),
    ],
)  # fmt: skip
def test_written_and_read(assignment: str, read: str, value: str) -> None:
    assert value_of(f"Set({assignment})", f"Set(R={read})") == value


@pytest.mark.parametrize(
    ("name", "number", "value"),
    [
        ("allowed", "prohib_passed_screen", "prohib_passed_screen"),
        ("prohib", "allowed_passed_screen", "prohib_passed_screen"),
        ("allowed", "unavailable", "allowed"), ("unavailable", "unavailable", "unavailable"),
    ],
)  # fmt: skip
def test_the_stricter_presentation_counts(name: str, number: str, value: str) -> None:
    lines = [
        "Set(CALLERID(all)=A <1>)",
        f"Set(CALLERID(name-pres)={name})",
        f"Set(CALLERID(num-pres)={number})",
    ]
    assert value_of(*lines, "Set(R=${CALLERID(pres)})") == value


def test_reading_a_text_instead() -> None:
    assert (
        value_of('Set(R=${CALLERID(num,"Bob" <(030) 5>)}${CALLERID(name,"Bob" <5>)})') == "0305Bob"
    )


def test_a_local_channels_halves_do_not_share_their_caller() -> None:
    from switchroom.channels.local import LocalTechnology

    conf = """
[default]
exten => s,1,Set(CALLERID(num)=1)
 same => n,Dial(Local/x@to/n,5,g)
 same => n,Set(R=${CALLERID(num)})
[to]
exten => x,1,Set(CALLERID(num)=2)
 same => n,Answer()
"""
    assert run_dialplan(conf, technologies={"LOCAL": LocalTechnology()})["R"] == "1"


def test_who_others_see_is_told_when_it_changes() -> None:
    told: list[type] = []

    def listen(pbx: Pbx, _: Channel) -> None:
        for kind in (CallerChanged, ConnectedLineChanged):
            pbx.events.subscribe(kind, lambda event: told.append(type(event)))

    run_dialplan(
        lines_of(
            "Set(CALLERID(all)=Ann <100>)",
            "Set(CALLERID(num)=100)",  # as before
            "Set(CALLERID(ani2)=5)",  # nobody sees that
            "Set(CONNECTEDLINE(num)=9)",
        ),
        prepare=listen,
    )
    assert told == [CallerChanged, ConnectedLineChanged]
