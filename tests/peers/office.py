"""A node with three phones, each with a tone of its own, and music that is a tone too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.node import Node
from tests.support.tones import write_tone

#: What each of them says, in hertz.
TONES = {"alice": 600, "bob": 1000, "carol": 1500}
NUMBERS = {"alice": "100", "bob": "200", "carol": "300"}
MUSIC = 440  #: hertz

PJSIP_CONF = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}

[tcp]
type = transport
protocol = tcp
bind = 127.0.0.1:{port}

[phone](!)
type = endpoint
context = phones
disallow = all
allow = ulaw,alaw,g722,opus
rtp_symmetric = yes
""" + "".join(
    f"""
[{name}](phone)
auth = {name}
aors = {name}
callerid = "{name.title()}" <{NUMBERS[name]}>
[{name}]
type = auth
username = {name}
password = secret
[{name}]
type = aor
max_contacts = 3
mailboxes = {NUMBERS[name]}@default
"""
    for name in TONES
)
MUSICONHOLD_CONF = "[default]\nmode = files\ndirectory = {folder}/music\n"


@contextmanager
def office(folder: Path, extensions: str, **files: str) -> Iterator[Node]:
    """A server with the three phones.

    Args:
        folder: For its configuration and files.
        extensions: Of ``extensions.conf``.
        files: More, or others, by name with ``_`` for the dot.
    """
    write_tone(folder / "music" / "music.wav", MUSIC, 5)
    texts = {
        "pjsip.conf": PJSIP_CONF,
        "musiconhold.conf": MUSICONHOLD_CONF,
        "extensions.conf": extensions,
    }
    texts.update({name.replace("_conf", ".conf"): text for name, text in files.items()})
    with Node(folder, texts) as node:
        yield node
