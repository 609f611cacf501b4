"""A real Kamailio: an edge in front of a node, or the proxy and registrar of a carrier."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Self

import pytest

from tests.peers.program import Program, on_free_ports
from tests.support.ports import free_port

PROGRAM = shutil.which("kamailio")
needs_kamailio = pytest.mark.skipif(PROGRAM is None, reason="kamailio is not installed")

_CONFIG = """\
#!KAMAILIO
debug=2
log_stderror=yes
children=1
listen=udp:127.0.0.1:PORT
loadmodule "corex.so"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "path.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "use_path", 1)

request_route {
    if (!mf_process_maxfwd_header("20")) {
        sl_send_reply("483", "Too Many Hops");
        exit;
    }
    if (is_method("CANCEL")) {
        if (t_check_trans()) t_relay();
        exit;
    }
    if (has_totag()) {
        if (loose_route()) {
            t_relay();
        } else if (is_method("ACK")) {
            if (t_check_trans()) t_relay();
        } else {
            sl_send_reply("404", "Not Here");
        }
        exit;
    }
    t_check_trans();
    ROUTING
}
"""
#: In front of a node at NODE: phones come in by it, and are reached by the Path that it added.
EDGE = """\
if (is_method("INVITE|SUBSCRIBE")) record_route();
    loose_route();
    if ($sp == NODE) {
        t_relay();
        exit;
    }
    if (is_method("REGISTER")) add_path();
    $du = "sip:127.0.0.1:NODE";
    t_relay();
"""
#: A carrier: whoever proves it may register and call; others are found where they registered.
CARRIER = """\
if (is_method("REGISTER")) {
        if (!pv_www_authenticate("carrier", "secret", "0")) {
            www_challenge("carrier", "0");
            exit;
        }
        save("location");
        exit;
    }
    loose_route();
    if ($sp == NODE && is_method("INVITE")) {
        if (!pv_proxy_authenticate("carrier", "secret", "0")) {
            proxy_challenge("carrier", "0");
            exit;
        }
        consume_credentials();
    }
    if (is_method("INVITE")) record_route();
    if ($rU == "fork") {
        $ru = "sip:one@127.0.0.1:FIRST";
        append_branch("sip:two@127.0.0.1:SECOND");
    } else if ($rU == "callee") {
        $ru = "sip:callee@127.0.0.1:FIRST";
    } else if (!lookup("location")) {
        sl_send_reply("404", "Not Found");
        exit;
    }
    t_relay();
"""


class Kamailio:
    """One running Kamailio; enter it to start it.

    Args:
        folder: For its configuration and what it logs.
        routing: :data:`EDGE` or :data:`CARRIER`.
        port: Where it listens; 0: at a free one.
        ports: What the words in capitals stand for: ``NODE``, ``FIRST``, ``SECOND``.
    """

    def __init__(self, folder: Path, routing: str, *, port: int = 0, **ports: int) -> None:
        self.folder = folder
        self.port = port
        self._is_port_given = bool(port)
        self._text = _CONFIG.replace("ROUTING", routing)
        for name, number in ports.items():
            self._text = self._text.replace(name, str(number))
        folder.mkdir(exist_ok=True)
        self._program = Program("kamailio", folder / "log.txt")

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        on_free_ports(self._start)
        return self

    def _start(self) -> None:
        assert PROGRAM is not None
        if not self._is_port_given:
            self.port = free_port()
        config = self.folder / "kamailio.cfg"
        config.write_text(self._text.replace("PORT", str(self.port)))
        self._program.start(
            [
                PROGRAM, "-DD", "-E", "-f", str(config), "-Y", str(self.folder),
                "-m", "32", "-M", "4",
            ],
            self._answers,
        )  # fmt: skip

    def _answers(self) -> bool:
        """Whether it answers a request that it will not relay anywhere."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            probe.settimeout(0.2)
            host, port = probe.getsockname()
            where = f"{host}:{port}"
            probe.sendto(
                f"OPTIONS sip:{self.address} SIP/2.0\r\nVia: SIP/2.0/UDP {where};branch=z9hG4bKp\r\n"
                f"From: <sip:p@{where}>;tag=p\r\nTo: <sip:{self.address}>;tag=x\r\n"
                f"Max-Forwards: 70\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\n"
                "Content-Length: 0\r\n\r\n".encode(),
                ("127.0.0.1", self.port),
            )
            try:
                return probe.recv(65536).startswith(b"SIP/2.0")
            except (TimeoutError, ConnectionError):
                return False

    def __exit__(self, *exception: object) -> None:
        self._program.stop()

    def log(self) -> str:
        """What it printed."""
        return self._program.said()
