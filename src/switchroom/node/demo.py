"""The demo: two phones and a dialplan on loopback, in a folder that is the user's to change."""

from __future__ import annotations

import os
import secrets
import sys
from importlib import resources
from pathlib import Path

from switchroom.base.collector import hold_collector

DEFAULT_PORT = 5060
_FILES = (
    *("asterisk.conf", "extensions.conf", "pjsip.conf", "rtp.conf", "voicemail.conf"),
    *("tests/menu.test.yaml", "tests/test_pins.py"),
)


def demo_folder() -> Path:
    """Where the demo keeps its things (``SWITCHROOM_DEMO``, or below the user's state folder)."""
    if named := os.environ.get("SWITCHROOM_DEMO"):
        return Path(named).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "switchroom" / "demo"


def write_demo(folder: Path, *, port: int = DEFAULT_PORT) -> Path:
    """Write the demo's configuration where it is not there yet; what is there stays as it is.

    Returns:
        The configuration folder.

    Raises:
        OSError: The folder cannot be written.
    """
    etc = folder / "etc"
    (etc / "tests").mkdir(parents=True, exist_ok=True)
    filled = {"@DIR@": str(folder), "@PORT@": str(port)}
    for number in ("100", "101"):
        filled[f"@SECRET{number}@"] = secrets.token_urlsafe(12)
        filled[f"@PIN{number}@"] = f"{secrets.randbelow(10**6):06}"
    source = resources.files("switchroom") / "demo"
    for name in _FILES:
        target = etc / name
        if target.exists():
            continue
        text = source.joinpath(*name.split("/")).read_text()
        for mark, value in filled.items():
            text = text.replace(mark, value)
        # Secrets stand in it: nobody else may read it, from the first moment on.
        with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    return etc


def demo_phones(etc: Path) -> list[tuple[str, str]]:
    """The user names and passwords of the demo's phones, from its own ``pjsip.conf``."""
    from switchroom.config.language.reader import read_config
    from switchroom.config.pjsip.objects import read_pjsip

    auths = read_pjsip(read_config(etc / "pjsip.conf")).auths
    return [(auth.username, auth.password) for auth in auths.values()]


def run_demo(folder: Path, *, port: int = DEFAULT_PORT) -> int:
    """Write the demo where it is not there yet, run it, and say what can be done with it.

    Returns:
        The exit code.

    Raises:
        SwitchroomError: It cannot start.
    """
    hold_collector()
    from switchroom.node.node import run_node

    etc = write_demo(folder, port=port)
    run_node(etc, on_ready=lambda: _say(_welcome(etc)))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _welcome(etc: Path) -> str:
    from switchroom.config.language.reader import read_config
    from switchroom.config.pjsip.objects import read_pjsip

    (transport, *_) = read_pjsip(read_config(etc / "pjsip.conf")).transports.values()
    address = f"{transport.host}:{transport.port}"
    program = Path(sys.argv[0])
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    pip, pytest = program.with_name("pip"), program.with_name("pytest")
    phones = "\n".join(f"    user {name}   password {secret}" for name, secret in demo_phones(etc))
    return f"""
Switchroom runs: SIP over UDP and TCP on {address}. Ctrl-C ends it.

Register any SIP phone on this machine with
{phones}
    server {address}

and dial  500 a greeting    600 an echo    700 a menu    *88 set a PIN    *77 check it
      *97 your messages (passwords: voicemail.conf)

Without a phone, in a second terminal:
    {program} phone --demo 100 --dial '*88' --say 'wait:3 100 wait:4 1234#'
    {program} --demo -rx 'database show pin'
    {program} --demo -r                      the console: try `core show channels`

The configuration is yours to change: {etc}
(then `dialplan reload` or `core reload` on the console). Before a call meets it:
    {program} -C {etc} check                     mistakes and risks
    {program} -C {etc} simulate --from phones --dial 700     a call without a network
    {pip} install -e '.[testing]'; {pytest} --dialplan {etc} {etc}/tests
                                             its tests
"""
