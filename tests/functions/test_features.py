"""FEATURE, FEATUREMAP and HOLD_INTERCEPT."""

import asyncio

import pytest

from switchroom.config.features import FeatureSettings
from tests.support.dialplan import value_of
from tests.support.fakes import fake_stream
from tests.support.office import Office, office


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Set(R=${FEATURE(featuredigittimeout)})", "1000"),
        ("Set(R=${FEATURE(atxferdropcall)} ${FEATURE(atxfernoanswertimeout)})", "no 15"),
        ("Set(R=${FEATURE(xfersound)} ${FEATURE(transferdialattempts)})", "beep 3"),
        ("Set(R=${FEATURE(inherit)} ${FEATUREMAP(blindxfer)} [${FEATUREMAP(atxfer)}])", "no # []"),
        ("Set(R=[${FEATURE(nonsense)}${FEATUREMAP(nonsense)}])", "[]"),
    ],
)
def test_what_the_file_says(line: str, value: str) -> None:
    assert value_of(line) == value


@pytest.mark.parametrize(
    ("assignment", "read", "value"),
    [
        ("FEATURE(featuredigittimeout)=2500", "FEATURE(featuredigittimeout)", "2500"),
        ("FEATURE(atxferdropcall)=yes", "FEATURE(atxferdropcall)", "yes"),
        ("FEATURE(xfersound)=", "FEATURE(xfersound)", ""),
        ("FEATURE(transferdialattempts)=inf", "FEATURE(transferdialattempts)", "0"),
        ("FEATURE(atxfernoanswertimeout)=nan", "FEATURE(atxfernoanswertimeout)", "0"),
        ("FEATURE(inherit)=1", "FEATURE(inherit)", "yes"),
        ("FEATUREMAP(automixmon)=*3", "FEATUREMAP(automixmon)", "*3"),
        ("FEATURE(nonsense)=1", "FEATURE(pickupexten)", "*8"),
        ("FEATUREMAP(nonsense)=1", "FEATUREMAP(disconnect)", "*"),
    ],
)
def test_what_a_channel_says(assignment: str, read: str, value: str) -> None:
    assert value_of(f"Set({assignment})", f"Set(R=${{{read}}})") == value


CONF = """\
[default]
exten => s,1,Set(FEATURE(inherit)={inherit})
 same => n,Set(FEATUREMAP(disconnect)=*9)
 same => n,Dial(Phone/bob,,hH)
"""


@pytest.mark.parametrize(("inherit", "by"), [("yes", "bob"), ("yes", "caller"), ("no", "caller")])
def test_a_code_of_ones_own(inherit: str, by: str) -> None:
    async def work(at: Office) -> None:
        at.key(by, "*9")
        await asyncio.sleep(1)
        assert at.pbx.channels == {}

    office(work, FeatureSettings(disconnect="*0"), CONF.format(inherit=inherit))


def test_what_is_not_inherited_does_not_count_for_who_is_called() -> None:
    async def work(at: Office) -> None:
        at.key("bob", "*9")
        await asyncio.sleep(3)
        assert fake_stream(at.caller).sent_digits == [("*", 0.1), ("9", 0.1)]
        at.key("bob", "*0")
        await asyncio.sleep(1)
        assert at.pbx.channels == {}

    office(work, FeatureSettings(disconnect="*0"), CONF.format(inherit="no"))


def test_hold_is_intercepted_or_not() -> None:
    assert value_of("Set(HOLD_INTERCEPT(set)=)", "Set(HOLD_INTERCEPT(remove)=)", "Set(R=1)") == "1"
    assert value_of("Set(HOLD_INTERCEPT(other)=)", "Set(R=1)") == "1"


@pytest.mark.parametrize("how", ["BRIDGE_FEATURES=H", "CHANNEL(dtmf_features)=h"])
def test_letters_allow_codes_without_options(how: str) -> None:
    async def work(at: Office) -> None:
        at.key("caller", "*0")
        await asyncio.sleep(1)
        assert at.pbx.channels == {}

    conf = f"[default]\nexten => s,1,Set({how})\n same => n,Dial(Phone/bob)\n"
    office(work, FeatureSettings(disconnect="*0"), conf)


@pytest.mark.parametrize("side", ["caller", "called"])
def test_where_a_channel_goes_on_after_its_conversation(side: str) -> None:
    async def work(at: Office) -> None:
        if side == "caller":
            at.bob.hangup()
        else:
            at.caller.hangup()
        await asyncio.sleep(1)
        assert at.pbx.global_variables["THERE"] == ("Fake/1" if side == "caller" else "Phone/bob")

    told = "Set(CHANNEL(after_bridge_goto)=default^there^1)"
    conf = f"""\
[default]
exten => s,1,{told if side == "caller" else "NoOp()"}
 same => n,Dial(Phone/bob,,{"" if side == "caller" else "b(sets^s^1)"})
exten => there,1,Set(GLOBAL(THERE)=${{CUT(CHANNEL(name),-,1)}})
[sets]
exten => s,1,{told}
 same => n,Return()
"""
    office(work, FeatureSettings(), conf)
