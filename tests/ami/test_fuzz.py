"""Whatever a client asks: it is answered, nothing breaks, nobody else is harmed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ami.support import Ami, run_ami
from tests.ami.test_rights import NAMES, OWN, headers_for

HEADERS = sorted(headers_for("x"))
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "0", "-1", "1", "99999999999999999999", "all", "yes", "%", "/(/", "/.*/", "../x",
         "Local/100@default/n", "a=b,c=d", "${SHELL(x)}", "$[1/0]", "LEN(", "CHANNEL(x)", "*",
         "default", "100", "\x00", "\ud800", "é" * 20, "600", "some.conf"]
    ),
)  # fmt: skip
ACTIONS = st.tuples(
    st.sampled_from(sorted(set(NAMES) - OWN - {"WaitEvent"})),
    st.dictionaries(st.sampled_from(HEADERS), VALUES, max_size=6),
)


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(ACTIONS, min_size=1, max_size=12))
def test_any_action_with_anything_in_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, actions: list[tuple[str, dict[str, str]]]
) -> None:
    caplog.clear()
    caplog.set_level(logging.ERROR)

    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        await boss.ask("Originate", Channel="Local/100@default/n", Application="Wait", Data="9")
        names = list(ami.pbx.channels)
        for name, headers in actions:
            if "Channel" not in headers and names:
                headers["Channel"] = names[0]
            headers.setdefault("Timeout", "100")
            answer = await boss.ask(name, **headers)
            assert answer.get("Response") in {"Success", "Error", "Goodbye"}
            assert answer.get("Message") != "Internal error", (name, headers)
            for message in boss.answers:
                assert message.to_bytes().endswith(b"\r\n\r\n")
        assert (await boss.ask("Ping")).get("Ping") == "Pong"

    run_ami(tmp_path, test)
    assert [each.getMessage() for each in caplog.records] == []
