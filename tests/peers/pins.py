"""The seed's dialplan (Leif Madsen, 2011) and a tone for each of its prompts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.node import Node
from tests.support.tones import write_tone

EXTENSIONS_CONF = """\
[phones]
exten => *88,1,NoOp()
 same => n,Playback(silence/1)
 same => n,Read(UserExtension,extension,3)
 same => n,Verbose(2,Extension number: ${UserExtension})
 same => n,Read(PinEntry,agent-pass)
 same => n,Verbose(2,Pin number: ${PinEntry})
 same => n,SayDigits(${PinEntry})
 same => n,Set(SpecialKey=1234qwerasdfzxcv)
 same => n,Set(EncryptedPin=${AES_ENCRYPT(${SpecialKey},${PinEntry})})
 same => n,Set(DB(pin/${UserExtension})=${EncryptedPin})
 same => n,Playback(vm-goodbye)
 same => n,Hangup()

exten => *77,1,NoOp()
 same => n,Playback(silence/1)
 same => n,Read(UserExtension,extension,3)
 same => n,Set(EncryptedPin=${DB(pin/${UserExtension})})
 same => n,Read(PinEntry,agent-pass)
 same => n,Set(SpecialKey=1234qwerasdfzxcv)
 same => n,Set(DecryptedPin=${AES_DECRYPT(${SpecialKey},${EncryptedPin})})
 same => n,Playback(${IF($["${PinEntry}" = "${DecryptedPin}"]?pin-number-accepted:pin-invalid)})
 same => n,Playback(vm-goodbye)
 same => n,Hangup()

exten => 500,1,Answer()
 same => n,Wait(30)
exten => 600,1,Answer()
 same => n,Echo()
exten => 404,1,Playback(/nowhere/no-such-prompt)
 same => n,Wait(30)
"""

#: What each prompt sounds like, in hertz.
TONES = {
    "extension": 400, "agent-pass": 500, "vm-goodbye": 700, "pin-number-accepted": 900,
    "pin-invalid": 1100, **{f"digits/{digit}": 1300 + 100 * digit for digit in range(10)},
}  # fmt: skip

#: What ``database show pin`` must print once 1234 was stored for 100, in the original's columns.
STORED = f"{'/pin/100':<50}: {'Je2G/qyHuGVKgvvXDwXjHA==':<25}\n1 results found.\n"


@contextmanager
def pin_node(folder: Path, **files: str) -> Iterator[Node]:
    """A server that runs the seed's dialplan, its prompts being tones of half a second."""
    for name, hertz in TONES.items():
        write_tone(folder / "data" / "sounds" / "en" / f"{name}.wav", hertz, 0.5)
    texts = {"extensions.conf": EXTENSIONS_CONF}
    texts.update({name.replace("_", "."): text for name, text in files.items()})
    with Node(folder, texts) as node:
        yield node
