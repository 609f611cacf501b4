"""Two real browsers that see each other: video by ICE and DTLS-SRTP, passed on in between."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.peers.chromium import BrowserPhone, browser_phone, needs_chromium, playwright
from tests.peers.test_webrtc import serve

pytestmark = [pytest.mark.peer, needs_chromium]

CALLER, CALLED = 1000, 700  #: hertz of what each of them says
ENOUGH = 10  #: pictures


def sees(phone: BrowserPhone, *, within: float = 60.0) -> bool:
    """Whether pictures of the other party come and can be decoded."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if (phone.do("secured").get("frames") or 0) >= ENOUGH:
            return True
        time.sleep(0.2)  # the browser sees in real time
    return False


def test_two_browsers_see_and_hear_each_other(tmp_path: Path) -> None:
    with (
        serve(tmp_path, "ulaw,vp8") as served,
        playwright() as driver,
        browser_phone(driver, tmp_path / "caller", CALLER) as caller,
        browser_phone(driver, tmp_path / "called", CALLED) as called,
    ):
        for phone in (caller, called):  # whoever registers last is called
            phone.do("register", served.addresses["ws"], "web", "spider", "video")
        caller.do("call", "701")
        called.wait_until("ringing", within=30)
        called.do("answer")
        caller.wait_until("talking", within=30)
        log = served.node.log
        assert sees(called), (called.said, called.do("secured"), log())
        assert sees(caller), (caller.said, caller.do("secured"), log())
        assert caller.hears(CALLED, within=30), (caller.said, log())
        caller.do("hangup")
        called.wait_until("idle", within=30)
        served.node.wait_until_idle()
