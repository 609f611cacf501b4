"""Lines of channel events: the quick way says what the dialplan's way says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.dialplan.event_lines import EventLine, pieces_of
from switchroom.dialplan.record_lines import EventStandIn, LineTemplate
from switchroom.storage.cel_record import CelRecord, CelType
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_pbx

FIELDS = (
    "eventtype", "eventenum", "eventtime", "userdeftype", "eventextra", "BRIDGEPEER",
    "CALLERID(name)", "CALLERID(num)", "CALLERID(ANI)", "CALLERID(RDNIS)", "CALLERID(DNID)",
    "CHANNEL(exten)", "CHANNEL(context)", "CHANNEL(channame)", "CHANNEL(appname)",
    "CHANNEL(appdata)", "CHANNEL(amaflags)", "CHANNEL(accountcode)", "CHANNEL(peeraccount)",
    "CHANNEL(uniqueid)", "CHANNEL(linkedid)", "CHANNEL(userfield)",
)  # fmt: skip
TEMPLATE = ",".join(
    f"${{CSV_QUOTE(${{{each}}})}}" if number % 3 else f"{number}:${{{each}}}"
    for number, each in enumerate(FIELDS)
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
records = st.builds(
    CelRecord,
    event=st.sampled_from(CelType),
    at=st.floats(0, 2e9),
    ama_flag=st.integers(1, 3),
    **dict.fromkeys(
        (
            "channel", "unique_id", "linked_id", "user_event", "caller_name", "caller_number",
            "ani", "rdnis", "dnid", "context", "extension", "application", "data", "account",
            "peer_account", "user_field", "peer", "extra",
        ),
        texts,
    ),
)  # fmt: skip
PBX = make_pbx(make_interpreter("[in]"))


@given(record=records, date_format=st.sampled_from(["", "%F %T"]))
def test_both_ways_say_the_same(record: CelRecord, date_format: str) -> None:
    stand_in = EventStandIn(PBX, date_format)
    line = EventLine(PBX, TEMPLATE, stand_in, date_format)
    assert line._pieces is not None
    assert line.line(record) == LineTemplate(PBX, TEMPLATE).line(stand_in.show(record))


@pytest.mark.parametrize(
    "text", ["${LEN(${eventtype})}", "$[1 + 1]", "${eventtype:0:4}", "${CHANNEL(state)}", "${X}"]
)
def test_what_is_more_than_fields_is_substituted(text: str) -> None:
    assert pieces_of(text, "") is None
