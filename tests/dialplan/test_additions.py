"""Extensions that features add beside what is written."""

from switchroom.config.language.reader import parse_config
from switchroom.dialplan.additions import with_additions
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.parser import parse_dialplan
from switchroom.pbx.added_extension import AddedExtension

CONF = """\
[phones]
include => parkedcalls
include => nowhere
exten => 1,1,NoOp()
exten => 702,1,NoOp(mine)
"""
PARKING = (
    AddedExtension("parkedcalls", "701", "ParkedCall", "default,701"),
    AddedExtension("parkedcalls", "701", "park:701@parkedcalls", is_hint=True),
    AddedExtension("phones", "702", "ParkedCall", "default,702"),
)


def written() -> Dialplan:
    return parse_dialplan(parse_config(CONF))


def test_what_is_added_is_found_and_what_is_written_goes_before() -> None:
    dialplan = with_additions(written(), {"res_parking": PARKING})
    found = dialplan.find("phones", "701", 1)
    assert found is not None
    assert found.priorities[1].registrar == "res_parking"
    assert found.hint == "park:701@parkedcalls"
    own = dialplan.find("phones", "702", 1)
    assert own is not None
    assert own.priorities[1].data == "mine"
    assert written().find("phones", "701", 1) is None, "the dialplan it was made from is as it was"


def test_what_was_added_before_goes_and_what_others_add_stays() -> None:
    first = {"res_parking": PARKING, "other": (AddedExtension("phones", "9", "NoOp"),)}
    dialplan = with_additions(written(), first)
    second = {**first, "res_parking": (AddedExtension("phones", "800", "Park"),)}
    dialplan = with_additions(dialplan, second)
    assert dialplan.find("phones", "701", 1) is None
    assert dialplan.find("phones", "800", 1) is not None
    assert dialplan.find("phones", "9", 1) is not None
    assert dialplan.find("phones", "1", 1) is not None


def test_a_dialplan_to_which_nothing_is_added_is_the_same() -> None:
    dialplan = written()
    assert with_additions(dialplan, {}) is dialplan


def test_nobody_is_warned_of_the_context_that_parking_lots_make() -> None:
    (warning,) = written().warnings
    assert "[nowhere]" in str(warning)
