"""``codec_prefs_…`` and the two ``…_call_offer_pref`` of an endpoint, as they are written."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.codec_preferences import (
    NAMED,
    CodecPreference,
    CodecPreferences,
    Operation,
    parse_codec_preference,
)
from switchroom.config.pjsip.objects import read_pjsip


def preferences(more: str = "") -> CodecPreferences:
    config = read_pjsip(parse_config(f"[a]\ntype=endpoint\n{more}"))
    return config.endpoints["a"].codec_preferences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", CodecPreference(prefers_pending=True)),
        (
            "transcode:prevent,keep :first , operation: only_preferred,PREFER: Configured",
            CodecPreference(
                operation=Operation.ONLY_PREFERRED, keeps_first=True, may_transcode=False
            ),
        ),
        ("operation:union", CodecPreference(prefers_pending=True, operation=Operation.UNION)),
    ],
)
def test_its_parts_stand_in_any_order(text: str, found: CodecPreference) -> None:
    assert parse_codec_preference(text) == found


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("codec_prefs_incoming_offer=operation:union", "expected one of intersect"),
        ("codec_prefs_incoming_answer=prefer:me", "expected one of pending, configured, not 'me'"),
        ("codec_prefs_outgoing_answer=order:me", "expected prefer, operation, keep, transcode"),
        ("codec_prefs_outgoing_offer=operation:order", "expected one of intersect, union"),
    ],
)
def test_what_is_none_is_refused_with_its_line(more: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        preferences(more)
    assert refused.value.line == 3


def test_the_four_parts_go_before_the_names() -> None:
    assert preferences() == CodecPreferences(NAMED["local"], NAMED["remote_merge"])
    named = preferences("incoming_call_offer_pref=remote_first\noutgoing_call_offer_pref=local")
    assert (named.incoming_offer, named.outgoing_offer) == (NAMED["remote_first"], NAMED["local"])
    written = preferences("outgoing_call_offer_pref=local\ncodec_prefs_outgoing_offer=keep:first")
    union = Operation.UNION  # as documented, where nothing is written of it
    assert written.outgoing_offer == CodecPreference(
        prefers_pending=True, operation=union, keeps_first=True
    )
