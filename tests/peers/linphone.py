"""A real linphonec, driven over its standard input; it speaks and hears by files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest

from tests.peers.program import WITHIN, Program, wait_for_match
from tests.support.ports import free_port
from tests.support.tones import write_tone

PROGRAM = shutil.which("linphonec")
needs_linphone = pytest.mark.skipif(PROGRAM is None, reason="linphonec is not installed")

_CONFIG = """\
[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
default_proxy=0
guess_hostname=0
contact=sip:{user}@127.0.0.1
verify_server_certs={verified}
verify_server_cn=0
root_ca={authority}
media_encryption={encryption}
media_encryption_mandatory={is_mandatory}
use_info={use_info}
use_rfc2833={use_events}
publish_presence=0
keepalive_period=30000

[rtp]
audio_rtp_port={rtp}
audio_jitt_comp=40

[net]
firewall_policy={firewall}
mtu=1300

[app]
auto_download_incoming_files_max_size=-1

[misc]
log_collection=0

[sound]
echocancellation=0
remote_ring=
local_ring=

[auth_info_0]
username={user}
passwd=secret
realm=asterisk

[proxy_0]
reg_proxy=<sip:127.0.0.1:{port};transport={transport}>
reg_route=<sip:127.0.0.1:{port};transport={transport}>
reg_identity=<sip:{user}@127.0.0.1>
reg_expires=600
reg_sendregister=1
publish=0
"""
_FRIEND = """
[friend_{index}]
url="{number}" <sip:{number}@127.0.0.1>
pol=accept
subscribe=1
"""
#: Those that it would use by itself, and more; with their rate and channels.
_CODECS = (
    ("opus", 48000, 2), ("speex", 16000, 1), ("speex", 8000, 1), ("PCMU", 8000, 1),
    ("PCMA", 8000, 1), ("GSM", 8000, 1), ("G722", 8000, 1), ("G729", 8000, 1),
)  # fmt: skip


class Linphone:
    """One running linphonec with one account.

    Args:
        folder: For its files; made.
        user: Of the account, whose password is ``secret``.
        port: The server's, on 127.0.0.1.
        hertz: The tone that it says.
        transport: ``udp``, ``tcp`` or ``tls``.
        codecs: The names of those that it may use.
        authority: The certificate that the server's must be signed with; the address in it is not
            compared, since its TLS library knows names only.
        encryption: ``none``, ``srtp`` or ``dtls``; the latter are insisted on.
        ice: Whether it offers candidates.
        info: Digits go by INFO, not as events.
        watches: The extensions that it subscribes to.
        answers: Whether it takes every call.
    """

    def __init__(
        self,
        folder: Path,
        user: str,
        port: int,
        *,
        hertz: float = 1000,
        transport: str = "udp",
        codecs: Sequence[str] = ("PCMU",),
        authority: Path | None = None,
        encryption: str = "none",
        ice: bool = False,
        info: bool = False,
        watches: Sequence[str] = (),
        answers: bool = False,
    ) -> None:
        self.folder = folder
        self.port = port
        self.user = user
        self._transport = transport
        self._options = ["-a"] if answers else []
        self._program = Program("linphonec", folder / "stdout.txt")
        (folder / ".local" / "share" / "linphone").mkdir(parents=True)  # its database goes there
        write_tone(folder / "said.wav", hertz, 60)
        own = {each: free_port() if each == transport else 0 for each in ("udp", "tcp", "tls")}
        text = _CONFIG.format(
            **own, user=user, port=port, transport=transport,
            rtp=free_port(run=4), firewall="ice" if ice else "none",
            verified=int(authority is not None), authority=authority or "",
            encryption=encryption, is_mandatory=int(encryption != "none"),
            use_info=int(info), use_events=int(not info),
        )  # fmt: skip
        for index, number in enumerate(watches):
            text += _FRIEND.format(index=index, number=number)
        for index, (name, rate, channels) in enumerate(_CODECS):
            text += (
                f"\n[audio_codec_{index}]\nmime={name}\nrate={rate}\nchannels={channels}\n"
                f"enabled={int(name in codecs)}\n"
            )
        (folder / "linphonerc").write_text(text)

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self._program.start(
            [
                PROGRAM, "-c", str(self.folder / "linphonerc"),
                "-d", "6", "-l", str(self.folder / "log.txt"), *self._options,
            ],
            lambda: "linphonec> " in self.said(),
            has_input=True, environment={**os.environ, "HOME": str(self.folder)},
        )  # fmt: skip
        self.command("soundcard use files")
        self.command(f"play {self.folder}/said.wav")
        self.command(f"record {self.heard}")
        return self

    def wait_until_registered(self) -> None:
        """Wait for the 200 to its REGISTER."""
        self.wait_for("to \\[LinphoneRegistrationOk\\]", log=True)

    def __exit__(self, *exception: object) -> None:
        if self._program.is_running:
            self.command("quit")
        self._program.has_ended()
        self._program.kill()

    @property
    def heard(self) -> Path:
        """A wav file of what its user heard."""
        return self.folder / "heard.wav"

    def command(self, text: str) -> None:
        """Type a line."""
        self._program.type(f"{text}\n")

    def call(self, number: str) -> None:
        """Dial."""
        self.command(f"call {self.uri(number)}")

    def uri(self, number: str) -> str:
        """The URI of a number at its server."""
        return f"sip:{number}@127.0.0.1:{self.port};transport={self._transport}"

    def said(self) -> str:
        """What it printed."""
        return self._program.said()

    def log(self) -> str:
        """What it logged: every message, too."""
        file = self.folder / "log.txt"
        return file.read_text(errors="replace") if file.exists() else ""

    def wait_for(self, pattern: str, *, log: bool = False, within: float = WITHIN) -> re.Match[str]:
        """Wait until it prints, or logs, something that matches."""
        return wait_for_match(pattern, self.log if log else self.said, within=within)
