"""The certificates of a node, and that a node without handshakes never loads what makes them."""

import subprocess
import sys
from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.dtls.identities import Identities
from switchroom.media.dtls.settings import DtlsSettings
from tests.support.certificates import Authority


def test_one_is_kept_while_it_is_fresh(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("a.example.com")
    identities, settings = Identities(), DtlsSettings(certificate)
    one = identities.of(settings)
    assert identities.of(DtlsSettings(certificate)) is one
    assert identities.of(DtlsSettings()) is not one
    certificate.write_bytes(certificate.read_bytes() + b"\n")
    assert identities.of(settings) is not one


def test_without_pyopenssl_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "switchroom.media.dtls.identity", None)
    with pytest.raises(MediaError, match="pip install pyOpenSSL"):
        Identities().of(DtlsSettings())


def test_a_node_without_handshakes_does_not_load_openssl() -> None:
    program = (
        "import sys, switchroom.media.engine.engine, switchroom.channels.sip.service;"
        "sys.exit('OpenSSL' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
