"""What a run puts onto a server: plain values, that are handed to the processes of the load."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from switchroom.base.errors import SwitchroomError
from switchroom.sip.digest import Account
from switchroom.sip.flow import Address


class BenchError(SwitchroomError):
    """What was asked for makes no sense, or must not be done."""


class Kind(StrEnum):
    """What the load is made of."""

    CALLS = "calls"  #: begun at a rate, answered, hung up
    AUDIO = "audio"  #: up at the same time, with audio both ways
    REGISTER = "register"  #: registrations at a rate


@dataclass(frozen=True, slots=True)
class User:
    """Who registers or calls."""

    name: str
    password: str = field(default="", repr=False)

    @property
    def account(self) -> Account | None:
        """For digest, where there is a password."""
        return Account(self.name, self.password) if self.password else None


@dataclass(frozen=True, slots=True)
class Load:
    """What one process does."""

    kind: Kind
    target: str  #: a SIP URI: whom to call, or where to register
    server: Address  #: where it is sent to
    rate: float  #: calls or registrations begun in a second
    count: int  #: how many in all
    seconds: float  #: how long a call stays up; of audio: once all are up
    users: tuple[User, ...]  #: they take turns; at least one
    domain: str  #: behind the ``@`` of a user's address
    patience: float = 8.0  #: seconds to wait for what is still open at the end
    first_port: int = 40000  #: of the range for audio
    last_port: int = 49998


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked for."""

    load: Load  #: as one process would do it alone
    workers: int  #: processes that share it
    finds_limit: bool = False  #: raise the rate until it is too much
    highest_rate: float = 1000.0  #: where that ends
    as_json: bool = False


def shares(load: Load, workers: int) -> list[Load]:
    """The load of each process; rates and counts add up to the whole."""
    found: list[Load] = []
    ports = (load.last_port - load.first_port) // workers // 2 * 2
    for number in range(workers):
        count = load.count // workers + (number < load.count % workers)
        users = load.users[number::workers] or load.users
        first_port = load.first_port + number * ports
        if count:
            found.append(
                Load(
                    load.kind, load.target, load.server, load.rate * count / load.count, count,
                    load.seconds, users, load.domain, load.patience, first_port,
                    first_port + ports - 2,
                )
            )  # fmt: skip
    return found
