"""A program pushes a phone over the REST interface; a real baresip registers with it and calls."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.node import Node
from tests.support.ports import free_port
from tests.support.tones import write_tone

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(400),  # two nodes and two phones start, on a machine that is shared
    needs_baresip,
]

FILES = {
    "pjsip.conf": "[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{port}\n",
    "extensions.conf": "[phones]\nexten => 200,1,Answer()\n same => n,Wait(60)\n",
    "sorcery.conf": "[res_pjsip]\nendpoint = astdb,ps_endpoints\nauth = astdb,ps_auths\n"
    "aor = astdb,ps_aors\n",
    "ari.conf": "[general]\nenabled = yes\n[boss]\ntype = user\npassword = top\n",
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http}\n",
}
OBJECTS = {
    "endpoint": {"context": "phones", "disallow": "all", "allow": "ulaw", "auth": "nina",
                 "aors": "nina", "rtp_symmetric": "yes"},
    "auth": {"auth_type": "userpass", "username": "nina", "password": "secret"},
    "aor": {"max_contacts": "2"},
}  # fmt: skip


def ask(http: int, method: str, kind: str, fields: dict[str, str] | None = None) -> Any:
    path = f"ari/asterisk/config/dynamic/res_pjsip/{kind}/nina?api_key=boss:top"
    listed = [{"attribute": name, "value": value} for name, value in (fields or {}).items()]
    request = urllib.request.Request(
        f"http://127.0.0.1:{http}/{path}",
        method=method,
        data=json.dumps({"fields": listed}).encode() if fields else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def call(node: Node, folder: Path) -> None:
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    account = f"<sip:nina@127.0.0.1:{node.port}>;auth_pass=secret;regint=60"
    with Baresip(folder, account) as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:200@127.0.0.1:{node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        phone.command("hangup")
    node.wait_until_idle()


def test_a_phone_that_was_pushed_calls_before_and_after_a_restart(tmp_path: Path) -> None:
    http = free_port()
    files = {name: text.replace("{http}", str(http)) for name, text in FILES.items()}
    folder = tmp_path / "node"
    folder.mkdir()
    with Node(folder, files) as node:
        assert "nina" not in node.cli("pjsip show endpoints")
        for kind, fields in OBJECTS.items():
            told = {each["attribute"]: each["value"] for each in ask(http, "PUT", kind, fields)}
            assert "secret" not in told.values()
        call(node, tmp_path / "first")
        node.ask("core reload")
        assert "nina" in node.cli("pjsip show endpoints")
        assert node.stop()
        node.start()
        call(node, tmp_path / "second")
        ask(http, "DELETE", "endpoint")
        assert "nina" not in node.cli("pjsip show endpoints")
