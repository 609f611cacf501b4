"""E-mail that waits to be sent, on the disk: what a killed process held is not lost.

A file is one e-mail: a line of JSON that says to whom it goes, and the e-mail as it is sent.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from switchroom.storage.whole_file import replace_file

logger = logging.getLogger(__name__)

FAILED = "failed"  #: the folder of what no server took
_SUFFIX = ".mail"


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail on its way."""

    path: Path
    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Outbox:
    """The files of a folder; everything here blocks.

    Args:
        folder: Made when something is put in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, created: float, sender: str, recipients: Sequence[str], content: bytes) -> Path:
        """Keep an e-mail; it is on the disk when this returns.

        Raises:
            OSError: The disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{int(created * 1000):015}-{secrets.token_hex(4)}{_SUFFIX}"
        head = json.dumps({"from": sender, "to": list(recipients)}).encode()
        replace_file(path, head + b"\n" + content, mode=0o600)
        return path

    def waiting(self) -> list[Path]:
        """What is there, the oldest first."""
        return sorted(self.folder.glob(f"*{_SUFFIX}")) if self.folder.is_dir() else []

    def read(self, path: Path) -> Mail | None:
        """An e-mail; None where it is not there any more, or is none."""
        try:
            head, _, content = path.read_bytes().partition(b"\n")
            envelope = json.loads(head)
            return Mail(path, str(envelope["from"]), tuple(envelope["to"]), content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("%s is no e-mail to be sent: %s", path, error)
            return None

    def created_at(self, path: Path) -> float:
        """When it was put in, seconds since the epoch."""
        number = path.name.partition("-")[0]
        return int(number) / 1000 if number.isdigit() else 0.0

    def give_up(self, path: Path) -> None:
        """Put an e-mail aside that cannot be sent."""
        target = self.folder / FAILED
        target.mkdir(exist_ok=True)
        path.replace(target / path.name)
