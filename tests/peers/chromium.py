"""A real Chromium with a microphone that is a file, driven by Playwright, as a phone on SIP.js."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.peers.program import WITHIN

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = Path(__file__).parent / "browser"
SIP_JS = Path(__file__).parent / "npm" / "node_modules" / "sip.js" / "lib"

LOOKS = 12  #: a tenth of a second from one to the next

needs_chromium = pytest.mark.skipif(
    PROGRAM is None or find_spec("playwright") is None or not SIP_JS.is_dir(),
    reason="needs chromium, the Python package playwright and the npm package sip.js (make peers)",
)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the page, and SIP.js below ``/sip.js``."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript"
    }

    def translate_path(self, path: str) -> str:
        if path.startswith("/sip.js/"):
            return str(SIP_JS / path.removeprefix("/sip.js/"))
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@contextmanager
def _pages() -> Iterator[str]:
    handler = functools.partial(_Handler, directory=str(PAGES))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/phone.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_microphone(path: Path, hertz: float, seconds: float = 10.0) -> None:
    """A tone at the rate of sound cards; Chromium says it again and again."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        at = np.arange(int(seconds * 48000))
        file.writeframes((9000 * np.sin(2 * pi * hertz * at / 48000)).astype("<i2").tobytes())


class BrowserPhone:
    """The page's phone.

    Args:
        page: Of Playwright, with the phone in it.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.said: list[str] = []  #: what the page's console says
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def do(self, what: str, *arguments: object) -> Any:
        """Call a function of the phone; returns its value when it is there."""
        return self.page.evaluate(
            "async ([what, rest]) => { const found = await phone[what](...rest);"
            " return typeof found === 'object' ? JSON.parse(JSON.stringify(found ?? null)) : found }",
            [what, list(arguments)],
        )

    def wait_until(self, state: str, *, within: float = WITHIN) -> None:
        """Wait for ``ringing``, ``talking``, ``holding`` or ``idle``."""
        self.page.wait_for_function(
            "state => phone.state === state", arg=state, timeout=within * 1000
        )

    def hears(self, hertz: float, *, within: float = WITHIN) -> bool:
        """Whether a tone is heard, for a second and more; 0: whether it is quiet."""
        deadline, good = time.monotonic() + within, 0
        while time.monotonic() < deadline and good < LOOKS:
            heard = self.do("tone")
            good = good + 1 if abs(heard - hertz) < 25 else 0
            time.sleep(0.1)  # the browser hears in real time
        return good >= LOOKS


@contextmanager
def playwright() -> Iterator[Any]:
    """What drives browsers; one at a time in a thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@contextmanager
def browser_phone(driver: Any, folder: Path, hertz: float) -> Iterator[BrowserPhone]:
    """A browser that says a tone, the phone's page loaded."""
    folder.mkdir(exist_ok=True)
    microphone = folder / "microphone.wav"
    write_microphone(microphone, hertz)
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
        "--ignore-certificate-errors",
    ]
    with _pages() as address:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=flags)
        try:
            page = browser.new_context(permissions=["microphone", "camera"]).new_page()
            phone = BrowserPhone(page)
            page.goto(address)
            page.wait_for_function("() => window.phone", timeout=WITHIN * 1000)
            yield phone
        finally:
            browser.close()
