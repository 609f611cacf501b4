"""The demo's dialplan under test: `pytest --dialplan DIR`, where DIR is the folder above this one.

The same file serves as an example: copy it beside a dialplan of your own. `menu.test.yaml` is the
form for those who do not write Python.
"""

import re
from pathlib import Path

import pytest


def store_pin(dialplan, extension, pin):
    call = dialplan.dial("*88", context="phones", caller_id='"Alice" <100>')
    call.hears("extension")
    call.keys(extension)
    call.hears("agent-pass")
    call.keys(f"{pin}#")
    call.hears("vm-goodbye")
    call.hung_up()


def test_a_pin_is_stored_encrypted(dialplan):
    store_pin(dialplan, "100", "1234")
    assert dialplan.db["pin/100"] == "Je2G/qyHuGVKgvvXDwXjHA=="


@pytest.mark.parametrize(
    ("pin", "answer"), [("1234", "pin-number-accepted"), ("4321", "pin-invalid")]
)
def test_a_pin_is_checked(dialplan, pin, answer):
    store_pin(dialplan, "100", "1234")
    call = dialplan.dial("*77", context="phones")
    call.hears("extension")
    call.keys("100")
    call.hears("agent-pass")
    call.keys(f"{pin}#")
    call.hears(answer)
    call.hears("vm-goodbye")


def test_a_caller_who_hangs_up_stores_nothing(dialplan):
    call = dialplan.dial("*88", context="phones")
    call.hears("extension")
    call.keys("100")
    call.hang_up()
    assert dict(dialplan.db) == {}


def test_a_phone_calls_another(dialplan):
    dialplan.outcome("PJSIP/101", "ring:5,answer:60")
    call = dialplan.dial("101", context="phones", caller_id="100")
    call.dials("PJSIP/101")
    call.ends(within=70)
    assert call.variable("DIALSTATUS") == "ANSWER"
    assert call.variable("ANSWEREDTIME") == "60"


@pytest.mark.parametrize(
    ("outcome", "status", "greeting"),
    [
        ("busy", "BUSY", "vm-isonphone"),
        ("noanswer", "NOANSWER", "vm-isunavail"),
        ("chanunavail", "CHANUNAVAIL", "vm-isunavail"),
    ],
)
def test_a_phone_that_does_not_answer_has_a_mailbox(dialplan, outcome, status, greeting):
    dialplan.outcome("PJSIP/101", outcome)
    call = dialplan.dial("101", context="phones")
    call.hears(greeting, within=40)
    call.has("DIALSTATUS", status)
    call.hears("beep")
    call.keys("wwww#")
    call.hung_up()
    call.has("VMSTATUS", "SUCCESS")


def test_who_knows_the_password_hears_the_messages(dialplan):
    mailboxes = Path(__file__).parents[1] / "voicemail.conf"
    password = re.search(r"^100 => (\d+)", mailboxes.read_text(), re.MULTILINE)[1]
    call = dialplan.dial("*97", context="phones", caller_id="100")
    call.hears("vm-password")
    call.keys(f"{password}#")
    call.hears("vm-youhave")
    call.hears("vm-no")
    call.keys("#")
    call.hears("vm-goodbye")
    call.hung_up()
