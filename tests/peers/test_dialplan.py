"""The three languages of a dialplan on a running node, and what becomes of a wrong reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.node import Node

pytestmark = pytest.mark.peer

CONF = (
    "[phones]\nexten => 1,1,Wait(60)\nexten => 2,1,Goto(python,2,1)\nexten => 3,1,Goto(ael,3,1)\n"
)
AEL = "context ael { 3 => { x = 4; switch (${x}) { case 4: Set(ael=yes); Wait(61); default: } } }\n"
PYTHON = """\
from switchroom.dialplan.python import Call, extension


@extension("python", "2")
async def two(call: Call) -> None:
    await call.answer()
    await call.app("Wait", 62)
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    files = {"extensions.conf": CONF, "extensions.ael": AEL, "extensions.py": PYTHON}
    with Node(tmp_path, files) as node:
        yield node


def test_calls_go_through_three_languages(node: Node) -> None:
    shown = node.cli("dialplan show")
    for place in ("extensions.conf:2]", "extensions.ael:1]", "extensions.py:4]"):
        assert place in shown
    assert "[ Context 'ael' created by 'pbx_ael' ]" in shown
    assert "[ Context 'python' created by 'pbx_python' ]" in shown
    node.cli("channel originate Local/2@phones application Wait 5")
    assert node.wait_for_application("Wait", "62")
    node.cli("channel originate Local/3@phones application Wait 5")
    assert node.wait_for_application("Wait", "61")
    node.cli("channel request hangup all")
    node.wait_until_idle()


def test_a_wrong_reload_is_shown_and_a_wrong_change_taken_back(node: Node) -> None:
    before = node.cli("dialplan show ael")
    node.cli("channel originate Local/1@phones application Wait 60")
    node.wait_for_application("Wait", "60")
    ael = node.folder / "extensions.ael"
    ael.write_text("context ael { 3 => &nobody(); }\n")
    answer = node.cli("dialplan reload")
    assert answer.endswith(
        "extensions.ael:1: there is no macro nobody\n"
        "    context ael { 3 => &nobody(); }\n"
        "                       ^\n"
        "Command 'dialplan reload' failed.\n"
    )
    assert node.cli("dialplan show ael") == before
    ael.write_text("context ael { 3 => Hangup(); }\n")
    assert node.cli("dialplan reload") == "Dialplan reloaded.\n"
    assert "Hangup()" in node.cli("dialplan show 3@ael")
    assert node.cli("dialplan rollback") == "Dialplan rolled back to the one before.\n"
    assert node.cli("dialplan show ael") == before
    assert "there is no dialplan to return to" in node.cli("dialplan rollback")
    assert node.ask("core show channels concise").count("!Wait!60!") == 1  # it goes on


def test_a_node_starts_with_the_last_good_dialplan(node: Node) -> None:
    node.stop()
    (node.folder / "extensions.conf").write_text("[phones\n")
    (node.folder / "extensions.py").unlink()
    node.start()
    node.wait_for_log("extensions.conf:1: a section needs a closing")
    node.wait_for_log("the last good dialplan is used")
    assert "extensions.py:4]" in node.cli("dialplan show 2@python")
    assert "a section needs a closing" in node.cli("dialplan reload")
    node.cli("channel originate Local/2@phones application Wait 5")
    assert node.wait_for_application("Wait", "62")


def test_what_was_changed_on_the_console_is_saved(node: Node) -> None:
    assert "only with static = yes" in node.cli("dialplan save")
    (node.folder / "extensions.conf").write_text("[general]\nstatic = yes\n; a comment\n" + CONF)
    node.cli("dialplan reload")
    node.cli("dialplan add extension 9,1,NoOp(added) into phones")
    file = node.folder / "extensions.conf"
    assert node.cli("dialplan save") == f"Dialplan saved to {file}.\n"
    assert node.cli("dialplan reload") == "Dialplan reloaded.\n"
    assert "NoOp(added)" in node.cli("dialplan show 9@phones")
    text = file.read_text()
    assert "[python]" not in text
    assert "[ael]" not in text
    assert "; a comment" in (node.folder / "extensions.conf.old").read_text()
    assert "cannot write" in node.cli("dialplan save /nowhere/at/all")
