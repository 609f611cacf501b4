"""A client of AMI that keeps all it hears, and waits for what is to come."""

from __future__ import annotations

import itertools
import socket
import time
from typing import Self

from tests.drop_in.server import WITHIN, Server


class Message:
    """One answer or event: its headers in order."""

    def __init__(self, lines: list[str]) -> None:
        self.pairs = [
            (name, value.lstrip()) for name, _, value in (x.partition(":") for x in lines)
        ]

    def __getitem__(self, name: str) -> str:
        for each, value in self.pairs:
            if each.lower() == name.lower():
                return value
        raise KeyError(f"{name} in {self}")

    def get(self, name: str) -> str:
        """A header, empty where there is none."""
        return next((value for each, value in self.pairs if each.lower() == name.lower()), "")

    def every(self, name: str) -> list[str]:
        """All headers of one name (``Output``)."""
        return [value for each, value in self.pairs if each == name]

    def has(self, headers: dict[str, str]) -> bool:
        """Whether all these stand in it."""
        return all((name, value) in self.pairs for name, value in headers.items())

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name}: {value}" for name, value in self.pairs) + "}"


class Manager:
    """One session; everything heard stands in ``heard``, in order."""

    def __init__(self, server: Server, user: str = "boss", secret: str = "top") -> None:  # noqa: S107, RUF100 — of a test
        self._socket = socket.create_connection((server.host, server.ports.ami), WITHIN)
        self._pending = b""
        self.banner = self._line()
        self.heard: list[Message] = []
        self._ids = itertools.count(1)
        self._from = 0
        answer = self.do("Login", Username=user, Secret=secret)
        assert answer["Response"] == "Success", answer

    def _line(self) -> str:
        while b"\r\n" not in self._pending:
            data = self._socket.recv(65536)
            assert data, "the connection ended"
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\r\n")
        return line.decode()

    def _read(self) -> Message:
        lines = []
        while line := self._line():
            lines.append(line)
        message = Message(lines)
        self.heard.append(message)
        return message

    def begin(self, action: str, *pairs: tuple[str, str], **headers: str) -> str:
        """Send an action; returns its id."""
        number = f"id-{next(self._ids)}"
        told = [("ActionID", number), ("Action", action), *headers.items(), *pairs]
        text = "".join(f"{name.lower()}: {value}\r\n" for name, value in told) + "\r\n"
        self._socket.sendall(text.encode())
        return number

    def do(self, action: str, *pairs: tuple[str, str], **headers: str) -> Message:
        """Send an action and wait for its response."""
        number = self.begin(action, *pairs, **headers)
        while (message := self._read()).get("ActionID") != number or not message.get("Response"):
            pass
        return message

    def all_of(self, action: str, until: str, **headers: str) -> list[Message]:
        """The events of a list, without what closes it."""
        number = self.begin(action, **headers)
        found: list[Message] = []
        while (message := self._read()).get("Event") != until:
            assert message.get("Response") != "Error", message
            if message.get("ActionID") == number and message.get("Event"):
                found.append(message)
        return found

    def command(self, line: str) -> list[str]:
        """What the console says."""
        return self.do("Command", Command=line).every("Output")

    def mark(self) -> None:
        """What was heard so far counts no more."""
        self._from = len(self.heard)

    def wait(self, event: str, **headers: str) -> Message:
        """The first event since the mark with these headers, heard already or to come."""
        wanted = {"Event": event, **headers}
        deadline = time.monotonic() + WITHIN
        for message in self.heard[self._from :]:
            if message.has(wanted):
                return message
        try:
            while not (message := self._read()).has(wanted):
                assert time.monotonic() < deadline
        except (AssertionError, TimeoutError) as error:
            raise AssertionError((wanted, self.heard[self._from :])) from error
        return message

    def told(self, event: str, **headers: str) -> list[Message]:
        """All such events since the mark."""
        wanted = {"Event": event, **headers}
        return [each for each in self.heard[self._from :] if each.has(wanted)]

    def wait_for_silence(self) -> None:
        """Until all channels are gone, and what was told of them is heard."""
        deadline = time.monotonic() + WITHIN
        while self.all_of("CoreShowChannels", "CoreShowChannelsComplete"):
            assert time.monotonic() < deadline, self.command("core show channels")
            time.sleep(0.05)  # calls of another process end in real time

    def originate(self, channel: str, *pairs: tuple[str, str], **headers: str) -> str:
        """Begin a call and go on; returns the id of the action."""
        number = self.begin("Originate", *pairs, Channel=channel, Async="true", **headers)
        while self._read().get("ActionID") != number:
            pass
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()
